# SPDX-License-Identifier: GPL-3.0-or-later
"""Rosters as they are written: what is read, what is refused where it stands, what is warned of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config.checks_more import check_more
from bot.config.load import Loaded, load_policy
from bot.rules.business_time import calendars_of
from bot.rules.calendar_days import Window
from bot.rules.policy import Policy
from bot.rules.roster import on_duty
from bot.rules.roster_values import Region, Rotation, Shift, Stretch

TODAY = date(2026, 3, 10)
HOUR = 3600
DESK = """\
desk: a
zone: Europe/Paris
hours:
  office: {mon-fri: "09:00-17:00", holidays: none}
  long: {mon-fri: "08:00-18:00", holidays: none}
people:
  anna: {mail: anna@acme.example}
  bo: {mail: bo@acme.example}
rosters:
"""
TURNS = 'rotation: {people: [anna, bo], every: 2w, hand_over: "wed 09:30", since: 2026-01-05}'


def read(folder: Path, roster: str) -> Policy:
    """The policy of one roster without a mistake."""
    (folder / "rules.yaml").write_text(f"{DESK}  duty: {{{roster}}}\n", encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), [str(problem) for problem in loaded]
    return loaded.policy


def told(folder: Path, rosters: str) -> list[str]:
    """The mistakes of a policy, each from its line on."""
    (folder / "rules.yaml").write_text(DESK + rosters, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, list), loaded
    return [str(problem).partition("rules.yaml:")[2] for problem in loaded]


def paris(*parts: int) -> datetime:
    """A local time of Paris as an instant."""
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)  # type: ignore[arg-type, misc]


def test_rotation_begins_on_its_weekday(tmp_path: Path) -> None:
    """The first turn begins at the first hand-over on or after `since`."""
    roster = read(tmp_path, TURNS).rosters["duty"]

    assert roster.rotation == Rotation(("anna", "bo"), 14, date(2026, 1, 7), 9 * HOUR + 1800)
    assert roster.zone == "Europe/Paris"


def test_last_day_of_an_absence_is_included(tmp_path: Path) -> None:
    """Dates are whole local days, times are to the minute."""
    text = """absences: [{who: anna, from: 2026-07-01, until: 2026-07-15},
      {who: bo, from: "2026-07-01 12:00", until: 2026-07-01}]"""
    roster = read(tmp_path, f"{TURNS}, {text}").rosters["duty"]

    assert roster.absences == (
        Stretch("anna", paris(2026, 7, 1), paris(2026, 7, 16)),
        Stretch("bo", paris(2026, 7, 1, 12), paris(2026, 7, 2)),
    )


def test_shifts_regions_and_cover_are_read(tmp_path: Path) -> None:
    """Hours of several days, a night past midnight, regions and required calendars."""
    text = """shifts: [{who: anna, mon-tue: "08:00-16:00", sat: "22:00-06:00"}], hours: long,
      regions: [{roster: bo, hours: office}], never_empty_while_any_open: [office, long]"""
    roster = read(tmp_path, text).rosters["duty"]
    day, night = (Window(8 * HOUR, 16 * HOUR),), (Window(22 * HOUR, 6 * HOUR),)

    assert roster.shifts == (Shift("anna", {0: day, 1: day, 5: night}),)
    assert roster.regions == (Region("bo", "office"),)
    assert (roster.hours, roster.must_cover) == ("long", ("office", "long"))


def test_feed_beside_the_policy_is_read(tmp_path: Path) -> None:
    """The events of `managers.ics` put people on duty, and a change of it is a new policy."""
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20260601T080000Z\nDTEND:20260601T160000Z\nSUMMARY:bo"
    feed = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    (tmp_path / "managers.ics").write_text(feed, encoding="utf-8")
    policy = read(tmp_path, "ics: managers.ics")
    (tmp_path / "managers.ics").write_text(feed.replace("bo", "anna"), encoding="utf-8")
    changed = read(tmp_path, "ics: managers.ics")

    at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert on_duty(policy.rosters["duty"], policy.rosters, {}, at) == ("bo",)
    assert on_duty(changed.rosters["duty"], changed.rosters, {}, at) == ("anna",)
    assert policy.digest != changed.digest


@pytest.mark.parametrize(
    ("roster", "mistake"),
    [
        ("{}", "10:3: rosters duty: nobody is ever on duty; write rotation, shifts"),
        ("{rotation: {people: [], since: 2026-01-05}}", "10:29: rosters duty: a rotation of"),
        ("{rotation: {people: [anna]}}", "10:20: rosters duty: rotation: since is missing"),
        ("{rotation: {people: [ana], since: 2026-01-05}}",
         "10:20: person 'ana' is not defined; did you mean 'anna'?"),
        ("{rotation: {people: [anna], since: 9999-01-05}}", "10:44: since: 9999-01-05 is too far"),
        ("{rotation: {people: [anna], since: 2026-01-05, every: 1m}}",
         "10:63: every: '1m'; write whole days"),
        ("{rotation: {people: [anna], since: 2026-01-05, hand_over: mo}}",
         "10:67: hand_over: 'mo'; write `mon 09:00`"),
        ('{rotation: {people: [anna], since: 2026-01-05, every: 3d, hand_over: "mon 09:00"}}',
         "10:78: hand_over: turns of 3 days do not end on one weekday"),
        ("{shifts: [{who: anna}]}", "10:19: a shift: when?"),
        ('{shifts: [{who: cid, mon: "08:00-16:00"}]}', "10:19: person 'cid' is not defined"),
        ('{shifts: [{who: anna, mondays: "08:00-16:00"}]}', "10:31: a shift: no day 'mondays'"),
        ("{overrides: [{who: bo, from: 2026-12-25, until: 2026-12-24}]}",
         "10:22: overrides: ends before it begins"),
        ("{overrides: [{who: bo, form: 2026-12-25, until: 2026-12-26}]}",
         "10:22: overrides: from is missing"),
        ("{overrides: [{who: bo, from: 25.12.2026, until: 2026-12-26}]}",
         "10:38: '25.12.2026' is no date"),
        ("{overrides: [{who: bo, from: 0001-01-01, until: 2026-12-26}]}",
         "10:38: '0001-01-01' is too far away"),
        ("{overrides: [{who: cid, from: 2026-12-25, until: 2026-12-26}]}",
         "10:22: person 'cid' is not defined"),
        ("{regions: [{roster: dutty, hours: office}]}",
         "10:20: roster 'dutty' is not defined; did you mean 'duty'?"),
        ("{regions: [{roster: bo, hours: offices}]}", "10:20: calendar 'offices' is not defined"),
        ("{regions: [{roster: duty, hours: office}]}", "10:3: rosters in a circle: duty -> duty"),
        ("{ics: ../managers.ics}", "10:15: ics: '../managers.ics' lies elsewhere"),
        ("{ics: managers.ics}", "10:15: ics: managers.ics cannot be read"),
    ],
)  # fmt: skip
def test_mistake_is_told_where_it_stands(tmp_path: Path, roster: str, mistake: str) -> None:
    """A roster that cannot be right names file, line and column, and what to write."""
    found = told(tmp_path, f"  duty: {roster}\n")

    assert any(each.startswith(mistake) for each in found), found


def test_long_circle_is_told(tmp_path: Path) -> None:
    """Rosters that lead to one another in the end are a mistake of each."""
    one = "  one: {regions: [{roster: two, hours: office}]}\n"
    two = "  two: {regions: [{roster: bo, hours: long}, {roster: one, hours: office}]}\n"

    found = told(tmp_path, one + two)

    assert [each.partition(";")[0] for each in found] == [
        "10:3: rosters in a circle: one -> two -> one",
        "11:3: rosters in a circle: two -> one -> two",
    ]


def test_roster_may_not_be_called_as_a_person(tmp_path: Path) -> None:
    """Who is told by a name must be one thing."""
    found = told(tmp_path, "  anna: {rotation: {people: [anna], since: 2026-01-05}}\n")

    assert found == ["10:3: 'anna' is a person and a roster; give one of them another name"]


def test_first_hole_of_the_year_is_warned_of(tmp_path: Path) -> None:
    """The check names the first hour that nobody covers, and how many there are."""
    policy = read(tmp_path, 'hours: long, shifts: [{who: anna, mon-fri: "08:00-17:00"}]')

    found = [each for each in check_more(policy, today=TODAY) if "roster" in each.what]

    assert [str(each).partition("rules.yaml:")[2] for each in found] == [
        "10:3: warning: roster 'duty': nobody is there from Tue 2026-03-10 17:00 to 18:00, "
        "261 times and 261.0 hours in the next 365 days; "
        "`deskmate oncall duty --year 2026` lists them"
    ]


def test_covered_roster_is_not_warned_of(tmp_path: Path) -> None:
    """Nothing is said where somebody is always there, or where nobody must be."""
    covered = read(tmp_path, f"hours: long, {TURNS}")
    free = read(tmp_path, 'shifts: [{who: anna, mon: "08:00-09:00"}]')

    for policy in (covered, free):
        warned = [each.what for each in check_more(policy, today=TODAY)]
        assert [what for what in warned if "roster" in what] == []


def test_absence_of_all_is_a_hole(tmp_path: Path) -> None:
    """When everybody of a rotation is away at once the check says from when."""
    away = ", ".join(
        f"{{who: {who}, from: 2026-08-03, until: 2026-08-04}}" for who in ("anna", "bo")
    )
    policy = read(tmp_path, f"hours: long, {TURNS}, absences: [{away}]")
    roster, calendars = policy.rosters["duty"], calendars_of(policy.calendars)

    found = [each.what for each in check_more(policy, today=TODAY)]

    assert on_duty(roster, policy.rosters, calendars, paris(2026, 8, 3, 8)) == ()
    assert on_duty(roster, policy.rosters, calendars, paris(2026, 8, 5, 8)) == ("anna",)
    assert any(
        "from Mon 2026-08-03 08:00 to 18:00, 2 times and 20.0 hours" in each for each in found
    )
