# SPDX-License-Identifier: GPL-3.0-or-later
"""How a month's promises ended: each cycle of each clock once, under one outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from bot.rules.engine import CompiledPolicy, for_ticket
from bot.rules.history import Change
from bot.rules.sla import ClockState, Clockwork, Phase, read_cycles
from bot.rules.ticket import Ticket
from bot.rules.ticket_clocks import clock_events, needs_notification


class Ending(StrEnum):
    """How one cycle of a clock stands at the end of the report."""

    KEPT = "kept"
    BROKEN = "broken"
    RUNNING = "running"
    CANCELLED = "cancelled"
    NO_TARGET = "target not set"
    NO_BEGINNING = "beginning unknown"


@dataclass(frozen=True, slots=True)
class Kept:
    """One cycle of one promise to one ticket; `was_warned` if somebody was told before."""

    clock: str
    ending: Ending
    was_warned: bool
    plan: str | None
    priority: str | None
    organisation: str | None


def promises_of(
    ticket: Ticket,
    history: Sequence[Change],
    compiled: CompiledPolicy,
    *,
    told: Iterable[str],
    start: datetime,
    end: datetime,
    now: datetime,
) -> Iterable[Kept]:
    """Every cycle that started in [start, end), as it stands at `now`.

    `told` are the keys of the warnings and breaches that were told.
    """
    keys = tuple(told)
    compiled = for_ticket(compiled, ticket)
    default = compiled.policy.default_priority
    for promise in compiled.policy.promises.values():
        events = tuple(
            clock_events(ticket, history, promise.undecided or default, zone=compiled.policy.zone)
        )
        calendar = compiled.calendars[promise.hours]
        work = Clockwork(promise.clock, calendar, compiled.calendars)
        row = partial(
            Kept,
            promise.clock.name,
            plan=ticket.fields.get("plan"),
            priority=ticket.priority,
            organisation=ticket.organisation,
        )
        cycles = read_cycles(work, events, now)
        if not cycles and needs_notification(promise) and start <= ticket.created_at < end:
            yield row(ending=Ending.NO_BEGINNING, was_warned=False)
        for state in cycles:
            if state.started_at is not None and start <= state.started_at < end:
                prefix = f"clock/{ticket.ticket_id}/{state.name}/{state.cycle}/warning"
                was_warned = any(key.startswith(prefix) for key in keys)
                yield row(ending=ending_of(state), was_warned=was_warned)


def ending_of(state: ClockState) -> Ending:
    """A promise without a target is neither kept nor broken."""
    if not state.has_target:
        return Ending.NO_TARGET
    if state.breached_at is not None:
        return Ending.BROKEN
    match state.phase:
        case Phase.ACHIEVED:
            return Ending.KEPT
        case Phase.CANCELLED:
            return Ending.CANCELLED
        case _:
            return Ending.RUNNING


def tally(found: Iterable[Kept], by: str) -> dict[tuple[str, str], Counter[str]]:
    """Counts per clock and per value of `by` (plan, priority or organisation)."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for each in found:
        value = getattr(each, by) or "none"
        row = counted.setdefault((each.clock, value), Counter())
        row[each.ending] += 1
        row["warned"] += each.was_warned
        row["all"] += 1
    return counted
