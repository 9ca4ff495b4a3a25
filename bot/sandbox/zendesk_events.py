# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the ticket-events export: one audit each, its changes as child events.

A child event of a field names the field itself (`"status": "open"`, `"previous_value": "new"`); a
custom field stands under `custom_ticket_fields`. A comment comes in full only if sideloaded.
"""

from __future__ import annotations

from bot.sandbox.world_values import Audit, CommentEvent, FieldEvent
from bot.sandbox.zendesk_render import Json, comment_json, instant, via_json

_VIA_NAMES = {"email": "Mail", "web": "Web form", "api": "Web service", "rule": "Rule"}


def event_row(audit: Audit, base: str, *, has_comments: bool) -> Json:
    """One row; `has_comments` is the sideload `comment_events`."""
    via = _VIA_NAMES.get(audit.via.channel, audit.via.channel)
    children = [
        _comment_event(each, base, has_comments=has_comments)
        if isinstance(each, CommentEvent)
        else _field_event(each, via)
        for each in audit.events
    ]
    return {
        "id": audit.audit_id, "ticket_id": audit.number,
        "timestamp": int(audit.created_at.timestamp()), "created_at": instant(audit.created_at),
        "updater_id": audit.author_id, "via": via, "via_reference_id": None,
        "system": {"client": "sandbox", "location": "Stockholm", **audit.system_metadata},
        "event_type": "Audit", "child_events": children,
    }  # fmt: skip


def _field_event(event: FieldEvent, via: str) -> Json:
    value = list(event.value) if isinstance(event.value, tuple) else event.value
    row: Json = {"id": event.event_id, "via": via, "via_reference_id": None}
    if event.name.isdigit():
        row["custom_ticket_fields"] = {event.name: value}
    else:
        row[event.name] = value
    if event.name == "tags":
        row.update(_tag_changes(event))
    if event.kind == "Change":
        old = event.previous
        row["previous_value"] = list(old) if isinstance(old, tuple) else old
    row["event_type"] = event.kind
    return row


def _tag_changes(event: FieldEvent) -> Json:
    new = event.value if isinstance(event.value, tuple) else ()
    old = event.previous if isinstance(event.previous, tuple) else ()
    return {
        "added_tags": [each for each in new if each not in old],
        "removed_tags": [each for each in old if each not in new],
    }


def _comment_event(event: CommentEvent, base: str, *, has_comments: bool) -> Json:
    comment = event.comment
    if not has_comments:
        return {
            "id": event.event_id, "via": via_json(comment.via), "via_reference_id": None,
            "comment_present": True, "comment_public": comment.is_public,
            "event_type": "Comment",
        }  # fmt: skip
    return {**comment_json(comment, base), "via_reference_id": None, "event_type": "Comment"}
