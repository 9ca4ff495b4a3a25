# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a calendar's local hours into spans of UTC, date by date; the one place that knows zones.

Every wall-clock boundary becomes an instant as RFC 5545 section 3.3.5 says (PEP 495, fold 0): a
time that the clocks skip takes the offset before the gap, a time they repeat its first occurrence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MIDNIGHT = 86_400
"""Seconds; 24:00, the end of a local day."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open from `opens` until `closes`, in seconds of the local day, closing instant excluded.

    A window that closes at or before it opens runs past midnight into the next date.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Refuse what no clock shows."""
        if not (0 <= self.opens < MIDNIGHT and 0 <= self.closes <= MIDNIGHT):
            raise ValueError("a window lies between 00:00 and 24:00")
        if self.opens == self.closes:
            raise ValueError("a window that closes when it opens is never open")


WHOLE_DAY = Window(0, MIDNIGHT)


@dataclass(frozen=True, slots=True)
class MonthlyWindow:
    """A window on the nth weekday of each month: weekday 0 is Monday; nth -1 is the last."""

    weekday: int
    nth: int
    window: Window


@dataclass(frozen=True, slots=True)
class Switch:
    """Opened or closed by command from `start` until `end` (aware instants), and why."""

    start: datetime
    end: datetime
    is_open: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """The hours of one calendar as they were written.

    `week` maps weekdays (0 is Monday) to windows. `shifts` replaces the hours of a date (half
    days, one-off openings; no windows close it), `breaks` takes out of a date, `closed` closes
    dates and says why (holidays by their name). `union` and `without` name other calendars.
    `holidays` says in words where the closed dates come from, for people.
    """

    name: str
    zone: str = "UTC"
    is_always_open: bool = False
    week: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    monthly: tuple[MonthlyWindow, ...] = ()
    shifts: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    breaks: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    closed: Mapping[date, str] = field(default_factory=dict)
    union: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    holidays: str = ""
    days_from: str | None = None
    """The fact that lists its whole open days, such as `event_days`."""
    days_by: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    """The whole open days of each organisation's own tickets."""
    closed_until: date | None = None
    """The last date for which closed dates are known, None where there is no end."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Open from `start` until `end`, in Unix seconds."""

    start: int
    end: int


def segments_of_year(spec: CalendarSpec, year: int) -> list[Segment]:
    """The spans that the local dates of one year are open, in order; unions are not looked at."""
    zone = _zone(spec.zone)
    found: list[Segment] = []
    day = date(year, 1, 1)
    while day.year == year:
        for window in windows_of(spec, day):
            start, end = _instant(zone, day, window.opens), _instant(zone, day, window.closes)
            if start < end:
                found.append(Segment(start, end))
        day += timedelta(days=1)
    return joined(found)


def closings_of_year(spec: CalendarSpec, year: int) -> list[Segment]:
    """What a calendar made of others takes out of them by itself: closed dates and breaks."""
    zone = _zone(spec.zone)
    found = [
        Segment(_instant(zone, day, 0), _instant(zone, day, MIDNIGHT))
        for day in spec.closed
        if day.year == year
    ]
    for day, windows in spec.breaks.items():
        if day.year == year:
            found += [
                Segment(_instant(zone, day, w.opens), _instant(zone, day, w.closes))
                for w in _until_midnight(windows)
            ]
    return joined(found)


def windows_of(spec: CalendarSpec, day: date) -> list[Window]:
    """The hours of one local date, tails of the night before included; none when it is closed."""
    if day in spec.closed or _is_skipped(spec.zone, day):
        return []
    if day in spec.shifts:
        today = list(_until_midnight(spec.shifts[day]))
    elif spec.is_always_open:
        today = [WHOLE_DAY]
    else:
        today = [*_until_midnight(_hours(spec, day)), *_tails(spec, day - timedelta(days=1))]
    for pause in _until_midnight(spec.breaks.get(day, ())):
        today = [part for window in today for part in _without(window, pause)]
    return sorted(today)


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """The same spans in order, overlapping and touching ones made one."""
    result: list[Segment] = []
    for segment in sorted(segments, key=lambda each: each.start):
        if result and segment.start <= result[-1].end:
            if segment.end > result[-1].end:
                result[-1] = Segment(result[-1].start, segment.end)
        else:
            result.append(segment)
    return result


def cut(segments: list[Segment], away: list[Segment]) -> list[Segment]:
    """What is left of `segments` without `away`; both in order and joined."""
    result: list[Segment] = []
    position = 0
    for segment in segments:
        start = segment.start
        while position < len(away) and away[position].end <= start:
            position += 1
        look = position
        while look < len(away) and away[look].start < segment.end:
            if away[look].start > start:
                result.append(Segment(start, away[look].start))
            start = max(start, away[look].end)
            look += 1
        if start < segment.end:
            result.append(Segment(start, segment.end))
    return result


def local_date(zone: str, at: int) -> date:
    """The date that a wall calendar in `zone` shows at a Unix second."""
    return datetime.fromtimestamp(at, _zone(zone)).date()


def local_time(zone: str, at: datetime) -> datetime:
    """The instant as a wall clock in `zone` shows it; without an offset it is that clock's time."""
    return at.replace(tzinfo=_zone(zone)) if at.tzinfo is None else at.astimezone(_zone(zone))


def day_start(zone: str, day: date) -> int:
    """The Unix second at which a local date begins."""
    return _instant(_zone(zone), day, 0)


def _hours(spec: CalendarSpec, day: date) -> tuple[Window, ...]:
    if day in spec.shifts:
        return spec.shifts[day]
    monthly = (each.window for each in spec.monthly if _falls_on(each, day))
    return (*spec.week.get(day.weekday(), ()), *monthly)


def _falls_on(monthly: MonthlyWindow, day: date) -> bool:
    if day.weekday() != monthly.weekday:
        return False
    if monthly.nth == -1:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == monthly.nth


def _until_midnight(windows: Iterable[Window]) -> Iterator[Window]:
    for window in windows:
        is_overnight = window.closes <= window.opens
        yield Window(window.opens, MIDNIGHT) if is_overnight else window


def _tails(spec: CalendarSpec, night_before: date) -> Iterator[Window]:
    for window in _hours(spec, night_before):
        if 0 < window.closes <= window.opens:
            yield Window(0, window.closes)


def _without(window: Window, pause: Window) -> Iterator[Window]:
    if window.opens < min(pause.opens, window.closes):
        yield Window(window.opens, min(pause.opens, window.closes))
    if max(pause.closes, window.opens) < window.closes:
        yield Window(max(pause.closes, window.opens), window.closes)


def _instant(zone: ZoneInfo, day: date, seconds: int) -> int:
    if seconds == MIDNIGHT:
        day, seconds = day + timedelta(days=1), 0
    hour, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    wall = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    return int(wall.timestamp())


def _is_skipped(zone: str, day: date) -> bool:
    """True for a date that the zone never had, such as 2011-12-30 in Pacific/Apia."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=_zone(zone))
    return datetime.fromtimestamp(noon.timestamp(), _zone(zone)).date() != day


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
