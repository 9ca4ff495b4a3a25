# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at rosters: names that nobody defined, circles, and hours in which nobody will be there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from bot.config.checks_ladders import unknown_names
from bot.config.problems import Problem
from bot.rules.business_time import Calendar, calendars_of
from bot.rules.calendar_days import local_time
from bot.rules.policy import Policy
from bot.rules.roster import holes
from bot.rules.roster_values import RosterSpec

A_YEAR = timedelta(days=365)


def check_rosters(policy: Policy) -> Iterator[Problem]:
    """Every mistake of the rosters of a policy."""
    for roster in policy.rosters.values():
        if roster.name in policy.people:
            what = f"{roster.name!r} is a person and a roster"
            yield Problem(roster.place, what, "give one of them another name")
        yield from _people(policy, roster)
        yield from _calendars(policy, roster)
        yield from _circle(policy, roster)


def check_cover(policy: Policy, *, today: date) -> Iterator[Problem]:
    """A warning for each roster that leaves required hours of the next 365 days to nobody.

    For a policy without mistakes; the days are the roster's own.
    """
    calendars = calendars_of(policy.calendars)
    for roster in policy.rosters.values():
        start = local_time(roster.zone, datetime(today.year, today.month, today.day))
        yield from _cover(policy, roster, calendars, start.astimezone(UTC))


def _people(policy: Policy, roster: RosterSpec) -> Iterator[Problem]:
    if roster.rotation is not None:
        names = roster.rotation.people
        yield from unknown_names(roster.rotation.place, "person", names, policy.people)
    for shift in roster.shifts:
        yield from unknown_names(shift.place, "person", (shift.who,), policy.people)
    for stretch in (*roster.absences, *roster.overrides):
        yield from unknown_names(stretch.place, "person", (stretch.who,), policy.people)
    for region in roster.regions:
        known = [*policy.rosters, *policy.people]
        yield from unknown_names(region.place, "roster", (region.roster,), known)


def _calendars(policy: Policy, roster: RosterSpec) -> Iterator[Problem]:
    yield from unknown_names(roster.place, "calendar", roster.covered, policy.calendars)
    if roster.must_cover and roster.hours is not None:
        yield from unknown_names(roster.place, "calendar", (roster.hours,), policy.calendars)
    for region in roster.regions:
        yield from unknown_names(region.place, "calendar", (region.hours,), policy.calendars)


def _circle(policy: Policy, roster: RosterSpec) -> Iterator[Problem]:
    """A roster that leads back to itself, told once for each of the circle."""
    path = _way_back(policy, roster.name, (roster.name,))
    if path:
        what = f"rosters in a circle: {' -> '.join(path)}"
        yield Problem(roster.place, what, "let one of them name its own people")


def _way_back(policy: Policy, target: str, path: tuple[str, ...]) -> tuple[str, ...]:
    for region in policy.rosters[path[-1]].regions:
        if region.roster == target:
            return (*path, target)
        if region.roster in policy.rosters and region.roster not in path:
            found = _way_back(policy, target, (*path, region.roster))
            if found:
                return found
    return ()


def _cover(
    policy: Policy, roster: RosterSpec, calendars: dict[str, Calendar], start: datetime
) -> Iterator[Problem]:
    empty = holes(roster, policy.rosters, calendars, start, start + A_YEAR)
    if not empty:
        return
    first, last = (local_time(roster.zone, each) for each in (empty[0].start, empty[0].end))
    hours = sum((each.end - each.start for each in empty), timedelta()) / timedelta(hours=1)
    what = f"roster {roster.name!r}: nobody is there from {first:%a %Y-%m-%d %H:%M} to "
    what += f"{last:%H:%M}" if first.date() == last.date() else f"{last:%a %Y-%m-%d %H:%M}"
    times = "once" if len(empty) == 1 else f"{len(empty):,} times"
    what += f", {times} and {hours:,.1f} hours in the next 365 days"
    advice = f"`deskmate oncall {roster.name} --year {first.year}` lists them"
    yield Problem(roster.place, what, advice, is_warning=True)
