# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of the sandbox's webhooks: events in the fixed schema, triggers by a template.

In the fixed schema every id is text and enums are upper-case; neither custom fields nor comments
stand in `detail`. One submission gives one event per changed field.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.world_people import Directory
from bot.sandbox.world_values import Comment, DeskTicket, FieldEvent, TicketNews
from bot.sandbox.zendesk_render import CUSTOM_STATUS_IDS, Json, instant

PREFIX = "zen:event-type:ticket."
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_CHANGES = {
    "status": "status_changed", "priority": "priority_changed", "type": "type_changed",
    "subject": "subject_changed", "assignee_id": "agent_assignment_changed",
    "group_id": "group_assignment_changed", "requester_id": "requester_changed",
    "organization_id": "organization_changed", "external_id": "external_id_changed",
    "brand_id": "brand_changed", "problem_id": "problem_link_changed",
    "due_at": "task_due_at_changed",
}  # fmt: skip
_ENUMS = ("status", "priority", "type")


@dataclass(frozen=True, slots=True)
class HappenedEvent:
    """An event's type without its prefix, and what changed."""

    kind: str
    event: Json


def event_bodies(
    news: TicketNews, people: Directory, *, account_id: int
) -> Iterator[tuple[str, bytes]]:
    """Each event of a change as its full type and its body, pretty-printed as recorded."""
    actor = str(news.audit.author_id) if news.audit else "-1"
    for happened in _happened(news, people):
        shown = {
            "type": PREFIX + happened.kind, "account_id": account_id, "id": str(uuid.uuid4()),
            "time": _precise(news.at), "zendesk_event_version": "2022-11-06",
            "subject": f"zen:ticket:{news.after.number}",
            "detail": _detail(news.after, actor), "event": happened.event,
        }  # fmt: skip
        text = json.dumps(shown, indent=3, ensure_ascii=False) + "\n"
        yield PREFIX + happened.kind, text.encode()


def trigger_body(template: str, news: TicketNews, people: Directory) -> bytes:
    """The template with its placeholders filled in, not escaped: that is how triggers do it."""
    values = _placeholders(news, people)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template).encode()


def _happened(news: TicketNews, people: Directory) -> Iterator[HappenedEvent]:
    match news.what:
        case "created":
            yield HappenedEvent("created", {})
        case "deleted":
            yield HappenedEvent("soft_deleted", {})
        case "scrubbed":
            yield HappenedEvent("permanently_deleted", {})
        case "changed" if news.audit is not None:
            for comment in news.audit.comments:
                yield HappenedEvent("comment_added", {"comment": _comment(comment, people)})
            for change in news.audit.changes:
                yield from _changed(change, people)


def _changed(change: FieldEvent, people: Directory) -> Iterator[HappenedEvent]:
    name, new, old = change.name, change.value, change.previous
    if name == "tags":
        yield HappenedEvent("tags_changed", _tags(change))
    elif name.isdigit():
        field = people.field(int(name))
        shown = {"id": name, "title": field.title if field else "", "type": "text"}
        event: Json = {"current": _text(new), "previous": _text(old), "field": shown}
        yield HappenedEvent("custom_field_changed", event)
    elif name in _CHANGES:
        is_enum = name in _ENUMS
        current, previous = (_upper(new), _upper(old)) if is_enum else (_text(new), _text(old))
        yield HappenedEvent(_CHANGES[name], {"current": current, "previous": previous})
        if name == "status":
            states = {"current": _state(new), "previous": _state(old)}
            yield HappenedEvent("custom_status_changed", dict(states))


def _detail(ticket: DeskTicket, actor: str) -> Json:
    return {
        "actor_id": actor, "assignee_id": _text(ticket.assignee_id),
        "brand_id": str(ticket.brand_id), "created_at": instant(ticket.created_at),
        "custom_status": _state(ticket.status), "description": ticket.description,
        "external_id": ticket.external_id, "form_id": "360000900001",
        "group_id": _text(ticket.group_id), "id": str(ticket.number),
        "is_public": ticket.is_public, "organization_id": _text(ticket.organization_id),
        "priority": _upper(ticket.priority), "requester_id": str(ticket.requester_id),
        "status": _upper(ticket.status), "subject": ticket.subject,
        "submitter_id": str(ticket.submitter_id), "tags": list(ticket.tags),
        "type": _upper(ticket.type), "updated_at": instant(ticket.updated_at),
        "via": {"channel": ticket.via.channel},
    }  # fmt: skip


def _comment(comment: Comment, people: Directory) -> Json:
    author = people.user(comment.author_id)
    return {
        "id": str(comment.comment_id), "body": comment.body, "is_public": comment.is_public,
        "author": {
            "id": str(comment.author_id), "is_staff": author is not None and author.is_staff,
            "name": author.name if author else "",
        },
    }  # fmt: skip


def _tags(change: FieldEvent) -> Json:
    new = change.value if isinstance(change.value, tuple) else ()
    old = change.previous if isinstance(change.previous, tuple) else ()
    return {
        "tags_added": [each for each in new if each not in old],
        "tags_removed": [each for each in old if each not in new],
    }


def _placeholders(news: TicketNews, people: Directory) -> dict[str, str]:
    ticket, audit = news.after, news.audit
    requester = people.user(ticket.requester_id)
    latest = audit.comments[-1].body if audit and audit.comments else ""
    return {
        "ticket.id": str(ticket.number), "ticket.title": ticket.subject,
        "ticket.description": ticket.description, "ticket.status": ticket.status.title(),
        "ticket.priority": (ticket.priority or "-").title(), "ticket.tags": " ".join(ticket.tags),
        "ticket.latest_comment": latest, "ticket.external_id": ticket.external_id or "",
        "ticket.updated_at_with_timestamp": instant(ticket.updated_at),
        "ticket.created_at_with_timestamp": instant(ticket.created_at),
        "ticket.requester.email": (requester.email if requester else None) or "",
        "ticket.requester.name": requester.name if requester else "",
        "current_user.id": str(audit.author_id) if audit else "",
    }  # fmt: skip


def _precise(at: datetime) -> str:
    """Nine fractional digits, or none where there are none: both were seen."""
    return instant(at) if at.microsecond == 0 else f"{at:%Y-%m-%dT%H:%M:%S.%f}000Z"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _upper(value: object) -> str | None:
    return None if value is None else str(value).upper()


def _state(status: object) -> str:
    return str(CUSTOM_STATUS_IDS.get(str(status), ""))
