# SPDX-License-Identifier: GPL-3.0-or-later
"""A year of duty agrees with asking at every quarter of an hour, over both clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import CalendarSpec, Window
from bot.rules.roster import (
    Duty,
    Region,
    RosterSpec,
    Rotation,
    Shift,
    Stretch,
    duties,
    holes,
    next_hand_over,
    on_duty,
)

PARIS = ZoneInfo("Europe/Paris")
QUARTER = timedelta(minutes=15)
HOUR = 3600
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
OFFICE = {day: (Window(8 * HOUR, 17 * HOUR),) for day in range(5)}


class CountingCalendar(Calendar):
    """Open always, and counts how often it is asked whether it is."""

    asked = 0

    def is_open(self, at: datetime) -> bool:
        """Counted; one question for each `on_duty` of a roster with these hours."""
        self.asked += 1
        return super().is_open(at)


CALENDARS = {
    "emea": Calendar(CalendarSpec("emea", "Europe/Paris", week=OFFICE)),
    "america": Calendar(CalendarSpec("america", "America/Chicago", week=OFFICE)),
    "always": Calendar(CalendarSpec("always", is_always_open=True)),
}


def paris(text: str) -> datetime:
    """A local time of Paris, its first occurrence, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def weekly(hand_over: int = 9 * HOUR, days: int = 7, since: date = date(2025, 12, 1)) -> RosterSpec:
    """Anna, Bo and Carl in turns, in Paris."""
    turns = Rotation(("anna", "bo", "carl"), days, since, hand_over)
    return RosterSpec("weekly", "Europe/Paris", rotation=turns)


NIGHTS = RosterSpec(
    "nights",
    "Europe/Paris",
    shifts=(
        Shift("anna", dict.fromkeys(range(7), (Window(22 * HOUR, 2 * HOUR + 1800),))),
        Shift("bo", dict.fromkeys(range(7), (Window(2 * HOUR + 1800, 6 * HOUR),))),
        Shift("carl", OFFICE),
    ),
)
ROSTERS = {
    "weekly": weekly(),
    "in_the_gap": weekly(hand_over=2 * HOUR + 1800, days=1),
    "in_hours": replace(weekly(), hours="emea"),
    "with_changes": replace(
        weekly(days=3),
        absences=(Stretch("anna", paris("2026-03-20T00:00"), paris("2026-04-12T00:00")),),
        overrides=(Stretch("dora", paris("2026-10-24T12:00"), paris("2026-10-25T12:00")),),
        fixed=(Stretch("emil", paris("2026-06-01T07:00"), paris("2026-06-01T19:30")),),
    ),
    "nights": NIGHTS,
    "around_the_world": RosterSpec(
        "around_the_world",
        "UTC",
        regions=(Region("weekly", "emea"), Region("carl", "america")),
        absences=(Stretch("bo", paris("2026-05-04T00:00"), paris("2026-05-08T00:00")),),
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", ROSTERS)
def test_year_agrees_with_each_quarter_of_an_hour(name: str) -> None:
    """The stretches of a year say what asking at any instant says, and leave no seam."""
    roster = ROSTERS[name]

    found = duties(roster, ROSTERS, CALENDARS, NEW_YEAR, NEXT_YEAR)

    assert (found[0].start, found[-1].end) == (NEW_YEAR, NEXT_YEAR)
    at, wrong = NEW_YEAR, []
    for duty, following in zip(found, [*found[1:], None], strict=True):
        assert following is None or (duty.end == following.start and duty.who != following.who)
        while at < duty.end:
            if on_duty(roster, ROSTERS, CALENDARS, at) != duty.who:
                wrong.append(at)
            at += QUARTER
    assert wrong == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("2026-03-23T09:00", "2026-03-30T09:00"), ("2026-10-19T09:00", "2026-10-26T09:00")],
)
def test_hand_over_keeps_its_local_time(before: str, after: str) -> None:
    """The week with the clock change is an hour shorter or longer; hand-over stays at 09:00."""
    roster = weekly()

    found = duties(roster, {}, {}, paris(before), paris(after) + QUARTER)

    assert [duty.start for duty in found] == [paris(before), paris(after)]
    assert found[0].end - found[0].start != timedelta(days=7)


def test_year_of_turns_asks_once_a_turn() -> None:
    """A year of a rotation is reckoned from its 53 boundaries, never hour by hour."""
    counting = CountingCalendar(CalendarSpec("always", is_always_open=True))
    roster = replace(weekly(), hours="always")

    found = duties(roster, {}, {"always": counting}, NEW_YEAR, NEXT_YEAR)

    assert len(found) == 53
    assert counting.asked <= 55


def test_repeated_hour_belongs_to_one_turn() -> None:
    """A hand-over at 02:30 in the night of 25 hours happens once, at the first 02:30."""
    roster = weekly(hand_over=2 * HOUR + 1800, days=1)
    night = paris("2026-10-25T00:00")

    found = duties(roster, {}, {}, night, night + timedelta(hours=12))

    assert [duty.start - night for duty in found] == [timedelta(), timedelta(hours=2.5)]


def test_next_duty_is_told_to_its_end() -> None:
    """The following duty ends where it really ends, however far that is."""
    roster = weekly(days=28)

    following = next_hand_over(roster, {}, {}, paris("2025-12-26T12:00"))

    assert following == Duty(("bo",), paris("2025-12-29T09:00"), paris("2026-01-26T09:00"))


def test_same_people_for_ever_hand_over_to_nobody() -> None:
    """A roster of one person has no next."""
    alone = RosterSpec("alone", "UTC", rotation=Rotation(("anna",), 7, date(2026, 1, 5)))

    assert next_hand_over(alone, {}, {}, NEW_YEAR + timedelta(days=9)) is None


def test_hole_is_the_required_hour_nobody_has() -> None:
    """Two regions must be covered; what the shifts leave of their hours is a hole, exactly."""
    roster = RosterSpec(
        "early",
        "Europe/Paris",
        shifts=(Shift("anna", dict.fromkeys(range(7), (Window(7 * HOUR, 18 * HOUR),))),),
        must_cover=("emea", "america"),
    )

    found = holes(roster, {}, CALENDARS, paris("2026-03-03T00:00"), paris("2026-03-04T00:00"))

    assert found == (Duty((), paris("2026-03-03T18:00"), paris("2026-03-04T00:00")),)


def test_empty_range_has_no_duty() -> None:
    """A range that ends where it begins has no stretch in it."""
    assert duties(weekly(), {}, {}, NEW_YEAR, NEW_YEAR) == ()
