# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate oncall` says who is on duty now, next and in a whole year, and when nobody is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

POLICY = """
desk: rosters
zone: Europe/Stockholm
hours:
  emea: {zone: Europe/Stockholm, mon-fri: "08:00-17:00", holidays: none}
helpdesk: {canary: 1}
people:
  anna: {slack: anna}
  "bo <b>": {slack: bo}
rosters:
  duty:
    rotation: {people: [anna, "bo <b>"], every: 1w, hand_over: "mon 09:00", since: 2026-01-05}
    absences: [{who: anna, from: 2026-07-01, until: 2026-07-14},
               {who: "bo <b>", from: 2026-07-13, until: 2026-07-14}]
    never_empty_while_any_open: emea
rules: {mail: {event: mailbox, then: {tag: mail}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy with two people who take turns, both away on two days of July."""
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


def asked(folder: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["oncall", "--policy", str(folder), *options])
    return result.exit_code, result.output


def test_now_and_next_keep_their_local_hour(folder: Path) -> None:
    """On the Sunday of the clock change anna is on duty, and bo follows on Monday at 09:00."""
    status, text = asked(folder, "--at", "2026-03-29T12:00")

    assert status == 0
    assert "now   bo <b> (slack:bo)" in text
    assert "next  anna, from Mon 2026-03-30 09:00" in text


def test_hole_is_told_a_week_before(folder: Path) -> None:
    """A week in which both are away ends the command with 1, and says when."""
    status, text = asked(folder, "--at", "2026-07-10T12:00")

    assert status == 1
    assert "Mon 2026-07-13 08:00 to Mon 2026-07-13 17:00" in text
    assert "18 h" in text


def test_whole_year_has_no_seam(folder: Path) -> None:
    """The duties of a year follow one another from its first midnight to its last."""
    _, text = asked(folder, "--year", "2026", "--json")

    duties = json.loads(text)["rosters"][0]["duties"]
    assert [a["until"] for a in duties[:-1]] == [b["from"] for b in duties[1:]]
    assert duties[0]["from"] == "2025-12-31T23:00:00+00:00"
    assert duties[-1]["until"] == "2026-12-31T23:00:00+00:00"


def test_page_of_the_year_draws_everybody(folder: Path) -> None:
    """The page has twelve strips, escapes names, and lists when nobody is there."""
    page = folder / "year.html"

    _, text = asked(folder, "--year", "2026", "--html", str(page))

    html = page.read_text(encoding="utf-8")
    assert f"written: {page}" in text
    assert html.count("<svg") == 12
    assert "bo &lt;b&gt;" in html and "bo <b>" not in html
    assert "Mon 2026-07-13 08:00 to Mon 2026-07-13 17:00" in html


def test_page_that_cannot_be_written_is_told(folder: Path) -> None:
    """A folder that is not there exits with 2 and names the file."""
    status, text = asked(folder, "--year", "2026", "--html", str(folder / "none" / "year.html"))

    assert status == 2
    assert "cannot write" in text and "year.html" in text


def test_roster_that_is_none_is_named(folder: Path) -> None:
    """A slip of the keyboard is answered with the name that was meant."""
    status, text = asked(folder, "dutty")

    assert status == 2
    assert "no roster 'dutty'" in text and "duty" in text
