# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roster is made of: turns, shifts, regions, absences, overrides, and the duty they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.rules.calendar_days import Window
from bot.rules.policy_parts import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody from an instant until another: an override, an absence, a calendar's entry."""

    who: str
    start: datetime
    end: datetime
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns of `days` local days each, from `since` at `hand_over` seconds."""

    people: tuple[str, ...]
    days: int
    since: date
    hand_over: int = 0
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody who is on duty in the same hours every week: weekday (0 is Monday) -> windows."""

    who: str
    week: Mapping[int, tuple[Window, ...]]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Region:
    """Another roster (or a person of `people:`), while a calendar is open."""

    roster: str
    hours: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RosterSpec:
    """One entry of `rosters:`.

    `hours` is the calendar in which it has duty at all, None for always. `fixed` are the entries
    of its iCalendar file. `must_cover` are calendars in which somebody must be there whenever any
    of them is open; without them it is `hours`.
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
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def covered(self) -> tuple[str, ...]:
        """The calendars in which somebody must be there; none where nothing is required."""
        if self.must_cover:
            return self.must_cover
        return () if self.hours is None else (self.hours,)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty from `start` until `end`; nobody where `who` is empty."""

    who: tuple[str, ...]
    start: datetime
    end: datetime
