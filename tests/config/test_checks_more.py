# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be or will soon be wrong with a policy is told while there is time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.config.checks_more import check_more
from bot.config.load import Loaded, load_policy

TODAY = date(2026, 3, 10)
DESK = """\
desk: a
categories: [incident, question]
priorities: {p1: urgent, p2: normal}
hours: {office: {mon-fri: "09:00-17:00", holidays: none}}
words: {fault: {en: [broken]}}
"""


def _told(folder: Path, text: str) -> list[str]:
    (folder / "rules.yaml").write_text(DESK + text, encoding="utf-8")
    loaded = load_policy(folder, this_year=TODAY.year)
    assert isinstance(loaded, Loaded), [str(problem) for problem in loaded]
    return [problem.what for problem in check_more(loaded.policy, today=TODAY)]


def test_check_tells_rights_that_go_by_a_name(tmp_path: Path) -> None:
    """Who is a channel or has no user id is named; where nobody is in Slack no word is said."""
    text = """
people: {bo: {slack: U0123ABCD}, lead: {slack: leads}, kim: {mail: kim@acme.example}}
rosters: {duty: {zone: UTC, rotation: {people: [bo, kim], every: 1w, since: 2026-01-05}}}
rights: {silence: [bo, lead], raise: duty}
"""
    mail_only = text.replace("slack: U0123ABCD", 'sms: "+467"').replace("slack: leads", 'sms: "1"')

    [found] = [each for each in _told(tmp_path, text) if each.startswith("rights")]

    assert found == "rights go by a name that anybody may take in Slack: lead, kim"
    assert not any("rights" in each for each in _told(tmp_path, mail_only))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("if: {all: [{plan: gold}, {plan: silver}]}", "plan must be gold and silver"),
        ("if: {all: [{plan: gold}, {plan: {missing: true}}]}", "plan must be gold and missing"),
        ("if: {plan: gold}, unless: {plan: [gold, silver]}", "plan must and must not be gold"),
        ("if: {says: fault}, unless: {says: fault}", "a line and its opposite"),
        ("if: {any_open: office, all_closed: office}", "office must be open and closed"),
        (
            "if: {plan: gold, any: [{plan: silver}, {none: [{plan: gold}]}]}",
            "plan must be gold and silver",
        ),
        ("event: alert, if: {event: created}", "it asks for the event created"),
    ],
)
def test_check_tells_rules_that_cannot_fire(tmp_path: Path, condition: str, told: str) -> None:
    """A rule whose lines contradict each other is told, with the two lines."""
    [found] = _told(tmp_path, f"rules: {{odd: {{{condition}, then: {{tag: x}}}}}}\n")

    assert found.startswith("rule 'odd' can never fire: ")
    assert told in found


@pytest.mark.parametrize(
    "condition",
    [
        "if: {plan: [gold, silver], any: [{plan: silver}, {plan: bronze}]}",
        "if: {all: [{tags: a}, {tags: b}]}",
        "if: {plan: gold}, unless: {plan: gold, any_open: office}",
        "if_any: [{plan: gold}, {plan: silver}]",
        "if: {event: created}",
    ],
)
def test_check_leaves_rules_that_can_fire_alone(tmp_path: Path, condition: str) -> None:
    """Fields with several values, alternatives and narrow exceptions contradict nothing."""
    assert _told(tmp_path, f"rules: {{good: {{{condition}, then: {{tag: x}}}}}}\n") == []


@pytest.mark.parametrize(("until", "count"), [("2026-03-09", 1), ("2026-03-10", 0)])
def test_check_tells_rules_that_ended(tmp_path: Path, until: str, count: int) -> None:
    """A rule whose last day has passed is told; on that day it still holds."""
    rule = f"rules: {{old: {{if: {{says: fault}}, then: {{tag: x}}, until: {until}}}}}\n"

    assert len(_told(tmp_path, rule)) == count


@pytest.mark.parametrize(
    ("within", "told"),
    [("{p1: 15m}", ["no promise has a time for p2"]), ("{p1: 15m, p2: 4h}", []), ("4h", [])],
)
def test_check_tells_priorities_without_a_time(
    tmp_path: Path, within: str, told: list[str]
) -> None:
    """A priority that was left out of every promise, while another has a time, is told."""
    promise = f"promises: {{first_response: {{within: {within}, hours: office}}}}\n"

    assert _told(tmp_path, promise) == told


def test_check_tells_calendars_whose_days_run_out(tmp_path: Path) -> None:
    """A calendar of single dates is told a year before its last one."""
    (tmp_path / "calendars.yaml").write_text(
        "hours: {events: {days: [2026-05-01], holidays: none}}\n", encoding="utf-8"
    )

    assert _told(tmp_path, "") == ["calendar 'events' is open on no day after 2026-05-01"]


def test_check_tells_holidays_that_run_out(tmp_path: Path) -> None:
    """Holidays are listed some years ahead; within a year of their end it is told."""
    (tmp_path / "calendars.yaml").write_text(
        'hours: {sweden: {mon-fri: "09:00-17:00", holidays: SE}}\n', encoding="utf-8"
    )
    (tmp_path / "rules.yaml").write_text(DESK, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded)
    end = loaded.policy.calendars["sweden"].closed_until
    assert end is not None

    [problem] = check_more(loaded.policy, today=end)

    assert f"knows its holidays until {end} only" in problem.what
    assert check_more(loaded.policy, today=TODAY) == []
