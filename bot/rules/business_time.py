# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts business time: a calendar as sorted spans of UTC with prefix sums, asked by bisection.

Spans are half-open: the opening instant is open, the closing instant closed. A deadline whose time
is used up at closing falls due at that closing instant, as a person reads a contract. Seconds are
elapsed seconds, so a round-the-clock day may have 23 or 25 hours.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import floor

from bot.rules.calendar_days import (
    CalendarSpec,
    Segment,
    Switch,
    Window,
    closings_of_year,
    cut,
    day_start,
    joined,
    local_date,
    segments_of_year,
)
from bot.rules.calendar_spans import Span, SpanKind

HORIZON_YEARS = 30
"""How far ahead a deadline is looked for before there is none."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The open spans of some years; `before[i]` is the open time ahead of span i."""

    first_year: int
    last_year: int
    reach_from: int
    reach_until: int
    """Unix seconds between which the table answers without a look at the year."""
    starts: list[int]
    ends: list[int]
    before: list[int]
    until: list[int]

    def position(self, at: int) -> int:
        """Open seconds from the table's beginning to `at`."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        return self.before[i] + min(at, self.ends[i]) - self.starts[i]


class Calendar:
    """The hours of one calendar, ready to be asked; safe to share between threads."""

    def __init__(self, spec: CalendarSpec, others: Mapping[str, Calendar] | None = None) -> None:
        """`others` holds the calendars that `union` and `without` name."""
        self.spec = spec
        self._union = [(others or {})[name] for name in spec.union]
        self._without = [(others or {})[name] for name in spec.without]
        self._years: dict[int, list[Segment]] = {}
        self._table = _Table(0, -1, 0, -1, [], [], [], [])

    @property
    def name(self) -> str:
        """The calendar's name."""
        return self.spec.name

    def is_open(self, at: datetime) -> bool:
        """Whether the instant lies in an open span."""
        second = _floor(at)
        table = self._covering(second, second)
        i = bisect_right(table.starts, second) - 1
        return i >= 0 and second < table.ends[i]

    def next_open(self, at: datetime) -> datetime | None:
        """The instant itself if open, else the next opening; None if it never opens again."""
        return at if self.is_open(at) else self._next(at, lambda table: table.starts)

    def next_close(self, at: datetime) -> datetime | None:
        """The next closing instant after `at`; None if it never closes again."""
        return self._next(at, lambda table: table.ends)

    def add(self, at: datetime, seconds: int) -> datetime | None:
        """The earliest instant by which `seconds` of open time have elapsed since `at`.

        None when that is not within the horizon, as with a calendar that never opens.
        """
        if seconds < 0:
            return self.subtract(at, -seconds)
        if seconds == 0:
            return self.next_open(at)
        start = _floor(at)
        for years in _reaches():
            table = self._covering(start, start, ahead=years)
            wanted = table.position(start) + seconds
            i = bisect_left(table.until, wanted)
            # The last span of the table may go on in a year that is not in it yet.
            if i < len(table.starts):
                return _instant(table.starts[i] + wanted - table.before[i])
        return None

    def subtract(self, at: datetime, seconds: int) -> datetime | None:
        """The latest instant from which `seconds` of open time elapse up to `at`."""
        end = _floor(at)
        if seconds == 0:
            return at if self.is_open(at) else self._last_close(end)
        for years in _reaches():
            table = self._covering(end, end, back=years)
            wanted = table.position(end) - seconds
            if wanted >= 0:
                i = bisect_right(table.before, wanted) - 1
                return _instant(table.starts[i] + wanted - table.before[i])
        return None

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds in [start, end); 0 if the end is not after the start."""
        first, last = floor(start.timestamp()), floor(end.timestamp())
        if last <= first:
            return 0
        table = self._table
        if first < table.reach_from or table.reach_until < last:
            table = self._covering(first, last)
        # Written out: this is asked for every span of every clock.
        starts, ends, before = table.starts, table.ends, table.before
        i, j = bisect_right(starts, first) - 1, bisect_right(starts, last) - 1
        if j < 0:
            return 0
        until = before[j] + (last if last < ends[j] else ends[j]) - starts[j]
        if i < 0:
            return until
        return until - before[i] - (first if first < ends[i] else ends[i]) + starts[i]

    def segments(self, start: datetime, end: datetime) -> list[Segment]:
        """The open spans that overlap [start, end), clipped to it."""
        first, last = _floor(start), _floor(end)
        table = self._covering(first, last)
        i = bisect_right(table.ends, first)
        found: list[Segment] = []
        while i < len(table.starts) and table.starts[i] < last:
            found.append(Segment(max(first, table.starts[i]), min(last, table.ends[i])))
            i += 1
        return found

    def explain(self, start: datetime, end: datetime) -> list[Span]:
        """Every stretch of [start, end), counted or skipped, with the reason; without a seam."""
        spans: list[Span] = []
        position = _floor(start)
        for segment in self.segments(start, end):
            spans.extend(self._skipped(position, segment.start))
            spans.append(Span(_instant(segment.start), _instant(segment.end), SpanKind.COUNTED))
            position = segment.end
        spans.extend(self._skipped(position, _floor(end)))
        return spans

    def with_switches(self, *switches: Switch) -> CalendarSpec:
        """The spec with more openings and closings by command; the later one wins."""
        return replace(self.spec, switches=(*self.spec.switches, *switches))

    def _skipped(self, start: int, end: int) -> list[Span]:
        spans: list[Span] = []
        while start < end:
            day = local_date(self.spec.zone, start)
            stop = min(end, day_start(self.spec.zone, day + timedelta(days=1)))
            stop = stop if stop > start else end
            kind, why = self._reason(start, day)
            if spans and spans[-1].kind is kind and spans[-1].why == why:
                spans[-1] = replace(spans[-1], end=_instant(stop))
            else:
                spans.append(Span(_instant(start), _instant(stop), kind, why))
            start = stop
        return spans

    def _reason(self, at: int, day: date) -> tuple[SpanKind, str]:
        for switch in reversed(self.spec.switches):
            if not switch.is_open and _floor(switch.start) <= at < _floor(switch.end):
                return SpanKind.SWITCHED, switch.reason
        if day in self.spec.closed:
            return SpanKind.HOLIDAY, self.spec.closed[day]
        for other in self._union:
            if day in other.spec.closed:
                return SpanKind.HOLIDAY, other.spec.closed[day]
        return SpanKind.CLOSED, ""

    def _next(self, at: datetime, instants: Callable[[_Table], list[int]]) -> datetime | None:
        second = _floor(at)
        for years in _reaches():
            table = self._covering(second, second, ahead=years)
            found = instants(table)
            i = bisect_right(found, second)
            # The table's last closing may only be where the years in it end.
            if i < len(found) - (found is table.ends):
                return _instant(found[i])
        return None

    def _last_close(self, second: int) -> datetime | None:
        for years in _reaches():
            table = self._covering(second, second, back=years)
            i = bisect_right(table.ends, second) - 1
            if i >= 0:
                return _instant(table.ends[i])
        return None

    def _covering(self, first: int, last: int, *, ahead: int = 0, back: int = 0) -> _Table:
        """A table with every open span around [first, last], a year to spare on both sides."""
        low = max(1, _year(first) - 1 - back)
        high = min(9998, _year(last) + 1 + ahead)
        table = self._table
        is_near = table.reach_from <= first and last <= table.reach_until
        if (is_near and not ahead and not back) or (
            table.first_year <= low and high <= table.last_year
        ):
            return table
        if table.last_year >= table.first_year:
            low, high = min(low, table.first_year), max(high, table.last_year)
        self._table = self._built(low, high)
        return self._table

    def _built(self, low: int, high: int) -> _Table:
        spans = joined(span for year in range(low, high + 1) for span in self._of_year(year))
        starts, ends = [span.start for span in spans], [span.end for span in spans]
        before, until, total = [], [], 0
        for span in spans:
            before.append(total)
            total += span.end - span.start
            until.append(total)
        reach_from, reach_until = _new_year(low + 1), _new_year(high) - 1
        return _Table(low, high, reach_from, reach_until, starts, ends, before, until)

    def _of_year(self, year: int) -> list[Segment]:
        if year not in self._years:
            found = segments_of_year(self.spec, year)
            for other in self._union:
                found = joined([*found, *other._of_year(year)])
            for other in self._without:
                around = (each for near in (year - 1, year, year + 1) for each in other._near(near))
                found = cut(found, joined(around))
            if self._union:
                found = cut(found, closings_of_year(self.spec, year))
            self._years[year] = self._switched(found, year)
        return self._years[year]

    def _near(self, year: int) -> list[Segment]:
        return self._of_year(year) if 1 <= year <= 9998 else []

    def _switched(self, found: list[Segment], year: int) -> list[Segment]:
        for switch in self.spec.switches:
            span = Segment(_floor(switch.start), _floor(switch.end))
            if not switch.is_open:
                found = cut(found, [span])
            elif local_date(self.spec.zone, span.start).year == year:
                found = joined([*found, span])
        return found


def calendars_of(specs: Mapping[str, CalendarSpec]) -> dict[str, Calendar]:
    """Every calendar, those that others are made of first.

    Raises ValueError naming a circle or a calendar that nobody wrote.
    """
    made: dict[str, Calendar] = {}

    def make(name: str, path: tuple[str, ...]) -> None:
        if name in made:
            return
        if name in path:
            raise ValueError(f"calendars in a circle: {' -> '.join((*path, name))}")
        if name not in specs:
            raise ValueError(f"no calendar {name!r}")
        for other in (*specs[name].union, *specs[name].without):
            make(other, (*path, name))
        made[name] = Calendar(specs[name], made)

    for name in specs:
        make(name, ())
    return made


def _reaches() -> tuple[int, ...]:
    return (0, 2, 8, HORIZON_YEARS)


def _floor(at: datetime) -> int:
    return floor(at.timestamp())


def _new_year(year: int) -> int:
    return floor(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _year(second: int) -> int:
    return _instant(second).year


__all__ = ["Calendar", "CalendarSpec", "Span", "SpanKind", "Switch", "Window", "calendars_of"]
