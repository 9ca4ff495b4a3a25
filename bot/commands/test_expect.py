# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares an answer of `deskmate decide` with what a test of the desk expects; pure.

An effect that the test does not state is a difference: a test that says nothing of people told
also says that nobody is told. Clocks, calendars and which rules fired count only where stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.config.desk_tests_expect import Expected

STRICT_VALUES = ("category", "priority", "hold_until", "escalation_level", "link_to")
STRICT_LISTS = ("tags", "routes", "publish", "reply", "ledger", "violations", "warnings")
NAMED_BY = {
    "publish": "template",
    "reply": "template",
    "ledger": "book",
    "violations": "code",
    "warnings": "code",
}
"""The key by which an entry of a list may be called with one word."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met, in words."""

    key: str
    expected: str
    got: str

    def __str__(self) -> str:
        """`priority: expected p1, got null`."""
        return f"{self.key}: expected {self.expected}, got {self.got}"


def mismatches(
    expect: Mapping[str, Expected],
    answer: Mapping[str, Any],
    *,
    current: Mapping[str, Any] | None = None,
    default_category: str | None = None,
) -> tuple[Mismatch, ...]:
    """What differs; `current` is the ticket before the event, which needs no statement."""
    before = current or {}
    found: list[Mismatch] = []
    for key in STRICT_VALUES:
        if key not in expect:
            quiet = [None, before.get(key), default_category if key == "category" else None]
            if answer.get(key) not in quiet:
                found.append(Mismatch(key, "nothing", shown(answer.get(key))))
    for key in STRICT_LISTS:
        wanted = expect[key].value if key in expect else ()
        found += _list_difference(key, wanted, _effects(key, answer, before, wanted))
    for key, expected in expect.items():
        if key not in STRICT_LISTS:
            said_by = "fired" if key == "not_fired" else key
            found += _difference(key, expected.value, answer.get(said_by))
    return tuple(found)


def shown(value: Any) -> str:
    """A value as a person would write it in the test."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            return "{" + ", ".join(f"{name}: {shown(each)}" for name, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(shown(each) for each in value) + "]"
        case _:
            return str(value)


def _effects(
    key: str, answer: Mapping[str, Any], before: Mapping[str, Any], wanted: Sequence[Any]
) -> list[Any]:
    """The answer's list; the group that the ticket had already is no effect."""
    got = list(answer.get(key) or ())
    if key != "routes" or before.get("group") in wanted:
        return got
    return [each for each in got if each != before.get("group")]


def _list_difference(key: str, wanted: Sequence[Any], got: Sequence[Any]) -> Iterable[Mismatch]:
    """Lists compare without order; each expected entry needs one of its own."""
    left = list(got)
    is_met = len(wanted) == len(left)
    for each in wanted:
        fitting = next((one for one in left if _fits(key, each, one)), None)
        if fitting is None:
            is_met = False
        else:
            left.remove(fitting)
    if not is_met:
        yield Mismatch(key, shown(wanted) if wanted else "nothing", shown(_short(key, got)))


def _fits(key: str, wanted: Any, got: Any) -> bool:
    if not isinstance(got, Mapping):
        return bool(wanted == got)
    if isinstance(wanted, Mapping):
        return all(_is_same(value, got.get(name)) for name, value in wanted.items())
    return bool(wanted == got.get(NAMED_BY.get(key, "")))


def _short(key: str, got: Sequence[Any]) -> list[Any]:
    name = NAMED_BY.get(key, "")
    return [each.get(name, each) if isinstance(each, Mapping) else each for each in got]


def _difference(key: str, wanted: Any, got: Any) -> Iterable[Mismatch]:
    match key:
        case "clocks":
            yield from _clocks(wanted, got or {})
        case "calendars":
            yield from _calendars(wanted, got or {})
        case "fired":
            fired = _rules(got)
            for rule in wanted:
                if rule not in fired:
                    yield Mismatch(key, rule, shown(fired))
        case "not_fired":
            for rule in wanted:
                if rule in _rules(got):
                    yield Mismatch(key, f"{rule} to keep quiet", "it fired")
        case "unknown":
            for fact in wanted:
                if fact not in (got or ()):
                    yield Mismatch(key, fact, shown(got))
        case "mentions" | "delivered_by":
            yield from _list_difference(key, wanted, got or ())
        case "suggest":
            if len(got or ()) != wanted:
                yield Mismatch(key, str(wanted), str(len(got or ())))
        case _:
            if not _is_same(wanted, got):
                yield Mismatch(key, shown(wanted), shown(got))


def _rules(fired: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return [str(each["rule"]) for each in fired or ()]


def _clocks(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> Iterable[Mismatch]:
    for name, value in wanted.items():
        clock, key = got.get(name), f"clocks {name}"
        if value is None:
            if clock is not None:
                yield Mismatch(key, "no such clock", f"due {shown(clock.get('due'))}")
        elif clock is None:
            yield Mismatch(key, _clock_words(value), "no such clock")
        elif isinstance(value, Mapping):
            if not all(_is_same(each, clock.get(part)) for part, each in value.items()):
                yield Mismatch(key, shown(value), shown(clock))
        elif not _is_same(value, clock.get("due")):
            yield Mismatch(key, _clock_words(value), f"due {shown(clock.get('due'))}")


def _clock_words(value: Any) -> str:
    return shown(value) if isinstance(value, Mapping) else f"due {value}"


def _calendars(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> Iterable[Mismatch]:
    for name, value in wanted.items():
        state = got.get(name) or {}
        told = value if isinstance(value, Mapping) else {"open": value}
        for part, each in told.items():
            if not _is_same(each, state.get(part)):
                yield Mismatch(f"calendars {name}", _open_words(part, each),
                               _open_words(part, state.get(part)))  # fmt: skip


def _open_words(part: str, value: Any) -> str:
    if part == "open" and isinstance(value, bool):
        return "open" if value else "closed"
    return f"{part} {shown(value)}"


def _is_same(wanted: Any, got: Any) -> bool:
    """Equal, or the same instant in another zone."""
    if wanted == got:
        return True
    if not isinstance(wanted, str) or not isinstance(got, str):
        return not isinstance(got, bool) and got is not None and str(wanted) == str(got)
    try:
        return datetime.fromisoformat(wanted) == datetime.fromisoformat(got)
    except (TypeError, ValueError):
        return False
