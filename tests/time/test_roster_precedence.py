# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before what: overrides, absences, regions, and everybody else together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import CalendarSpec, Window
from bot.rules.roster import (
    Region,
    RosterSpec,
    Rotation,
    Shift,
    Stretch,
    duties,
    next_hand_over,
    on_duty,
)

HOUR = 3600
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=12)
DAY = timedelta(days=1)
OFFICE = Calendar(
    CalendarSpec("office", week=dict.fromkeys(range(5), (Window(8 * HOUR, 17 * HOUR),)))
)
EVENING = Calendar(
    CalendarSpec("evening", week=dict.fromkeys(range(5), (Window(15 * HOUR, 22 * HOUR),)))
)
CALENDARS = {"office": OFFICE, "evening": EVENING}
TURNS = Rotation(("anna", "bo", "carl"), 7, date(2026, 1, 5))
DUTY = RosterSpec("duty", rotation=TURNS)


def who(roster: RosterSpec, at: datetime, *others: RosterSpec) -> tuple[str, ...]:
    """The people on duty at an instant."""
    return on_duty(roster, {each.name: each for each in (roster, *others)}, CALENDARS, at)


def during_monday(name: str) -> Stretch:
    """Somebody from the first midnight to the next."""
    return Stretch(name, MONDAY, MONDAY + DAY)


def test_next_in_turn_stands_in_for_the_absent() -> None:
    """Anna is away on Monday: Bo has it, and on Tuesday it is hers again."""
    roster = replace(DUTY, absences=(during_monday("anna"),))

    assert who(roster, NOON) == ("bo",)
    assert who(roster, NOON + DAY) == ("anna",)


def test_stand_in_may_be_away_too() -> None:
    """With Anna and Bo away it is Carl, with all three nobody."""
    two = replace(DUTY, absences=(during_monday("anna"), during_monday("bo")))

    assert who(two, NOON) == ("carl",)
    assert who(replace(two, absences=(*two.absences, during_monday("carl"))), NOON) == ()


def test_override_stands_before_absence_and_hours() -> None:
    """Who takes over by name has duty, even when written as away and out of hours."""
    roster = replace(
        DUTY,
        hours="office",
        absences=(during_monday("dora"),),
        overrides=(during_monday("dora"),),
    )

    assert who(roster, MONDAY + timedelta(hours=3)) == ("dora",)


def test_nobody_has_duty_out_of_hours() -> None:
    """A roster with hours is empty while they are closed, and begins at the second they open."""
    roster = replace(DUTY, hours="office")

    assert who(roster, MONDAY + timedelta(hours=8, seconds=-1)) == ()
    assert who(roster, MONDAY + timedelta(hours=8)) == ("anna",)
    assert who(roster, MONDAY + timedelta(hours=17)) == ()


def test_nobody_has_duty_before_the_rotation_begins() -> None:
    """A rotation that starts on Monday has nobody on Sunday."""
    assert who(DUTY, MONDAY - timedelta(seconds=1)) == ()


def test_several_are_on_together_in_written_order() -> None:
    """Rotation, shifts and the calendar's entries add up; the same person counts once."""
    roster = replace(
        DUTY,
        shifts=(
            Shift("dora", {0: (Window(8 * HOUR, 16 * HOUR),)}),
            Shift("anna", {0: (Window(8 * HOUR, 16 * HOUR),)}),
        ),
        fixed=(during_monday("emil"),),
    )

    assert who(roster, NOON) == ("anna", "dora", "emil")


def test_sun_is_followed_region_by_region() -> None:
    """The first region that is open has duty; where both are, the one written first."""
    roster = RosterSpec("world", regions=(Region("duty", "office"), Region("dora", "evening")))

    assert who(roster, MONDAY + timedelta(hours=16), DUTY) == ("anna",)
    assert who(roster, MONDAY + timedelta(hours=18), DUTY) == ("dora",)
    assert who(roster, MONDAY + timedelta(hours=23), DUTY) == ()


def test_circle_of_regions_ends_with_nobody() -> None:
    """Rosters that lead to one another say nobody rather than go round for ever."""
    one = RosterSpec("one", regions=(Region("two", "office"),))
    two = RosterSpec("two", regions=(Region("one", "office"),))
    both = {"one": one, "two": two}

    assert who(one, NOON, two) == ()
    assert duties(one, both, CALENDARS, MONDAY, MONDAY + DAY)[0].who == ()


def test_region_changes_with_the_other_roster() -> None:
    """A hand-over in the region's own roster is one here too."""
    roster = RosterSpec("world", regions=(Region("duty", "office"),))
    both = {"world": roster, "duty": replace(DUTY, rotation=replace(TURNS, hand_over=10 * HOUR))}
    next_monday = NOON + 7 * DAY

    following = next_hand_over(roster, both, CALENDARS, next_monday - timedelta(hours=3))

    assert following is not None
    assert (following.who, following.start) == (("bo",), next_monday - timedelta(hours=2))
