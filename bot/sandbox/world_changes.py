# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of a sandbox ticket means: which values are valid, and what follows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.sandbox.world_people import Directory
from bot.sandbox.world_values import (
    DeskTicket,
    FieldValue,
    NewComment,
    Refusal,
    RefusalKind,
    User,
)

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("problem", "incident", "question", "task")

_PLAIN = (
    "status", "priority", "type", "subject", "assignee_id", "group_id", "organization_id",
    "requester_id", "external_id", "problem_id", "brand_id", "due_at",
)  # fmt: skip


def check(
    people: Directory, values: Mapping[str, FieldValue], fields: Mapping[int, FieldValue]
) -> Refusal | None:
    """The helpdesk's objection to values it does not know, None where it has none."""
    for name, allowed in (("status", STATUSES), ("priority", PRIORITIES), ("type", TYPES)):
        value = values.get(name)
        if value is not None and value not in allowed:
            return _invalid(name, f"{name.title()}: {value} is not included in the list")
    references = (
        ("group_id", people.group),
        ("assignee_id", people.user),
        ("requester_id", people.user),
        ("organization_id", people.organisation),
    )
    for name, find in references:
        value = values.get(name)
        if value is not None and (not isinstance(value, int) or find(value) is None):
            return _invalid(name, f"{name}: {value} is invalid")
    return _field_objection(people, fields)


def with_values(
    people: Directory,
    ticket: DeskTicket,
    values: Mapping[str, FieldValue],
    fields: Mapping[int, FieldValue],
) -> DeskTicket:
    """The ticket with new values; a drop-down's value becomes a tag, and its old one goes.

    A drop-down whose tag is taken away is emptied. Names the helpdesk does not know are ignored,
    as the real one ignores them.
    """
    plain: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    tags = list(ticket.tags)
    known = {key: value for key, value in fields.items() if people.field(key) is not None}
    taggers = [each.field_id for each in people.fields() if each.kind == "tagger"]
    if "tags" in values:
        given = values["tags"]
        tags = list(given) if isinstance(given, tuple) else str(given or "").split()
        lost = {f: None for f in taggers if ticket.fields.get(f) not in (None, *tags)}
        known = {**lost, **known}
    for field_id in taggers:
        if field_id in known:
            old, new = ticket.fields.get(field_id), known[field_id]
            tags = [each for each in tags if each != old] + ([str(new)] if new else [])
    return replace(
        ticket,
        tags=tuple(sorted(dict.fromkeys(each for each in tags if each))),
        fields={**ticket.fields, **known},
        **plain,
    )


def consequences(
    before: DeskTicket | None,
    after: DeskTicket,
    comment: NewComment | None,
    *,
    author: User,
    values: Mapping[str, FieldValue],
) -> DeskTicket:
    """What the helpdesk does by itself in the same audit.

    A requester's reply opens a waiting or solved ticket again; an assignee ends `new`.
    """
    if comment is not None and comment.is_public:
        after = replace(after, is_public=True)
    if "status" in values:
        return after
    is_reply = before is not None and comment is not None and comment.is_public
    if is_reply and not author.is_staff and after.status in ("pending", "hold", "solved"):
        return replace(after, status="open")
    if after.status == "new" and after.assignee_id is not None:
        return replace(after, status="open")
    return after


def audited_values(ticket: DeskTicket) -> dict[str, FieldValue]:
    """Every value an audit may speak of, by the API's name; custom fields by their id as text."""
    values: dict[str, FieldValue] = {name: getattr(ticket, name) for name in _PLAIN}
    values["tags"] = ticket.tags
    values.update({str(field_id): value for field_id, value in ticket.fields.items()})
    return {
        name: value
        for name, value in values.items()
        if value not in (None, ()) or name in ("status", "priority", "type", "subject")
    }


def _field_objection(people: Directory, fields: Mapping[int, FieldValue]) -> Refusal | None:
    for field_id, value in fields.items():
        known = people.field(field_id)
        if known is None or value is None or not known.options:
            continue
        if value not in known.options:
            return _invalid("base", f"{known.title}: {value} is not a valid option")
    return None


def _invalid(field: str, text: str) -> Refusal:
    return Refusal(RefusalKind.INVALID, text, field)
