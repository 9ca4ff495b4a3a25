# SPDX-License-Identifier: GPL-3.0-or-later
"""Rosters: who is on duty at an instant, who is next, and when nobody is.

At an instant an override stands before everything; else the region whose hours are open (follow
the sun), rotation, shifts and calendar entries together, without who is absent. In a rotation the
next person who is there stands in. Every boundary is an instant made of a local time: a hand-over
keeps its wall-clock time over clock changes, and an hour that the clocks repeat is one turn's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import CalendarSpec, joined, local_time, windows_of
from bot.rules.roster_values import Duty, Region, RosterSpec, Rotation, Shift, Stretch

ONE_DAY = timedelta(days=1)
LOOKED_AHEAD = tuple(timedelta(days=days) for days in (8, 60, 400))
"""How far ahead the next hand-over is looked for, step by step."""

Rosters = Mapping[str, RosterSpec]
Calendars = Mapping[str, Calendar]


@dataclass(frozen=True, slots=True)
class _Range:
    """The stretch of time that is looked at."""

    start: datetime
    end: datetime


def on_duty(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, at: datetime
) -> tuple[str, ...]:
    """The people on duty at an instant, in the order they are written; empty for nobody.

    Raises KeyError for a calendar that is not among `calendars`.
    """
    return _on_duty(roster, rosters, calendars, at.astimezone(UTC), ())


def duties(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, start: datetime, end: datetime
) -> tuple[Duty, ...]:
    """Who is on duty from `start` until `end`, in consecutive stretches, nobody included."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return ()
    inside = (
        edge
        for edge in _edges(roster, rosters, calendars, _Range(start, end), ())
        if start < edge < end
    )
    edges = sorted({start, *inside})
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
    if not roster.covered:
        return ()
    return tuple(
        Duty((), max(duty.start, _instant(span.start)), min(duty.end, _instant(span.end)))
        for duty in duties(roster, rosters, calendars, start, end)
        if not duty.who
        for span in joined(
            segment
            for name in roster.covered
            for segment in calendars[name].segments(duty.start, duty.end)
        )
    )


def next_hand_over(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, at: datetime
) -> Duty | None:
    """The duty that follows the present one; None where the same people stay for over a year.

    One that goes on for longer than that ends where the looking does.
    """
    found: tuple[Duty, ...] = ()
    for ahead in LOOKED_AHEAD:
        found = duties(roster, rosters, calendars, at, at + ahead)
        # The last stretch ends where the range does, not where its duty does.
        if len(found) > 2:
            break
    return found[1] if len(found) > 1 else None


def _on_duty(
    roster: RosterSpec, rosters: Rosters, calendars: Calendars, at: datetime, path: tuple[str, ...]
) -> tuple[str, ...]:
    overriding = _whose(roster.overrides, at)
    if overriding:
        return overriding
    if roster.hours is not None and not calendars[roster.hours].is_open(at):
        return ()
    absent = frozenset(_whose(roster.absences, at))
    region = next((each for each in roster.regions if calendars[each.hours].is_open(at)), None)
    found = [
        *(_of_region(region, rosters, calendars, at, (*path, roster.name)) if region else ()),
        *(_turn(roster.rotation, roster.zone, at, absent) if roster.rotation else ()),
        *(shift.who for shift in roster.shifts if _is_on_shift(shift, roster.zone, at)),
        *_whose(roster.fixed, at),
    ]
    return tuple(who for who in dict.fromkeys(found) if who not in absent)


def _of_region(
    region: Region, rosters: Rosters, calendars: Calendars, at: datetime, path: tuple[str, ...]
) -> tuple[str, ...]:
    """A region's roster; a name that is no roster is a person, a circle ends with nobody."""
    if region.roster in path:
        return ()
    if region.roster not in rosters:
        return (region.roster,)
    return _on_duty(rosters[region.roster], rosters, calendars, at, path)


def _whose(stretches: Iterable[Stretch], at: datetime) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.who for each in stretches if each.start <= at < each.end))


def _turn(rotation: Rotation, zone: str, at: datetime, absent: frozenset[str]) -> tuple[str, ...]:
    """Whose turn it is, or who stands in; nobody before the rotation begins."""
    number = _turn_number(rotation, zone, at)
    if number < 0:
        return ()
    count = len(rotation.people)
    in_turn = (rotation.people[(number + step) % count] for step in range(count))
    return tuple(who for who in in_turn if who not in absent)[:1]


def _turn_number(rotation: Rotation, zone: str, at: datetime) -> int:
    """How many turns have ended at an instant; below 0 before the first."""
    wall = local_time(zone, at).replace(tzinfo=None)
    number = (wall - _wall(rotation.since, rotation.hand_over)) // timedelta(days=rotation.days)
    # A wall clock that goes back or jumps shows a turn too early or too late.
    while _turn_start(rotation, zone, number) > at:
        number -= 1
    while _turn_start(rotation, zone, number + 1) <= at:
        number += 1
    return number


def _turn_start(rotation: Rotation, zone: str, number: int) -> datetime:
    first = _wall(rotation.since, rotation.hand_over)
    return local_time(zone, first + number * timedelta(days=rotation.days)).astimezone(UTC)


def _is_on_shift(shift: Shift, zone: str, at: datetime) -> bool:
    day = local_time(zone, at).date()
    return any(start <= at < end for start, end in _shift_spans(shift, zone, day))


def _shift_spans(shift: Shift, zone: str, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a shift that begin on a local date or run into it from the night before."""
    spec = CalendarSpec("", zone, week=shift.week)
    for window in windows_of(spec, day):
        edges = (_wall(day, window.opens), _wall(day, window.closes))
        start, end = (local_time(zone, each).astimezone(UTC) for each in edges)
        yield start, end


def _edges(
    roster: RosterSpec,
    rosters: Rosters,
    calendars: Calendars,
    within: _Range,
    path: tuple[str, ...],
) -> Iterator[datetime]:
    """Every instant within a range at which it may change who is on duty; some lie outside."""
    for stretch in (*roster.fixed, *roster.absences, *roster.overrides):
        yield from (stretch.start, stretch.end)
    named = [region.hours for region in roster.regions]
    for name in dict.fromkeys([*named, roster.hours] if roster.hours is not None else named):
        for segment in calendars[name].segments(within.start, within.end):
            yield from (_instant(segment.start), _instant(segment.end))
    yield from _local_edges(roster, within)
    path = (*path, roster.name)
    for other in {region.roster for region in roster.regions}:
        if other in rosters and other not in path:
            yield from _edges(rosters[other], rosters, calendars, within, path)


def _local_edges(roster: RosterSpec, within: _Range) -> Iterator[datetime]:
    if roster.rotation is not None:
        number = max(0, _turn_number(roster.rotation, roster.zone, within.start))
        while (start := _turn_start(roster.rotation, roster.zone, number)) < within.end:
            yield start
            number += 1
    if roster.shifts:
        day = local_time(roster.zone, within.start).date()
        while day <= local_time(roster.zone, within.end).date():
            for shift in roster.shifts:
                for span in _shift_spans(shift, roster.zone, day):
                    yield from span
            day += ONE_DAY


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _wall(day: date, second: int) -> datetime:
    """A local wall-clock time without its zone; 24:00 is the next day's midnight."""
    return datetime.combine(day, time()) + timedelta(seconds=second)


__all__ = [
    "Duty",
    "Region",
    "RosterSpec",
    "Rotation",
    "Shift",
    "Stretch",
    "duties",
    "holes",
    "next_hand_over",
    "on_duty",
]
