# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `expect` of a test; what names a thing that the policy does not have is a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.config.desk_tests_given import is_instant, plain_of
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import Place, Policy

CLOCK = ("due", "calendar", "starts_at")
CALENDAR = ("open", "next_open")
KNOWN_CLOCKS = ("first_response", "next_response", "periodic_update", "resolution")
"""Clocks that a test may deny even where the policy never promises them."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What one key should be, and where that was written.

    Lists are tuples of texts or of mappings; clocks and calendars are mappings by name.
    """

    value: Any
    place: Place


def read_expectations(
    reader: Reader, entry: Entry, policy: Policy, *, is_timeline: bool
) -> dict[str, Expected]:
    """The expectations by their keys; none at all is a mistake."""
    read = _timeline_keys(reader, policy) if is_timeline else _simple_keys(reader, policy)
    entries = reader.mapping(entry.node, "expect", read)
    if not entries and isinstance(entry.node.value, Mapping | None):
        reader.problem(entry.key_place, "expect: nothing is expected", "say what must come of it")
    return {
        name: Expected(read[name](each.node, name), each.key_place)
        for name, each in entries.items()
        if name in read
    }


def expectation_keys(*, is_timeline: bool) -> tuple[str, ...]:
    """What a test may expect, for the documentation and for editors."""
    read = _timeline_keys if is_timeline else _simple_keys
    return tuple(read(Reader(), Policy(desk="", digest="")))


Read = Callable[[Node, str], Any]


def _simple_keys(reader: Reader, policy: Policy) -> dict[str, Read]:
    """The keys of an answer of `deskmate decide`."""
    texts, found = partial(_texts, reader), partial(_found, reader)
    rules = [rule.rule_id for rule in policy.rules]
    return {
        "category": partial(_one_of, reader, policy.categories),
        "priority": partial(_one_of, reader, policy.priorities),
        "tags": texts,
        "routes": partial(_texts_of, reader, routes_of(policy)),
        "escalation_level": partial(_level, reader),
        "link_to": partial(_text, reader),
        "hold_until": partial(_text, reader),
        "publish": found,
        "reply": partial(_replies, reader, policy),
        "ledger": found,
        "violations": found,
        "warnings": found,
        "clocks": partial(_clocks, reader, policy),
        "calendars": partial(_calendars, reader, policy),
        "fired": partial(_texts_of, reader, rules),
        "not_fired": partial(_texts_of, reader, rules),
        "mentions": texts,
        "delivered_by": texts,
        "helpdesk_priority": partial(_text, reader),
        "unknown": texts,
        "suggest": lambda node, what: reader.number(node, what),
    }


def _timeline_keys(reader: Reader, policy: Policy) -> dict[str, Read]:
    """What can be seen after a course of events."""
    told = partial(_told, reader, sorted({*policy.people, *policy.rosters, *policy.groups}))
    promises = partial(_texts_of, reader, list(policy.promises))
    return {
        "told": told,
        "warned": promises,
        "breached": promises,
        "ticket": partial(_text, reader),
        "priority": partial(_one_of, reader, policy.priorities),
        "category": partial(_one_of, reader, policy.categories),
        "tags": partial(_texts, reader),
        "status": partial(_text, reader),
    }


def routes_of(policy: Policy) -> list[str]:
    """Every name that may stand in `routes` of an answer."""
    steps = (step for path in policy.paths.values() for step in path.steps)
    named = (name for rule in policy.rules for name in rule.effects.routes)
    told = (name for rule in policy.rules for name in rule.effects.tell)
    groups = (rule.effects.group for rule in policy.rules if rule.effects.group)
    known = {*policy.people, *policy.groups, *policy.rosters, *steps, *named, *told, *groups}
    return sorted(known)


def _text(reader: Reader, node: Node, what: str) -> str | None:
    return None if node.value is None else reader.text(node, what)


def _texts(reader: Reader, node: Node, what: str) -> tuple[str, ...]:
    return () if node.value is None else reader.texts(node, what)


def _one_of(reader: Reader, known: Iterable[str], node: Node, what: str) -> str | None:
    text = _text(reader, node, what)
    return None if text is None else _known(reader, node, what, text, known)


def _texts_of(reader: Reader, known: Iterable[str], node: Node, what: str) -> tuple[str, ...]:
    nodes = node.value if isinstance(node.value, tuple) else () if node.value is None else (node,)
    names = list(known)
    return tuple(_known(reader, each, what, reader.text(each, what), names) for each in nodes)


def _known(reader: Reader, node: Node, what: str, text: str, known: Iterable[str]) -> str:
    names = list(known)
    if text and text not in names:
        advice = did_you_mean(text, names)
        reader.problem(node.place, f"{what}: the policy has no {text!r}", advice)
    return text


def _level(reader: Reader, node: Node, what: str) -> int | None:
    return None if node.value is None else reader.number(node, what)


def _found(reader: Reader, node: Node, what: str) -> tuple[str | Mapping[str, Any], ...]:
    """Codes, or mappings that say more; one of them may stand without a list."""
    nodes = node.value if isinstance(node.value, tuple) else () if node.value is None else (node,)
    return tuple(
        plain_of(each) if isinstance(each.value, Mapping) else reader.text(each, what)
        for each in nodes
    )


def _replies(
    reader: Reader, policy: Policy, node: Node, what: str
) -> tuple[str | Mapping[str, Any], ...]:
    found = _found(reader, node, what)
    for each in found:
        name = each.get("template", "") if isinstance(each, Mapping) else each
        _known(reader, node, what, str(name), policy.templates)
    return found


def _clocks(reader: Reader, policy: Policy, node: Node, what: str) -> dict[str, Any]:
    """A due instant per clock, null for no such clock, or a mapping with more of it."""
    found: dict[str, Any] = {}
    for name, entry in reader.mapping(node, what).items():
        value = entry.node.value
        if name not in policy.promises and (value is not None or name not in KNOWN_CLOCKS):
            advice = did_you_mean(name, policy.promises)
            reader.problem(entry.key_place, f"{what}: the policy promises no {name!r}", advice)
        if isinstance(value, Mapping):
            reader.mapping(entry.node, f"{what} {name}", CLOCK)
            _named_calendar(reader, policy, value)
        elif value is not None and not is_instant(value):
            advice = "write an instant with its offset, or null for no such clock"
            reader.problem(
                entry.node.place, f"{what} {name}: {entry.node.kind} is no instant", advice
            )
        found[name] = plain_of(entry.node)
    return found


def _named_calendar(reader: Reader, policy: Policy, clock: Mapping[str, Entry]) -> None:
    if "calendar" in clock:
        node = clock["calendar"].node
        _known(reader, node, "calendar", reader.text(node, "calendar"), policy.calendars)


def _calendars(reader: Reader, policy: Policy, node: Node, what: str) -> dict[str, Any]:
    """true for open, false for closed, or a mapping with `next_open` too."""
    found: dict[str, Any] = {}
    for name, entry in reader.mapping(node, what, policy.calendars).items():
        if isinstance(entry.node.value, Mapping):
            reader.mapping(entry.node, f"{what} {name}", CALENDAR)
            found[name] = plain_of(entry.node)
        else:
            found[name] = reader.truth(entry.node, f"{what} {name}")
    return found


def _told(
    reader: Reader, known: Iterable[str], node: Node, what: str
) -> tuple[str, ...] | dict[str, int]:
    """Names in order of time, or how often each."""
    if not isinstance(node.value, Mapping):
        return _texts_of(reader, known, node, what)
    entries = reader.mapping(node, what, known)
    return {name: reader.number(entry.node, name) for name, entry in entries.items()}
