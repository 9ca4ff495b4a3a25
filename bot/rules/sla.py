# SPDX-License-Identifier: GPL-3.0-or-later
"""SLA clocks: each a pure function of what happened to a ticket, its calendar and its targets.

    idle --starts--> running <--status--> paused
                        |  \\-- past the deadline: breached, still counting
                        v
                     achieved (resolution: reopening makes it run on)      cancelled (merged)

A clock is recomputed from the ticket's events whenever it is asked, so there is no state to go
stale; instants are in UTC, seconds are whole, nothing is rounded to minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.business_time import Calendar
from bot.rules.sla_clock import RunningClock
from bot.rules.sla_values import (
    ClockEvent,
    ClockSpec,
    ClockState,
    Metric,
    Moment,
    Phase,
    Target,
    Warn,
)

ONE_SECOND = timedelta(seconds=1)
"""A deadline itself is in time; the first late instant is the second after it."""


class DueKind(StrEnum):
    """What falls due on a clock."""

    WARNING = "warning"
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Due:
    """An instant at which somebody is to be told: `share` is the part of the target used then."""

    kind: DueKind
    at: datetime
    clock: str
    cycle: int
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Clockwork:
    """One clock of one ticket: its spec and the calendar it counts in."""

    spec: ClockSpec
    calendar: Calendar
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    """For `calendar` events, which change the hours in the middle."""


def read_clock(work: Clockwork, events: Iterable[ClockEvent], now: datetime) -> ClockState:
    """Where the clock stands at `now`; events in the order they happened, none later than now."""
    clock = RunningClock(work.spec, work.calendar, work.calendars)
    for event in events:
        clock.happen(event)
    clock.advance(now)
    return clock.state(now)


def read_cycles(
    work: Clockwork, events: Iterable[ClockEvent], now: datetime
) -> tuple[ClockState, ...]:
    """Every cycle of the clock up to `now`, the present one last; none while it is idle."""
    clock = RunningClock(work.spec, work.calendar, work.calendars)
    for event in events:
        clock.happen(event)
    clock.advance(now)
    present = clock.state(now)
    return (*clock.past, present) if present.cycle else ()


def upcoming(work: Clockwork, state: ClockState) -> tuple[Due, ...]:
    """The warnings and the breach that lie on the way of an open clock, the earliest first.

    A clock that is broken already has its breach left, until somebody was told.

    A warning whose instant passed before the clock came to it is told at once by its old instant.
    """
    if not state.is_open or state.due_at is None:
        return ()
    late = state.due_at if work.spec.is_strict else state.due_at + ONE_SECOND
    if state.breached_at is not None:
        # A change that makes a clock overdue at once is told as of the change.
        return (Due(DueKind.BREACH, max(late, state.breached_at), state.name, state.cycle),)
    found = [Due(DueKind.BREACH, late, state.name, state.cycle)]
    for warn in work.spec.warn:
        at = _warning_at(work, state, warn)
        if at is not None and at < late:
            found.append(Due(DueKind.WARNING, at, state.name, state.cycle, _share(state, warn)))
    return tuple(sorted(found, key=lambda due: due.at))


def _warning_at(work: Clockwork, state: ClockState, warn: Warn) -> datetime | None:
    """In business time, so that "1 h before" falls into the hours in which somebody is there."""
    if state.target is None or state.due_at is None or state.started_at is None:
        return None
    if warn.lead is not None:
        lead = int(warn.lead.total_seconds())
    else:
        lead = state.target - int(state.target * (warn.share or 0))
    calendar = work.calendars.get(state.calendar, work.calendar)
    at = calendar.subtract(state.due_at, lead) if lead else state.due_at
    return None if at is None else max(at, state.started_at)


def _share(state: ClockState, warn: Warn) -> float:
    if warn.share is not None:
        return warn.share
    lead = warn.lead.total_seconds() if warn.lead is not None else 0.0
    return max(0.0, 1 - lead / state.target) if state.target else 1.0


__all__ = [
    "ClockEvent",
    "ClockSpec",
    "ClockState",
    "Clockwork",
    "Due",
    "DueKind",
    "Metric",
    "Moment",
    "Phase",
    "Target",
    "Warn",
    "read_clock",
    "read_cycles",
    "upcoming",
]
