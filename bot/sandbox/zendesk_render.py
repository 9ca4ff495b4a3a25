# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the sandbox's values as Zendesk's JSON, with every property the real answers have.

Property names and types were merged from recorded answers of 2023 to 2025; a test compares them.
"""

from __future__ import annotations

import html
import re
from datetime import datetime

from bot.sandbox.world_people import Directory
from bot.sandbox.world_values import (
    Attachment,
    Audit,
    Comment,
    CommentEvent,
    DeskTicket,
    FieldEvent,
    Group,
    Organisation,
    TicketField,
    User,
    Via,
)

Json = dict[str, object]

TICKET_FORM_ID = 360_000_900_001
CUSTOM_STATUS_IDS = {
    "new": 360_000_910_001, "open": 360_000_910_002, "pending": 360_000_910_003,
    "hold": 360_000_910_004, "solved": 360_000_910_005,
}  # fmt: skip
_SYSTEM = {
    "client": "sandbox", "ip_address": "127.0.0.1", "latitude": 59.33, "location": "Stockholm",
    "longitude": 18.07,
}  # fmt: skip


def instant(at: datetime) -> str:
    """An instant as the API writes it: UTC, whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def via_json(via: Via) -> Json:
    """How something came; addresses for mail, nothing for the rest."""
    start = {"address": via.from_address, "name": via.from_name} if via.from_address else {}
    end = {"address": via.to_address, "name": via.to_name or "Acme"} if via.to_address else {}
    return {"channel": via.channel, "source": {"from": start, "to": end, "rel": None}}


def ticket_json(ticket: DeskTicket, people: Directory, base: str, *, export: bool = False) -> Json:
    """A ticket in full; with `generated_timestamp` in exports."""
    fields = [
        {"id": each.field_id, "value": _plain(ticket.fields.get(each.field_id))}
        for each in people.fields()
    ]
    shown: Json = {
        "url": f"{base}/tickets/{ticket.number}.json", "id": ticket.number,
        "external_id": ticket.external_id, "via": via_json(ticket.via),
        "created_at": instant(ticket.created_at), "updated_at": instant(ticket.updated_at),
        "type": ticket.type, "subject": ticket.subject, "raw_subject": ticket.subject,
        "description": ticket.description, "priority": ticket.priority, "status": ticket.status,
        "recipient": ticket.recipient, "requester_id": ticket.requester_id,
        "submitter_id": ticket.submitter_id, "assignee_id": ticket.assignee_id,
        "organization_id": ticket.organization_id, "group_id": ticket.group_id,
        "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "forum_topic_id": None,
        "problem_id": ticket.problem_id, "has_incidents": False, "is_public": ticket.is_public,
        "due_at": ticket.due_at, "tags": list(ticket.tags), "custom_fields": fields,
        "satisfaction_rating": None, "sharing_agreement_ids": [],
        "custom_status_id": CUSTOM_STATUS_IDS.get(ticket.status, CUSTOM_STATUS_IDS["solved"]),
        "fields": fields, "followup_ids": [], "ticket_form_id": TICKET_FORM_ID,
        "brand_id": ticket.brand_id, "allow_channelback": False, "allow_attachments": True,
        "from_messaging_channel": False,
    }  # fmt: skip
    if export:
        shown["generated_timestamp"] = ticket.generated
    return shown


def comment_json(comment: Comment, base: str) -> Json:
    """A comment in full, as in a ticket's list of comments."""
    markup = comment.html_body or f"<p>{html.escape(comment.body)}</p>"
    return {
        "id": comment.comment_id, "type": "Comment", "author_id": comment.author_id,
        "body": comment.body, "html_body": f'<div class="zd-comment">{markup}</div>',
        "plain_body": comment.body, "public": comment.is_public,
        "attachments": [attachment_json(each, base) for each in comment.attachments],
        "audit_id": comment.audit_id, "via": via_json(comment.via),
        "created_at": instant(comment.created_at),
        "metadata": {
            "system": {**_SYSTEM, **comment.system_metadata},
            "custom": dict(comment.custom_metadata),
        },
    }  # fmt: skip


def audit_json(audit: Audit, base: str) -> Json:
    """An audit with its child events; a comment's id is its event's id."""
    return {
        "id": audit.audit_id, "ticket_id": audit.number,
        "created_at": instant(audit.created_at), "author_id": audit.author_id,
        "metadata": {
            "system": {**_SYSTEM, **audit.system_metadata}, "custom": dict(audit.custom_metadata),
        },
        "events": [_event_json(each, base) for each in audit.events],
        "via": via_json(audit.via),
    }  # fmt: skip


