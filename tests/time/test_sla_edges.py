# SPDX-License-Identifier: GPL-3.0-or-later
"""Edges of clocks that no peer's tests cover: reopening, late beginnings, parts of a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.rules.business_time import Calendar, calendars_of
from bot.rules.calendar_days import CalendarSpec, Window
from bot.rules.sla import (
    ClockEvent,
    ClockSpec,
    ClockState,
    Clockwork,
    Metric,
    Moment,
    Phase,
    Target,
    read_clock,
)

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar(CalendarSpec("always", is_always_open=True))
NEVER = Calendar(CalendarSpec("never"))
RESOLUTION = ClockSpec(
    "resolution",
    Metric.RESOLUTION,
    (Target(4 * 3600, priority="normal"), Target(3600, priority="urgent")),
)


def _read(spec: ClockSpec, now: datetime, *events: ClockEvent) -> ClockState:
    return read_clock(Clockwork(spec, ALWAYS, {"never": NEVER}), events, now)


def _created(priority: str = "normal") -> ClockEvent:
    return ClockEvent(NINE, Moment.CREATED, priority=priority)


def _status(at: datetime, status: str) -> ClockEvent:
    return ClockEvent(at, Moment.STATUS, status)


def test_kept_figures_stay_when_the_calendar_changes() -> None:
    """What was kept is history: a new calendar does not count it again."""
    solved = _status(NINE + 2 * HOUR, "solved")
    changed = ClockEvent(NINE + 3 * HOUR, Moment.CALENDAR, "never")

    state = _read(RESOLUTION, NINE + 4 * HOUR, _created(), solved, changed)

    assert (state.phase, state.elapsed) == (Phase.ACHIEVED, 2 * 3600)


def test_tighter_target_while_solved_breaks_at_reopening() -> None:
    """A priority raised while solved is judged when the ticket is reopened, never back-dated."""
    events = (
        _created(),
        _status(NINE + 2 * HOUR, "solved"),
        ClockEvent(NINE + 3 * HOUR, Moment.PRIORITY, "urgent"),
        _status(NINE + 5 * HOUR, "open"),
    )

    state = _read(RESOLUTION, NINE + 6 * HOUR, *events)

    assert state.breached_at == NINE + 5 * HOUR
    assert state.due_at == NINE + HOUR


def test_looser_target_while_solved_withdraws_the_breach() -> None:
    """A priority lowered while solved gives the reopened ticket its new time."""
    events = (
        _created("urgent"),
        _status(NINE + 2 * HOUR, "solved"),
        ClockEvent(NINE + 3 * HOUR, Moment.PRIORITY, "normal"),
        _status(NINE + 5 * HOUR, "open"),
    )

    state = _read(RESOLUTION, NINE + 5 * HOUR, *events)

    assert state.breached_at is None
    assert state.due_at == NINE + 7 * HOUR


def test_clock_that_begins_before_the_ticket_takes_its_target() -> None:
    """A promise from the notification knows its time once the ticket has a priority."""
    spec = replace(
        RESOLUTION, name="ack", metric=Metric.CUSTOM,
        begins=frozenset({Moment.NOTIFIED}), ends=frozenset({Moment.ACKNOWLEDGED}),
    )  # fmt: skip
    notified = ClockEvent(NINE - HOUR / 2, Moment.NOTIFIED)

    state = _read(spec, NINE + 2 * HOUR, notified, _created("urgent"))

    assert state.due_at == NINE + HOUR / 2
    assert state.breached_at == state.due_at


def test_parts_of_a_second_break_nothing() -> None:
    """Clocks count whole seconds, as the helpdesk stamps them."""
    spec = ClockSpec("first_response", Metric.FIRST_RESPONSE, (Target(60),))
    begun = ClockEvent(NINE + timedelta(milliseconds=900), Moment.CREATED)
    answer = ClockEvent(begun.at + timedelta(seconds=59.6), Moment.AGENT_REPLY)

    state = _read(spec, NINE + HOUR, begun, answer)

    assert (state.phase, state.breached_at) == (Phase.ACHIEVED, None)


def test_union_closes_its_own_dates() -> None:
    """A date closed on a calendar made of others is closed, whatever they say."""
    week = {day: (Window(9 * 3600, 17 * 3600),) for day in range(7)}
    made = calendars_of(
        {
            "office": CalendarSpec("office", week=week),
            "all": CalendarSpec("all", union=("office",), closed={date(2026, 3, 2): "fair"}),
        }
    )

    assert made["office"].is_open(NINE)
    assert not made["all"].is_open(NINE)
    assert made["all"].is_open(NINE + 24 * HOUR)


def test_half_day_holds_round_the_clock_too() -> None:
    """A date's own hours replace "always"."""
    shifts = {date(2026, 3, 2): (Window(0, 8 * 3600),)}
    calendar = Calendar(CalendarSpec("always", is_always_open=True, shifts=shifts))

    assert calendar.is_open(NINE - 2 * HOUR)
    assert not calendar.is_open(NINE)


def test_capitals_of_a_plan_cost_nobody_a_promise() -> None:
    """A helpdesk that writes a plan in small letters gets the target and hours of that plan."""
    spec = ClockSpec(
        "reply", Metric.RESOLUTION, (Target(3600, plan="Premium"),), hours_by={"Premium": "never"}
    )

    state = _read(spec, NINE, ClockEvent(NINE, Moment.CREATED, plan="premium"))

    assert (state.target, state.calendar) == (3600, "never")
