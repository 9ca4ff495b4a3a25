# SPDX-License-Identifier: GPL-3.0-or-later
"""Business time agrees with somebody who walks every minute, on calendars nobody would write."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.business_time import Calendar, SpanKind, Switch, calendars_of
from bot.rules.calendar_days import MIDNIGHT, CalendarSpec, MonthlyWindow, Window

ZONES = (
    "UTC", "Europe/Stockholm", "America/Chicago", "Asia/Kolkata", "Australia/Lord_Howe",
    "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "Europe/Moscow",
)  # fmt: skip
ANCHORS = (
    datetime(2026, 3, 27, tzinfo=UTC),
    datetime(2026, 10, 23, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2011, 12, 29, tzinfo=UTC),
    datetime(2025, 12, 30, tzinfo=UTC),
)
EXAMPLES = settings(max_examples=30, deadline=None, derandomize=True)
MINUTE = timedelta(minutes=1)

times = st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter * 900)
windows = st.tuples(times, times).filter(lambda w: w[0] != w[1]).map(lambda w: Window(*w))
days = st.dates(date(2025, 12, 25), date(2026, 12, 31))


@st.composite
def specs(draw: st.DrawFn) -> CalendarSpec:
    """Any calendar: several windows a day, nights, holidays, half days, breaks, monthly windows."""
    weekdays = draw(st.lists(st.integers(0, 6), max_size=7, unique=True))
    near = st.sampled_from(ANCHORS).flatmap(
        lambda anchor: st.integers(-3, 5).map(lambda n: (anchor + timedelta(days=n)).date())
    )
    daytime = windows.filter(lambda w: w.opens < w.closes)
    return CalendarSpec(
        name="random",
        zone=draw(st.sampled_from(ZONES)),
        week={day: tuple(draw(st.lists(windows, max_size=2))) for day in weekdays},
        shifts={draw(near): tuple(draw(st.lists(daytime, max_size=1))) for _ in range(2)},
        breaks={draw(near): tuple(draw(st.lists(daytime, max_size=1)))},
        closed={draw(near): "holiday"},
        monthly=(MonthlyWindow(draw(st.integers(0, 6)), draw(st.sampled_from([1, 3, -1])),
                               draw(windows)),),
    )  # fmt: skip


class Walker:
    """Walks minute by minute by the wall clock: slow, plain, and written another way."""

    def __init__(self, spec: CalendarSpec) -> None:
        self._spec = spec
        self._zone = ZoneInfo(spec.zone)

    def is_open(self, at: datetime) -> bool:
        day = at.astimezone(self._zone).date()
        return any(
            self._instant(each, start) <= at < self._instant(each, end)
            for each in (day - timedelta(days=1), day, day + timedelta(days=1))
            for start, end in self._spans(each)
        )

    def seconds(self, start: datetime, end: datetime) -> int:
        count, at = 0, start
        while at < end:
            count += 60 * self.is_open(at)
            at += MINUTE
        return count

    def _spans(self, day: date) -> list[tuple[int, int]]:
        spec = self._spec
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self._zone)
        if day in spec.closed or noon.astimezone(UTC).astimezone(self._zone).date() != day:
            return []
        minutes = [False] * (MIDNIGHT // 60)
        for window in self._hours(day):
            end = window.closes if window.closes > window.opens else MIDNIGHT
            minutes[window.opens // 60 : end // 60] = [True] * ((end - window.opens) // 60)
        if day not in spec.shifts:
            for window in self._hours(day - timedelta(days=1)):
                if window.closes <= window.opens:
                    minutes[: window.closes // 60] = [True] * (window.closes // 60)
        for pause in spec.breaks.get(day, ()):
            width = (pause.closes - pause.opens) // 60
            minutes[pause.opens // 60 : pause.closes // 60] = [False] * width
        edges = [n for n in range(1, len(minutes)) if minutes[n] != minutes[n - 1]]
        bounds = [0, *edges, len(minutes)]
        return [(a * 60, b * 60) for a, b in itertools.pairwise(bounds) if minutes[a]]

    def _hours(self, day: date) -> tuple[Window, ...]:
        spec = self._spec
        if day in spec.shifts:
            return spec.shifts[day]
        monthly = tuple(m.window for m in spec.monthly if self._is_nth(m, day))
        return (*spec.week.get(day.weekday(), ()), *monthly)

    @staticmethod
    def _is_nth(monthly: MonthlyWindow, day: date) -> bool:
        same = [n for n in range(1, 32) if _weekday(day, n) == monthly.weekday]
        nth = monthly.nth - 1 if monthly.nth > 0 else -1
        return day.day in same and same.index(day.day) == range(len(same))[nth]

    def _instant(self, day: date, seconds: int) -> datetime:
        if seconds == MIDNIGHT:
            day, seconds = day + timedelta(days=1), 0
        wall = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)
        return wall.replace(tzinfo=self._zone).astimezone(UTC)


def _weekday(day: date, number: int) -> int | None:
    try:
        return day.replace(day=number).weekday()
    except ValueError:
        return None


instants = st.builds(
    lambda anchor, minutes: anchor + timedelta(minutes=minutes),
    st.sampled_from(ANCHORS),
    st.integers(0, 4 * 24 * 60),
)


@pytest.mark.long
@given(specs(), instants, st.integers(0, 12 * 60))
@EXAMPLES
def test_between_agrees_with_a_walk(spec: CalendarSpec, start: datetime, minutes: int) -> None:
    """The open seconds between two instants are those that a minute-by-minute walk counts."""
    end = start + timedelta(minutes=minutes)

    assert Calendar(spec).between(start, end) == Walker(spec).seconds(start, end)


@pytest.mark.long
@given(specs(), instants)
@EXAMPLES
def test_open_agrees_with_a_walk(spec: CalendarSpec, at: datetime) -> None:
    """A calendar is open when the wall clock says so, and the next opening is open."""
    calendar, walker = Calendar(spec), Walker(spec)
    opens = calendar.next_open(at)

    assert calendar.is_open(at) is walker.is_open(at)
    assert opens is None or walker.is_open(opens)
    soon = min(opens or at, at + timedelta(hours=12))
    assert opens is None or walker.seconds(at, soon) == 0


@given(specs(), instants, st.integers(1, 40 * 3600))
@EXAMPLES
def test_add_and_between_agree(spec: CalendarSpec, start: datetime, seconds: int) -> None:
    """So much time is open until the deadline, and one second earlier it is not yet."""
    calendar = Calendar(spec)
    due = calendar.add(start, seconds)
    if due is None:
        return

    assert calendar.between(start, due) == seconds
    assert calendar.between(start, due - timedelta(seconds=1)) == seconds - 1


@given(specs(), instants, st.integers(1, 40 * 3600))
@EXAMPLES
def test_subtract_mirrors_add(spec: CalendarSpec, end: datetime, seconds: int) -> None:
    """Going back and forth again uses the same time; one second later would be too late."""
    calendar = Calendar(spec)
    start = calendar.subtract(end, seconds)
    if start is None:
        return

    assert calendar.between(start, end) == seconds
    assert calendar.between(start + timedelta(seconds=1), end) == seconds - 1


@given(specs(), instants, st.integers(1, 40 * 3600))
@EXAMPLES
def test_deadline_never_lies_in_closed_time(
    spec: CalendarSpec, start: datetime, seconds: int
) -> None:
    """The second before a deadline is always open; the deadline may be a closing instant."""
    calendar = Calendar(spec)
    due = calendar.add(start, seconds)

    assert due is None or calendar.is_open(due - timedelta(seconds=1))


@given(specs(), instants, st.integers(0, 12 * 60))
@EXAMPLES
def test_explanation_has_no_seam(spec: CalendarSpec, start: datetime, minutes: int) -> None:
    """The spans follow each other from start to end, and the counted ones add up."""
    calendar, end = Calendar(spec), start + timedelta(minutes=minutes)
    spans = calendar.explain(start, end)

    counted = sum(span.seconds for span in spans if span.kind is SpanKind.COUNTED)
    bounds = [start, *(span.end for span in spans)]
    assert [span.start for span in spans] == bounds[:-1]
    assert bounds[-1] == end or not spans
    assert counted == calendar.between(start, end)


@pytest.mark.long
@given(specs(), specs(), instants)
@EXAMPLES
def test_union_and_difference_are_what_they_say(
    first: CalendarSpec, second: CalendarSpec, at: datetime
) -> None:
    """Open in the union: in one of them; in the difference: in the first and not the second."""
    made = calendars_of(
        {
            "a": first,
            "b": second,
            "either": CalendarSpec("either", zone=first.zone, union=("a", "b")),
            "only": CalendarSpec("only", zone=first.zone, union=("a",), without=("b",)),
        }
    )
    in_first, in_second = made["a"].is_open(at), made["b"].is_open(at)

    assert made["either"].is_open(at) is (in_first or in_second)
    assert made["only"].is_open(at) is (in_first and not in_second)


switches = st.builds(
    lambda start, minutes, is_open: Switch(start, start + minutes * MINUTE, is_open, "order"),
    instants,
    st.integers(1, 3 * 24 * 60),
    st.booleans(),
)


@given(specs(), st.lists(switches, min_size=1, max_size=4), instants)
@EXAMPLES
def test_latest_order_stands_above_the_hours(
    spec: CalendarSpec, orders: list[Switch], at: datetime
) -> None:
    """A calendar is open as the latest order of that instant says, else as its hours say."""
    calendar = Calendar(Calendar(spec).with_switches(*orders))
    holding = [each.is_open for each in orders if each.start <= at < each.end]

    assert calendar.is_open(at) is (holding[-1] if holding else Walker(spec).is_open(at))


@pytest.mark.long
@given(instants, st.integers(0, 10**9))
@EXAMPLES
def test_calendar_that_never_opens_says_so(at: datetime, seconds: int) -> None:
    """There is no deadline, and asking for one ends."""
    calendar = Calendar(CalendarSpec("never"))

    assert calendar.add(at, seconds) is None
    assert calendar.next_open(at) is None
    assert calendar.subtract(at, seconds) is None


def test_calendar_that_never_closes_has_no_next_close() -> None:
    """Round the clock there is no closing, and any time is one addition away."""
    calendar = Calendar(CalendarSpec("always", is_always_open=True))

    assert calendar.next_close(ANCHORS[0]) is None
    assert calendar.add(ANCHORS[0], 86_400 * 365) == ANCHORS[0] + timedelta(days=365)
