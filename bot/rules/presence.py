# SPDX-License-Identifier: GPL-3.0-or-later
"""Who stands behind a name at an instant: a recipient, those named instead, a roster on duty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Recipient
from bot.rules.roster import next_hand_over, on_duty

DEEPEST = 5
"""How many `else` are followed; a circle of people ends there."""


def present(
    name: str, compiled: CompiledPolicy, now: datetime, *, depth: int = 0
) -> tuple[Recipient, ...]:
    """Who is told for `name` now: the recipient, or outside their hours those named instead.

    Nobody there and nobody named instead: the recipient all the same, rather than silence. A
    roster stands for whoever is on duty; an empty one for nobody.
    """
    if name in compiled.policy.rosters:
        names = roster_now(name, compiled, now)
        return tuple(
            dict.fromkeys(
                person for each in names for person in present(each, compiled, now, depth=depth + 1)
            )
        )
    person = compiled.policy.people[name]
    if _is_in_hours(person, compiled, now):
        return (person,)
    if depth >= DEEPEST or not person.otherwise:
        return (person,)
    return present(person.otherwise[0], compiled, now, depth=depth + 1)


def roster_now(name: str, compiled: CompiledPolicy, at: datetime) -> tuple[str, ...]:
    """The people of a roster who are on duty."""
    rosters = compiled.policy.rosters
    return on_duty(rosters[name], rosters, compiled.calendars, at)


@dataclass(frozen=True, slots=True)
class PolicyCover:
    """What ladders ask of a policy's calendars, people and rosters."""

    compiled: CompiledPolicy

    def due(self, since: datetime, after: timedelta, hours: str | None) -> datetime | None:
        """When so much time has passed, in a calendar's hours or in wall time."""
        if hours is None or hours not in self.compiled.calendars or not after:
            return since + after
        return self.compiled.calendars[hours].add(since, int(after.total_seconds()))

    def is_there(self, names: Iterable[str], at: datetime) -> bool:
        """Whether anybody behind these names is in their hours."""
        return any(
            _is_in_hours(person, self.compiled, at)
            for name in names
            for person in present(name, self.compiled, at)
        )

    def next_there(self, names: Iterable[str], at: datetime) -> datetime | None:
        """When the first of these comes on duty."""
        instants = [self._next_there(name, at) for name in names]
        return min((each for each in instants if each is not None), default=None)

    def next_change(self, names: Iterable[str], at: datetime) -> datetime | None:
        """When somebody else than now stands behind these names."""
        instants = [self._next_change(name, at) for name in names]
        return min((each for each in instants if each is not None), default=None)

    def _next_there(self, name: str, at: datetime) -> datetime | None:
        if name in self.compiled.policy.rosters:
            return self._hand_over(name, at)
        hours = self.compiled.policy.people[name].hours
        return None if hours is None else self.compiled.calendars[hours].next_open(at)

    def _next_change(self, name: str, at: datetime) -> datetime | None:
        """Only a change to others counts: hours that end with nobody instead change nothing."""
        if name in self.compiled.policy.rosters:
            return self._hand_over(name, at)
        person = self.compiled.policy.people[name]
        if person.hours is None or not person.otherwise:
            return None
        calendar = self.compiled.calendars[person.hours]
        return calendar.next_close(at) if calendar.is_open(at) else calendar.next_open(at)

    def _hand_over(self, name: str, at: datetime) -> datetime | None:
        rosters = self.compiled.policy.rosters
        duty = next_hand_over(rosters[name], rosters, self.compiled.calendars, at)
        return None if duty is None else duty.start


def _is_in_hours(person: Recipient, compiled: CompiledPolicy, at: datetime) -> bool:
    return person.hours is None or compiled.calendars[person.hours].is_open(at)
