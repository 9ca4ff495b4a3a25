# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a caller sent as a ticket into a change that the sandbox's world can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.world_people import Directory
from bot.sandbox.world_values import (
    Attachment,
    DeskTicket,
    FieldValue,
    NewComment,
    Refusal,
    RefusalKind,
)
from bot.sandbox.zendesk_render import CUSTOM_STATUS_IDS, Json, plain_text

_VALUES = (
    "status", "priority", "type", "subject", "assignee_id", "group_id", "organization_id",
    "requester_id", "external_id", "problem_id", "brand_id", "due_at",
)  # fmt: skip
_ALSO_KNOWN = frozenset(
    {
        "comment", "tags", "custom_fields", "fields", "metadata", "safe_update", "updated_stamp",
        "additional_tags", "remove_tags", "assignee_email", "requester", "description",
        "custom_status_id", "submitter_id", "comments", "created_at", "updated_at", "solved_at",
        "raw_subject",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedChange:
    """What the caller wants; `unknown` are the keys the helpdesk ignores with a warning."""

    values: Mapping[str, FieldValue] = field(default_factory=dict)
    fields: Mapping[int, FieldValue] = field(default_factory=dict)
    comment: NewComment | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    stamp: datetime | None = None
    unknown: tuple[str, ...] = ()


def asked_change(
    sent: Json,
    *,
    ticket: DeskTicket | None,
    people: Directory,
    uploads: Mapping[str, Attachment],
) -> AskedChange | Refusal:
    """Read the object sent as `ticket`; `ticket` is the present one, None for a new one."""
    values: dict[str, FieldValue] = {name: _value(sent[name]) for name in _VALUES if name in sent}
    stamp: datetime | None = None
    if "safe_update" in sent:
        read = _stamp(sent.get("updated_stamp"))
        if isinstance(read, Refusal):
            return read
        stamp = read
    for name, status_id in CUSTOM_STATUS_IDS.items():
        if sent.get("custom_status_id") == status_id:
            values["status"] = name
    if isinstance(sent.get("assignee_email"), str):
        agent = people.user_by_email(str(sent["assignee_email"]))
        if agent is None or not agent.is_staff:
            return Refusal(RefusalKind.INVALID, "Assignee is invalid", "assignee_email")
        values["assignee_id"] = agent.user_id
    tags = _tags(sent, ticket)
    if tags is not None:
        values["tags"] = tags
    metadata = sent.get("metadata")
    return AskedChange(
        values,
        _fields(sent),
        _comment(sent.get("comment"), ticket, uploads),
        metadata if isinstance(metadata, dict) else {},
        stamp,
        tuple(name for name in sent if name not in _VALUES and name not in _ALSO_KNOWN),
    )


def _comment(
    sent: object, ticket: DeskTicket | None, uploads: Mapping[str, Attachment]
) -> NewComment | None:
    if isinstance(sent, str):
        sent = {"body": sent}
    if not isinstance(sent, dict):
        return None
    markup = sent.get("html_body")
    body = sent.get("body") or (plain_text(str(markup)) if markup else "")
    tokens = sent.get("uploads") or []
    files = tuple(uploads[each] for each in tokens if each in uploads)
    if not body and not files:
        return None
    is_public = bool(sent.get("public", ticket.is_public if ticket else True))
    author = sent.get("author_id")
    return NewComment(
        plain_text(str(body)) if not markup else str(body),
        is_public,
        author if isinstance(author, int) else None,
        str(markup) if markup else None,
        files,
    )


def _tags(sent: Json, ticket: DeskTicket | None) -> tuple[str, ...] | None:
    tags = list(ticket.tags) if ticket else []
    if isinstance(sent.get("tags"), list | str):
        given = sent["tags"]
        tags = given.split() if isinstance(given, str) else [str(t) for t in _list(given)]
    elif not ("additional_tags" in sent or "remove_tags" in sent):
        return None
    gone = {str(each) for each in _list(sent.get("remove_tags"))}
    tags += [str(each) for each in _list(sent.get("additional_tags"))]
    return tuple(dict.fromkeys(each for each in tags if each not in gone))


def _fields(sent: Json) -> dict[int, FieldValue]:
    given = sent.get("custom_fields", sent.get("fields"))
    if isinstance(given, dict):
        given = [{"id": key, "value": value} for key, value in given.items()]
    return {
        int(each["id"]): _value(each.get("value"))
        for each in _list(given)
        if isinstance(each, dict) and str(each.get("id", "")).isdigit()
    }


def _value(sent: object) -> FieldValue:
    if isinstance(sent, list):
        return tuple(str(each) for each in sent)
    if sent is None or isinstance(sent, str | int | bool):
        return sent if sent != "" else None
    return str(sent)


def _list(sent: object) -> list[object]:
    return sent if isinstance(sent, list) else []


def _stamp(sent: object) -> datetime | Refusal:
    try:
        return datetime.fromisoformat(str(sent)).astimezone(UTC)
    except ValueError:
        text = "updated_stamp must be provided together with safe_update"
        return Refusal(RefusalKind.INVALID, text, "updated_stamp")
