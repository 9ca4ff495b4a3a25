# SPDX-License-Identifier: GPL-3.0-or-later
"""A year of a calendar can be read by eye, and the three desks' years are right."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.calendar import Day, DayKind, days_of, special, usual_week
from bot.config.load import Loaded, load_policy
from bot.rules.business_time import Calendar, calendars_of

ROOT = Path(__file__).resolve().parents[2]


@cache
def _desk(name: str) -> Loaded:
    loaded = load_policy(ROOT / "desks" / name, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return loaded


def _calendar(desk: str, name: str) -> Calendar:
    loaded = _desk(desk)
    assert [w for w in loaded.warnings if w.place.file.endswith("calendars.yaml")] == []
    return calendars_of(loaded.policy.calendars)[name]


def _day(desk: str, name: str, day: str) -> Day:
    wanted = date.fromisoformat(day)
    return next(d for d in days_of(_calendar(desk, name), wanted.year) if d.day == wanted)


@pytest.mark.parametrize(
    ("desk", "name", "day", "kind", "hours"),
    [
        ("dixdata", "ouvrables", "2026-07-14", DayKind.HOLIDAY, "closed"),
        ("dixdata", "ouvrables", "2026-03-10", DayKind.OPEN, "09:00-13:00, 14:00-17:00"),
        ("dixdata", "astreinte", "2026-07-14", DayKind.OPEN, "09:00-17:00"),
        ("dixdata", "astreinte", "2026-03-29", DayKind.OPEN, "00:00-24:00"),
        ("dixdata", "couverture", "2026-03-10", DayKind.OPEN, "09:00-17:00"),
        ("hypergene", "bemannat", "2026-01-06", DayKind.HOLIDAY, "closed"),
        ("hypergene", "bemannat", "2026-06-20", DayKind.HOLIDAY, "closed"),
        ("hypergene", "fonster_infra", "2026-10-25", DayKind.OPEN, "04:00-05:00"),
        ("hypergene", "mottagning", "2026-12-25", DayKind.OPEN, "00:00-24:00"),
        ("advendio", "advendio_office", "2026-10-30", DayKind.OPEN, "09:00-17:00"),
        ("advendio", "advendio_office", "2025-10-31", DayKind.HOLIDAY, "closed"),
    ],
)
def test_day_of_a_desk_is_right(desk: str, name: str, day: str, kind: DayKind, hours: str) -> None:
    """Holidays, the lunch hour and round-the-clock days are as the desk's text has them."""
    found = _day(desk, name, day)

    assert (found.kind, found.hours) == (kind, hours)


def test_clock_changes_are_named() -> None:
    """Both days on which the clocks change stand in the list, with their length."""
    days = special(days_of(_calendar("dixdata", "astreinte"), 2026))

    notes = {day.day.isoformat(): day.note for day in days if "clocks change" in day.note}
    assert notes == {
        "2026-03-29": "the clocks change: this day has 23 hours",
        "2026-10-25": "the clocks change: this day has 25 hours",
    }


def test_promise_of_code_one_has_no_cover_at_night() -> None:
    """DIXDATA reaches nobody 80 hours a week: the nights of working days."""
    couverture = _calendar("dixdata", "couverture")
    monday = datetime.fromisoformat("2026-03-02T00:00:00+01:00")
    next_monday = datetime.fromisoformat("2026-03-09T00:00:00+01:00")

    open_seconds = couverture.between(monday, next_monday)

    assert 7 * 86_400 - open_seconds == 80 * 3600


def test_year_is_shown_as_text() -> None:
    """The year is a grid, and below it the days to look at with their names."""
    shown = CliRunner().invoke(
        app,
        [
            "calendar",
            "show",
            "ouvrables",
            "--year",
            "2026",
            "--policy",
            str(ROOT / "desks/dixdata"),
        ],
    )

    assert shown.exit_code == 0
    assert "Fête nationale" in shown.output
    assert "December" in shown.output


def test_year_is_written_as_a_page(tmp_path: Path) -> None:
    """The page stands by itself: its style is in it and it loads nothing."""
    file = tmp_path / "year.html"

    words = ["calendar", "show", "bemannat", "--year", "2026", "--html", str(file)]
    shown = CliRunner().invoke(app, [*words, "--policy", str(ROOT / "desks/hypergene")])

    page = file.read_text("utf-8")
    assert shown.exit_code == 0
    assert "Midsommardagen" in page
    assert "<link" not in page and "<script" not in page and "http" not in page


def test_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is not there exits with 2 and names the file."""
    file = tmp_path / "none" / "year.html"

    words = ["calendar", "show", "bemannat", "--year", "2026", "--html", str(file)]
    shown = CliRunner().invoke(app, [*words, "--policy", str(ROOT / "desks/hypergene")])

    assert shown.exit_code == 2
    assert f"cannot write {file}" in shown.output


def test_unknown_calendar_is_a_sentence() -> None:
    """A calendar that nobody wrote exits with 2 and names the nearest."""
    shown = CliRunner().invoke(app, ["calendar", "show", "offic", "--policy", str(ROOT)])

    assert shown.exit_code == 2
    assert "did you mean 'office'?" in shown.output


def test_usual_week_has_the_lunch_hour() -> None:
    """The week of a calendar is drawn with its hours: nobody is there from 13:00 to 14:00."""
    week = usual_week(days_of(_calendar("dixdata", "ouvrables"), 2026))

    assert [day.hours for day in week] == ["09:00-13:00, 14:00-17:00"] * 5 + ["closed"] * 2
    assert week[0].windows == ((540, 240), (840, 180))