def attachment_json(attachment: Attachment, base: str) -> Json:
    """A file; its content is not served."""
    url = f"{base}/attachments/{attachment.attachment_id}.json"
    return {
        "id": attachment.attachment_id, "url": url, "content_url": url,
        "mapped_content_url": url, "file_name": attachment.file_name,
        "content_type": attachment.content_type, "size": attachment.size, "width": None,
        "height": None, "inline": False, "deleted": False, "thumbnails": [],
        "malware_access_override": False, "malware_scan_result": "malware_not_found",
    }  # fmt: skip


def user_json(user: User, base: str) -> Json:
    """A user in full."""
    is_staff = user.is_staff
    return {
        "id": user.user_id, "url": f"{base}/users/{user.user_id}.json", "name": user.name,
        "email": user.email, "role": str(user.role), "active": user.is_active, "alias": None,
        "created_at": instant(user.created_at), "updated_at": instant(user.updated_at),
        "custom_role_id": 360_000_920_001 if is_staff else None,
        "default_group_id": user.group_id, "details": None, "external_id": user.external_id,
        "time_zone": user.time_zone, "iana_time_zone": "Etc/UTC",
        "last_login_at": instant(user.updated_at) if is_staff else None,
        "locale": user.locale, "locale_id": 1, "moderator": is_staff, "notes": None,
        "only_private_comments": False, "organization_id": user.organisation_id, "phone": None,
        "photo": None, "report_csv": False, "restricted_agent": not is_staff,
        "role_type": 4 if is_staff else None, "shared": False, "shared_agent": False,
        "shared_phone_number": None, "signature": None, "suspended": user.is_suspended, "tags": [],
        "ticket_restriction": None if is_staff else "requested",
        "two_factor_auth_enabled": None if is_staff else False,
        "user_fields": dict(user.fields), "verified": True,
    }  # fmt: skip


def group_json(group: Group, base: str) -> Json:
    """A group in full."""
    return {
        "id": group.group_id, "url": f"{base}/groups/{group.group_id}.json", "name": group.name,
        "description": group.description, "default": group.is_default, "deleted": False,
        "is_public": True, "created_at": instant(group.created_at),
        "updated_at": instant(group.created_at),
    }  # fmt: skip


def organisation_json(organisation: Organisation, base: str) -> Json:
    """An organisation in full."""
    return {
        "id": organisation.organisation_id,
        "url": f"{base}/organizations/{organisation.organisation_id}.json",
        "name": organisation.name, "domain_names": list(organisation.domains), "details": None,
        "notes": None, "group_id": None, "shared_comments": False, "shared_tickets": False,
        "tags": [], "external_id": organisation.external_id,
        "organization_fields": dict(organisation.fields),
        "created_at": instant(organisation.created_at),
        "updated_at": instant(organisation.updated_at),
    }  # fmt: skip


def field_json(field: TicketField, base: str, position: int) -> Json:
    """A custom ticket field in full; a drop-down has its options."""
    shown: Json = {
        "id": field.field_id, "url": f"{base}/ticket_fields/{field.field_id}.json",
        "type": field.kind, "title": field.title, "raw_title": field.title, "description": "",
        "raw_description": "", "position": position, "active": True, "required": False,
        "collapsed_for_agents": False, "regexp_for_validation": None,
        "title_in_portal": field.title, "raw_title_in_portal": field.title,
        "visible_in_portal": False, "editable_in_portal": False, "required_in_portal": False,
        "agent_description": None, "tag": None, "removable": True, "key": None,
        "created_at": instant(field.created_at), "updated_at": instant(field.created_at),
    }  # fmt: skip
    if field.kind == "tagger":
        shown["custom_field_options"] = [
            {"id": field.field_id + 1 + place, "name": option, "raw_name": option,
             "value": option, "default": False}
            for place, option in enumerate(field.options)
        ]  # fmt: skip
    return shown


def _event_json(event: FieldEvent | CommentEvent, base: str) -> Json:
    if isinstance(event, CommentEvent):
        shown = comment_json(event.comment, base)
        return {name: shown[name] for name in _COMMENT_EVENT}
    changed: Json = {
        "id": event.event_id, "type": event.kind, "field_name": event.name,
        "value": _written(event.value),
    }  # fmt: skip
    if event.kind == "Change":
        changed["previous_value"] = _written(event.previous)
    return changed


_COMMENT_EVENT = (
    "id", "type", "author_id", "body", "html_body", "plain_body", "public", "attachments",
    "audit_id",
)  # fmt: skip


def _plain(value: object) -> object:
    """Lists as lists."""
    return list(value) if isinstance(value, tuple) else value


def _written(value: object) -> object:
    """Audits write ids as text."""
    return str(value) if type(value) is int else _plain(value)


def plain_text(text: str) -> str:
    """A comment's text as the helpdesk keeps it: markup in `body` is stripped."""
    return html.unescape(_MARKUP.sub("", text)) if "<" in text else text


_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
