# SPDX-License-Identifier: GPL-3.0-or-later
"""An explanation lists each span since a clock's start, counted or skipped, with its reason."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import CalendarSpec, Switch, Window
from bot.rules.calendar_spans import Span
from bot.rules.sla import ClockEvent, ClockSpec, ClockState, Clockwork, Metric, Moment, Target
from bot.rules.sla import read_clock as read
from bot.rules.sla_explain import spans_of

OFFICE = CalendarSpec(
    "office",
    week=dict.fromkeys(range(5), (Window(9 * 3600, 17 * 3600),)),
    closed={date(2026, 3, 3): "Founders' day"},
)
RESOLUTION = ClockSpec(
    "resolution", Metric.RESOLUTION, (Target(8 * 3600),), frozenset({"hold", "pending"})
)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def explained(
    *events: ClockEvent, now: datetime, spec: CalendarSpec = OFFICE
) -> tuple[ClockState, list[tuple[int, int, str, str]]]:
    """The clock, and its spans as (from hour, until hour, kind, why)."""
    calendar = Calendar(spec)
    created = ClockEvent(at(2, 15), Moment.CREATED)
    state = read(Clockwork(RESOLUTION, calendar), (created, *events), now)
    return state, [_shown(each) for each in spans_of(state, calendar, now)]


def _shown(span: Span) -> tuple[int, int, str, str]:
    return span.start.hour, span.end.hour, span.kind.value, span.why


def status(when: datetime, value: str) -> ClockEvent:
    return ClockEvent(when, Moment.STATUS, value)


def test_pause_is_skipped_with_what_it_waited_for() -> None:
    """The closed night, the holiday by its name and the pause by its reason each have a line."""
    reason = ClockEvent(at(4, 9), Moment.FIELD, "pause_reason=vendor")
    paused, resumed = status(at(4, 10), "hold"), status(at(4, 15), "open")

    state, spans = explained(reason, paused, resumed, status(at(4, 16), "solved"), now=at(5, 9))

    assert spans == [
        (15, 17, "counted", ""),
        (17, 0, "closed", ""),
        (0, 0, "holiday", "Founders' day"),
        (0, 9, "closed", ""),
        (9, 10, "counted", ""),
        (10, 15, "paused", "hold: vendor"),
        (15, 16, "counted", ""),
    ]
    assert state.elapsed == 4 * 3600


def test_pause_that_lasts_ends_the_explanation() -> None:
    """While a clock stands there is no deadline, and the last line says what it waits for."""
    state, spans = explained(status(at(2, 16), "pending"), now=at(4, 12))

    assert state.due_at is None
    assert spans == [(15, 16, "counted", ""), (16, 12, "paused", "pending")]


def test_reason_that_is_given_during_a_pause_names_it() -> None:
    """An agent who fills in the reason afterwards still explains the pause."""
    reason = ClockEvent(at(2, 17), Moment.FIELD, "pause_reason=customer")

    _, spans = explained(status(at(2, 16), "pending"), reason, now=at(2, 18))

    assert spans[-1] == (16, 18, "paused", "pending: customer")


def test_closing_by_command_is_named() -> None:
    """Who reads the clocks later sees why an afternoon did not count."""
    cut = Switch(at(2, 16), at(4, 9), is_open=False, reason="power cut")
    spec = Calendar(OFFICE).with_switches(cut)

    _, spans = explained(status(at(4, 11), "solved"), now=at(5, 9), spec=spec)

    assert spans == [
        (15, 16, "counted", ""),
        (16, 9, "switched", "power cut"),
        (9, 11, "counted", ""),
    ]
