# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars read as they were written: nights, lunch hours, half days, holidays, unions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.rules.business_time import Calendar, calendars_of

HOURS = """
hours:
  paris:
    zone: Europe/Paris
    mon-fri: "09:00-13:00, 14:00-17:00"
    holidays: FR
    half_days: {2026-12-24: "09:00-12:00"}
    opened: {2026-07-14: "10:00-11:00"}
    breaks: {2026-03-10: "10:00-10:30"}
  night: {zone: Europe/Paris, mon-sun: "22:00-06:00", holidays: none}
  either: {zone: Europe/Paris, union: [paris, night]}
  day_only: {zone: Europe/Paris, always: true, without: [night]}
  works: {zone: Europe/Paris, third saturday: "22:00-02:00", holidays: none}
  sweden: {zone: Europe/Stockholm, mon-fri: "08:00-17:00", holidays: SE}
  hamburg: {zone: Europe/Berlin, mon-fri: "08:00-17:00", holidays: DE-HH}
"""


@pytest.fixture(scope="module")
def calendars(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Calendar]:
    """The calendars of `HOURS`."""
    folder: Path = tmp_path_factory.mktemp("hours")
    (folder / "calendars.yaml").write_text(HOURS, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return calendars_of(loaded.policy.calendars)


@pytest.mark.parametrize(
    ("name", "at", "is_open"),
    [
        ("paris", "2026-03-09T12:59:59+01:00", True),
        ("paris", "2026-03-09T13:00:00+01:00", False),
        ("paris", "2026-03-10T10:15:00+01:00", False),
        ("paris", "2026-12-24T12:30:00+01:00", False),
        ("paris", "2026-07-14T10:30:00+02:00", True),
        ("paris", "2026-05-01T10:00:00+02:00", False),
        ("night", "2026-03-29T04:00:00+02:00", True),
        ("night", "2026-03-09T21:59:59+01:00", False),
        ("either", "2026-03-09T23:00:00+01:00", True),
        ("either", "2026-03-09T13:30:00+01:00", False),
        ("day_only", "2026-03-09T23:00:00+01:00", False),
        ("day_only", "2026-03-09T13:30:00+01:00", True),
        ("works", "2026-03-21T23:00:00+01:00", True),
        ("works", "2026-03-22T01:59:59+01:00", True),
        ("works", "2026-03-14T23:00:00+01:00", False),
        ("sweden", "2026-01-06T10:00:00+01:00", False),
        ("sweden", "2026-06-19T10:00:00+02:00", True),
        ("hamburg", "2026-10-31T10:00:00+01:00", False),
        ("hamburg", "2026-10-30T10:00:00+01:00", True),
    ],
)
def test_calendar_is_open_as_written(
    calendars: dict[str, Calendar], name: str, at: str, is_open: bool
) -> None:
    """The calendar opens and closes at the written second, in its own zone."""
    assert calendars[name].is_open(datetime.fromisoformat(at)) is is_open


def test_holiday_is_named_in_its_own_language(calendars: dict[str, Calendar]) -> None:
    """An explanation says which day it was, as people there call it."""
    start = datetime.fromisoformat("2026-07-13T12:00:00+02:00")
    end = datetime.fromisoformat("2026-05-02T00:00:00+02:00")
    first_of_may = datetime.fromisoformat("2026-05-01T00:00:00+02:00")

    reasons = {span.why for span in calendars["paris"].explain(first_of_may, end)}

    assert reasons == {"Fête du Travail"}
    assert calendars["paris"].between(start, datetime.fromisoformat("2026-07-15T00:00:00+02:00"))


def test_promise_without_cover_names_its_minutes(tmp_path: Path) -> None:
    """A promise that runs on at night says how long nobody is there, and when."""
    hours = (Path(__file__).resolve().parents[2] / "desks/dixdata/calendars.yaml").read_text(
        "utf-8"
    )
    promise = (
        "priorities: {p1: urgent}\npeople: {support: {slack: s}}\npromises:\n  intervention:\n"
        "    from: created\n    to: acknowledged\n    less_than: {p1: 15m}\n"
        "    hours: couverture\n    promised: always\n    breached: {tell: support}\n"
    )
    (tmp_path / "calendars.yaml").write_text(hours, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(promise, encoding="utf-8")

    loaded = load_policy(tmp_path, this_year=2026)

    assert isinstance(loaded, Loaded), loaded
    [warning] = loaded.warnings
    assert "runs on while nobody is there: 4,800 minutes a week" in str(warning)
    assert "Mon 00:00-Mon 09:00, Mon 17:00-Tue 09:00" in str(warning)
