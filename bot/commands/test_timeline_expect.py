# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what a timeline brought about with what its test expects; pure.

Who is told must be stated: a test that says nothing of it says that nobody is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.commands.test_expect import Mismatch, shown
from bot.commands.test_tellings import Telling
from bot.config.desk_tests_expect import Expected
from bot.rules.ticket import Ticket

TICKET_KEYS = ("priority", "category", "tags", "status")


def timeline_mismatches(
    expect: Mapping[str, Expected],
    *,
    told: Sequence[Telling],
    clocks: Mapping[str, Sequence[str]],
    tickets: Mapping[str, Ticket | None],
) -> Iterator[Mismatch]:
    """What differs; `clocks` are those that `warned` and `breached`, `tickets` go by name."""
    yield from _told(expect["told"].value if "told" in expect else (), told)
    for key, got in clocks.items():
        if key in expect and set(expect[key].value) != set(got):
            yield Mismatch(key, shown(expect[key].value), shown(got))
    named = expect["ticket"].value if "ticket" in expect else next(reversed(list(tickets)), None)
    wanted = {key: each.value for key, each in expect.items() if key in TICKET_KEYS}
    if wanted:
        yield from _ticket(named, wanted, tickets)


def _told(wanted: Any, told: Sequence[Telling]) -> Iterator[Mismatch]:
    names = [each.name for each in told]
    if isinstance(wanted, Mapping):
        counts = Counter(names)
        for name in dict.fromkeys([*wanted, *counts]):
            if counts[name] != wanted.get(name, 0):
                yield Mismatch(f"told {name}", _times(wanted.get(name, 0)), _times(counts[name]))
        return
    if not _is_order(tuple(wanted), told):
        yield Mismatch("told", _or_nothing(wanted), shown(names))


def _is_order(wanted: tuple[str, ...], told: Sequence[Telling]) -> bool:
    """Whether names come in this order; those of one instant in any. Repeats count if stated."""
    is_each = len(set(wanted)) < len(wanted)
    left, seen = list(wanted), set[str]()
    for _, group in groupby(told, key=lambda telling: telling.at):
        names = [each.name for each in group]
        fresh = names if is_each else [name for name in dict.fromkeys(names) if name not in seen]
        seen |= set(names)
        if Counter(left[: len(fresh)]) != Counter(fresh):
            return False
        del left[: len(fresh)]
    return not left


def _ticket(
    name: str | None, wanted: Mapping[str, Any], tickets: Mapping[str, Ticket | None]
) -> Iterator[Mismatch]:
    ticket = tickets.get(name or "")
    if ticket is None:
        yield Mismatch("ticket", name or "a ticket", "none")
        return
    got = {
        "priority": ticket.priority,
        "category": ticket.category,
        "tags": tuple(sorted(ticket.tags)),
        "status": ticket.status.value,
    }
    for key, value in wanted.items():
        same = set(value) == set(got[key] or ()) if key == "tags" else value == got[key]
        if not same:
            yield Mismatch(key, shown(value), shown(got[key]))


def _or_nothing(names: Sequence[str]) -> str:
    return shown(list(names)) if names else "nobody"


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")
