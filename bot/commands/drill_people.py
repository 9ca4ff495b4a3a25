# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is on call when a rehearsal is held, and whether somebody always is for a week to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.commands.drill_values import DrillStep, judged, listed, not_tried
from bot.rules.calendar_days import local_time
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy
from bot.rules.roster import holes, on_duty

SOON = timedelta(days=7)
ADVICE = "`deskmate oncall` shows the whole roster (docs/rosters.md)"


def who_is_there(compiled: CompiledPolicy, now: datetime) -> Iterator[DrillStep]:
    """A row a roster: the people on duty with their ways, and the holes of a week."""
    known, calendars = compiled.policy.rosters, compiled.calendars
    if not known:
        yield not_tried("Who is on call", "this policy has no rosters", "docs/rosters.md")
    for roster in known.values():
        names = on_duty(roster, known, calendars, now)
        empty = holes(roster, known, calendars, now, now + SOON)
        ways = [f"{name} ({', '.join(_ways(name, compiled)) or 'no way'})" for name in names]
        soon = "; ".join(
            f"nobody {local_time(roster.zone, each.start):%a %H:%M} to "
            f"{local_time(roster.zone, each.end):%a %H:%M}"
            for each in empty[:3]
        )
        happened = f"now {listed(ways)}; {soon or 'no hole in a week'}"
        yield judged(f"Roster {roster.name}", "nobody missing for a week", happened, not empty,
                     ADVICE if empty else "")  # fmt: skip


def _ways(name: str, compiled: CompiledPolicy) -> tuple[str, ...]:
    person = compiled.policy.people.get(name)
    return destinations(person) if person is not None else ()
