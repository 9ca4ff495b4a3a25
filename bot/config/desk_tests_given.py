# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `given` of a test: one line of `deskmate decide`, every key of which must be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Node
from bot.rules.events import Occasion

GIVEN = (
    "id", "event", "at", "subject", "body", "created_at", "language", "via", "requester",
    "organisation", "plan", "region", "requester_registered", "org_management_agreement",
    "org_first_line", "org_support_via", "message_id", "in_reply_to", "headers", "fields",
    "current", "change", "context",
)  # fmt: skip
CHANGE = ("by", "tags_added", "fields")
CONTEXT = (
    "helpdesk", "helpdesk_down_since", "teams", "slack", "mail", "sms", "managers",
    "recent_incidents", "prior_tickets", "problem", "alert", "prior_alerts", "notified_at",
    "event_days", "maintenance", "sla", "usage_minutes_this_month", "contact_count_after",
    "later_events",
)  # fmt: skip
INSTANTS = ("at", "created_at")
PREFIXES = ("org_", "requester_")


def read_given(reader: Reader, node: Node) -> dict[str, Any]:
    """The line as JSON would hold it; unknown keys, events and instants are mistakes."""
    entries = reader.mapping(node, "given")
    _check_keys(reader, node, "given", GIVEN, free=PREFIXES)
    for name, known in (("change", CHANGE), ("context", CONTEXT)):
        if name in entries:
            reader.mapping(entries[name].node, name)
            _check_keys(reader, entries[name].node, name, known)
    if "event" in entries:
        reader.one_of(entries["event"].node, "event", {each.value: each for each in Occasion})
    for name in INSTANTS:
        if name in entries and not is_instant(entries[name].node.value):
            at = entries[name].node
            advice = "write it with its offset: 2026-03-10T13:20:00+01:00"
            reader.problem(at.place, f"{name}: {at.kind} is no instant", advice)
    return {name: plain_of(entry.node) for name, entry in entries.items()}


def plain_of(node: Node) -> Any:
    """A node as JSON would hold it: lists, objects, texts, whole numbers, truths, null."""
    match node.value:
        case tuple():
            return [plain_of(each) for each in node.value]
        case Mapping():
            return {name: plain_of(entry.node) for name, entry in node.value.items()}
        case _:
            return node.value


def is_instant(value: object) -> bool:
    """Whether a text is an instant with its offset."""
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _check_keys(
    reader: Reader, node: Node, what: str, known: Iterable[str], free: tuple[str, ...] = ()
) -> None:
    """Like the reader's own check, with the beginnings that any fact may have."""
    if not isinstance(node.value, Mapping):
        return
    names = tuple(known)
    for name, entry in node.value.items():
        if name not in names and not (free and name.startswith(free)):
            advice = did_you_mean(name, names)
            reader.problem(entry.key_place, f"{what}: unknown key {name!r}", advice)
