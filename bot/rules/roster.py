# SPDX-License-Identifier: GPL-3.0-or-later
"""Rosters: who is on duty at an instant, who is next, and when nobody is.

At an instant an override stands before everything; else the region whose hours are open (follow
the sun), or rotation, shifts and calendar entries together, without who is absent. In a rotation
the next person who is there stands in. Hand-overs keep their local time over clock changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import CalendarSpec, Window, local_time, windows_of

ONE_DAY = timedelta(days=1)
DEEPEST = 5
"""How many rosters may lead to one another; the check refuses circles."""
FURTHEST = timedelta(days=400)
"""How far ahead the next hand-over is looked for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody from an instant until another: an override, an absence, a calendar's entry."""

    who: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns of `days` local days each, from `since` at `hand_over` seconds."""

    people: tuple[str, ...]
    days: int
    since: date
    hand_over: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody who is on duty in the same hours every week: weekday (0 is Monday) -> windows."""

    who: str
    week: Mapping[int, tuple[Window, ...]]


@dataclass(frozen=True, slots=True)
class Region:
    """Another roster (or a person of `people:`), while a calendar is open."""

    roster: str
    hours: str


@dataclass(frozen=True, slots=True)
class RosterSpec:
    """One entry of `rosters:`.

    `hours` is the calendar in which it has duty at all, None for always. `must_cover` are calendars
    in which somebody must be there whenever any of them is open; without them it is `hours`.
    """

    name: str
    zone: str = "UTC"
    hours: str | None = None
    rotation: Rotation | None = None
    shifts: tuple[Shift, ...] = ()
    fixed: tuple[Stretch, ...] = ()
    regions: tuple[Region, ...] = ()
    absences: tuple[Stretch, ...] = ()
    overrides: tuple[Stretch, ...] = ()
    must_cover: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty from `start` until `end`; nobody where `who` is empty."""

    who: tuple[str, ...]
    start: datetime
    end: datetime


Rosters = Mapping[str, RosterSpec]
Calendars = Mapping[str, Calendar]


def on_duty(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, at: datetime, *, depth: int = 0
) -> tuple[str, ...]:
    """The people on duty at an instant, in the order they are written; empty for nobody."""
    overriding = _whose(roster.overrides, at)
    if overriding:
        return overriding
    if roster.hours is not None and not calendars[roster.hours].is_open(at):
        return ()
    absent = frozenset(_whose(roster.absences, at))
    found: dict[str, None] = {}
    for region in roster.regions:
        if calendars[region.hours].is_open(at):
            found.update(dict.fromkeys(_of_region(region, rosters, calendars, at, depth)))
            break
    if roster.rotation is not None:
        turn = _turn(roster.rotation, roster.zone, at, absent)
        found.update(dict.fromkeys(turn))
    found.update(dict.fromkeys(_on_shift(roster, at)))
    found.update(dict.fromkeys(_whose(roster.fixed, at)))
    return tuple(who for who in found if who not in absent)


def duties(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, start: datetime, end: datetime
) -> tuple[Duty, ...]:
    """Who is on duty from `start` until `end`, in consecutive stretches, nobody included."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    found_edges = (
        edge.astimezone(UTC) for edge in _edges(roster, rosters, calendars, start, end, 0)
    )
    edges = sorted({start, *(edge for edge in found_edges if start <= edge < end)})
    found: list[Duty] = []
    for since, until in zip(edges, [*edges[1:], end], strict=True):
        who = on_duty(roster, rosters, calendars, since)
        if found and found[-1].who == who:
            found[-1] = Duty(who, found[-1].start, until)
        else:
            found.append(Duty(who, since, until))
    return tuple(found)


def holes(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, start: datetime, end: datetime
) -> tuple[Duty, ...]:
    """The stretches in which somebody must be there and nobody is."""
    names = roster.must_cover or ((roster.hours,) if roster.hours is not None else ())
    found: list[Duty] = []
    for duty in duties(roster, rosters, calendars, start, end):
        if duty.who:
            continue
        for since, until in _joined(
            span for name in names for span in _open_spans(calendars[name], duty.start, duty.end)
        ):
            found.append(Duty((), since, until))
    return tuple(found)


