# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `timeline` of a test: what people, machines and time do, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from bot.config.desk_tests_given import is_instant
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import Place, Policy
from bot.rules.ticket import Status


class Deed(StrEnum):
    """What may be done to a ticket that is there."""

    REQUESTER_REPLY = "requester_reply"
    AGENT_REPLY = "agent_reply"
    INTERNAL_NOTE = "internal_note"
    STATUS = "status"
    ASSIGN = "assign"
    PRIORITY = "priority"
    CATEGORY = "category"
    GROUP = "group"
    TAG = "tag"
    PRESS = "press"


OPENING = (
    "subject", "body", "requester", "organisation", "plan", "region", "language", "via", "tags",
    "fields",
)  # fmt: skip
"""What a new ticket is told with; any of them opens one."""
ALERT = ("state", "name", "source", "integration", "host", "service", "line", "severity", "message")
EVERY = ("count", "within", "from", "ticket")
KEYS = ("at", "ticket", *OPENING, *Deed, "alert", "helpdesk", "every")
GREATEST_COUNT = 500


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry: at `at`, the ticket of that name is opened, something is done, or time passes.

    `opening` holds what the new ticket is told with, texts by the keys of a decide line. `alert`
    is a machine's message, `helpdesk` turns the helpdesk `up` or `down`.
    """

    at: datetime
    place: Place
    ticket: str = ""
    opening: Mapping[str, Any] = field(default_factory=dict)
    deeds: tuple[tuple[Deed, str], ...] = ()
    alert: Mapping[str, str] = field(default_factory=dict)
    helpdesk: str | None = None


def read_timeline(reader: Reader, node: Node, policy: Policy) -> tuple[Happening, ...]:
    """The entries in order of time; an order that runs back is a mistake."""
    if not isinstance(node.value, tuple) or not node.value:
        reader.problem(node.place, f"timeline: expected a list of entries, got {node.kind}")
        return ()
    found: list[Happening] = []
    for each in node.value:
        entries = reader.mapping(each, "timeline", KEYS)
        many = sum(1 for each in found if each.ticket.startswith("#"))
        found += _entry(reader, each, entries, policy, many)
    _check_order(reader, found)
    _check_tickets(reader, found)
    # Those of an `every` may lie between entries that follow it.
    return tuple(sorted(found, key=lambda happening: happening.at))


def _entry(
    reader: Reader, node: Node, entries: Mapping[str, Entry], policy: Policy, many: int
) -> list[Happening]:
    if "every" in entries:
        return _every(reader, entries["every"], many)
    at = _instant(reader, entries, "at", node.place)
    if at is None:
        return []
    deeds = tuple(
        (deed, _deed(reader, entries[deed], deed, policy)) for deed in Deed if deed in entries
    )
    return [
        Happening(
            at=at,
            place=node.place,
            ticket=reader.text(entries["ticket"].node, "ticket") if "ticket" in entries else "",
            opening={key: _told(reader, entries[key], key) for key in OPENING if key in entries},
            deeds=deeds,
            alert=_alert(reader, entries["alert"].node) if "alert" in entries else {},
            helpdesk=_one_of(reader, entries["helpdesk"].node, "helpdesk", ("up", "down"))
            if "helpdesk" in entries
            else None,
        )
    ]


def _deed(reader: Reader, entry: Entry, deed: Deed, policy: Policy) -> str:
    node = entry.node
    match deed:
        case Deed.STATUS:
            return _one_of(reader, node, deed, [each.value for each in Status])
        case Deed.PRESS:
            return _one_of(reader, node, deed, ("acknowledge",))
        case Deed.PRIORITY:
            return _one_of(reader, node, deed, policy.priorities)
        case Deed.CATEGORY:
            return _one_of(reader, node, deed, policy.categories)
        case Deed.GROUP:
            return _one_of(reader, node, deed, list(policy.groups))
        case _:
            return reader.text(node, deed)


def _told(reader: Reader, entry: Entry, key: str) -> Any:
    if key == "fields":
        entries = reader.mapping(entry.node, key)
        return {name: reader.text(each.node, name) for name, each in entries.items()}
    if key == "tags":
        return reader.texts(entry.node, key)
    return None if entry.node.value is None else reader.text(entry.node, key)


def _alert(reader: Reader, node: Node) -> dict[str, str]:
    entries = reader.mapping(node, "alert", ALERT)
    return {name: reader.text(entry.node, name) for name, entry in entries.items()}


def _every(reader: Reader, entry: Entry, many: int) -> list[Happening]:
    """Many tickets, evenly spread: the first at `from`, the last `within` later; {n} counts.

    They are called #1, #2, ... over the whole timeline; `many` are there already.
    """
    entries = reader.mapping(entry.node, "every", EVERY)
    for key in EVERY:
        if key not in entries:
            reader.problem(entry.key_place, f"every: {key} is missing")
    start = _instant(reader, entries, "from", entry.key_place) if "from" in entries else None
    if start is None or len([key for key in EVERY if key in entries]) < len(EVERY):
        return []
    count = reader.number(entries["count"].node, "count", least=1)
    if count > GREATEST_COUNT:
        reader.problem(entries["count"].node.place, f"count: at most {GREATEST_COUNT}")
        return []
    within = reader.duration(entries["within"].node, "within")
    ticket = entries["ticket"].node
    told = reader.mapping(ticket, "ticket", OPENING)
    opening = {key: _told(reader, each, key) for key, each in told.items() if key in OPENING}
    spread = within / max(1, count - 1) if count > 1 else timedelta()
    first = Happening(start, entry.key_place, opening=opening)
    return [
        replace(
            first,
            at=start + spread * n,
            ticket=f"#{many + n + 1}",
            opening=_numbered(opening, n + 1),
        )
        for n in range(count)
    ]


def _numbered(opening: Mapping[str, Any], n: int) -> dict[str, Any]:
    return {
        key: value.replace("{n}", str(n)) if isinstance(value, str) else value
        for key, value in opening.items()
    }


def _instant(
    reader: Reader, entries: Mapping[str, Entry], key: str, place: Place
) -> datetime | None:
    value = entries[key].node.value if key in entries else None
    if is_instant(value):
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    where = entries[key].node.place if key in entries else place
    advice = "write it with its offset: 2026-03-10T13:20:00+01:00"
    reader.problem(where, f"{key}: expected an instant", advice)
    return None


def _one_of(reader: Reader, node: Node, what: str, known: Any) -> str:
    return reader.one_of(node, what, {each: each for each in known}) or ""


def _check_order(reader: Reader, found: list[Happening]) -> None:
    single = [each for each in found if not each.ticket.startswith("#")]
    for before, after in pairwise(single):
        if after.at < before.at:
            reader.problem(after.place, "timeline: this is earlier than the entry before", "sort")


def _check_tickets(reader: Reader, found: list[Happening]) -> None:
    """What is done to a ticket needs one; one that nobody opened is probably misspelt."""
    opened: list[str] = []
    for each in found:
        if each.opening and each.ticket in opened:
            reader.problem(each.place, f"timeline: ticket {each.ticket!r} is there already")
        if each.opening:
            opened.append(each.ticket)
        elif (each.deeds or each.ticket) and each.ticket not in opened:
            name = each.ticket or "without a name"
            what = f"timeline: no ticket {name!r} was opened before"
            reader.problem(each.place, what, did_you_mean(each.ticket, opened))