def next_hand_over(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, at: datetime
) -> Duty | None:
    """The duty that follows the present one; None where the same people stay."""
    span = timedelta(days=8)
    while span <= FURTHEST:
        found = duties(roster, rosters, calendars, at, at + span)
        if len(found) > 1:
            return found[1]
        span *= 7
    return None


def _of_region(
    region: Region, rosters: Rosters, calendars: Calendars, at: datetime, depth: int
) -> tuple[str, ...]:
    """A region's roster; a name that is no roster is a person."""
    if region.roster not in rosters:
        return (region.roster,)
    if depth >= DEEPEST:
        return ()
    return on_duty(rosters[region.roster], rosters, calendars, at, depth=depth + 1)


def _whose(stretches: Iterable[Stretch], at: datetime) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.who for each in stretches if each.start <= at < each.end))


def _turn(rotation: Rotation, zone: str, at: datetime, absent: frozenset[str]) -> tuple[str, ...]:
    """Whose turn it is, or who stands in; nobody before the rotation begins."""
    wall = local_time(zone, at).replace(tzinfo=None)
    first = _wall(rotation.since, rotation.hand_over)
    if wall < first:
        return ()
    turn = (wall - first) // timedelta(days=rotation.days)
    for step in range(len(rotation.people)):
        who = rotation.people[(turn + step) % len(rotation.people)]
        if who not in absent:
            return (who,)
    return ()


def _on_shift(roster: RosterSpec, at: datetime) -> Iterator[str]:
    if not roster.shifts:
        return
    wall = local_time(roster.zone, at)
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    for shift in roster.shifts:
        windows = windows_of(CalendarSpec(roster.name, roster.zone, week=shift.week), wall.date())
        if any(window.opens <= second < window.closes for window in windows):
            yield shift.who


def _edges(
    roster: RosterSpec,
    rosters: Rosters,
    calendars: Calendars,
    start: datetime,
    end: datetime,
    depth: int,
) -> Iterator[datetime]:
    """Every instant at which it may change who is on duty."""
    for stretch in (*roster.fixed, *roster.absences, *roster.overrides):
        yield from (stretch.start, stretch.end)
    names = [region.hours for region in roster.regions]
    names += [roster.hours] if roster.hours is not None else []
    for name in names:
        for since, until in _open_spans(calendars[name], start, end):
            yield from (since, until)
    yield from _local_edges(roster, start, end)
    if depth < DEEPEST:
        for region in roster.regions:
            if region.roster in rosters:
                other = rosters[region.roster]
                yield from _edges(other, rosters, calendars, start, end, depth + 1)


def _local_edges(roster: RosterSpec, start: datetime, end: datetime) -> Iterator[datetime]:
    if roster.rotation is None and not roster.shifts:
        return
    day = local_time(roster.zone, start).date() - ONE_DAY
    last = local_time(roster.zone, end).date() + ONE_DAY
    while day <= last:
        if roster.rotation is not None:
            yield local_time(roster.zone, _wall(day, roster.rotation.hand_over))
        for shift in roster.shifts:
            spec = CalendarSpec(roster.name, roster.zone, week=shift.week)
            for window in windows_of(spec, day):
                yield local_time(roster.zone, _wall(day, window.opens))
                yield local_time(roster.zone, _wall(day, window.closes))
        day += ONE_DAY


def _open_spans(
    calendar: Calendar, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    for segment in calendar.segments(start, end):
        since = datetime.fromtimestamp(segment.start, UTC)
        until = datetime.fromtimestamp(segment.end, UTC)
        yield max(since, start), min(until, end)


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _wall(day: date, second: int) -> datetime:
    """A local wall-clock instant; 24:00 is the next day's midnight."""
    return datetime.combine(day, time()) + timedelta(seconds=second)
