# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate test` runs a policy's own tests, and an effect that no test states fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk_under_test import AT, POLICY, run, write_desk

DOWN = f"""\
  down is an incident:
    because: [A1]
    given: {{at: {AT}, subject: "The API is down"}}
    expect:
      category: incident
      priority: p1
      tags: [outage]
      routes: [team]
      reply: [receipt]
"""


def _with(line: str) -> str:
    return DOWN + f"      {line}\n"


def test_desk_whose_tests_pass_is_counted(tmp_path: Path) -> None:
    """One line says how many passed, and the status is 0."""
    result = run(write_desk(tmp_path, DOWN))

    assert f"{tmp_path}: 1 test passes\n" == result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "unstated",
    ["category: incident", "priority: p1", "tags: [outage]", "routes: [team]", "reply: [receipt]"],
)
def test_effect_that_is_not_stated_fails(tmp_path: Path, unstated: str) -> None:
    """Leaving any effect out of the expectation makes the test fail, and names it."""
    desk = write_desk(tmp_path, DOWN.replace(f"      {unstated}\n", ""))

    result = run(desk)

    assert result.exit_code == 1
    assert f"{unstated.split(':')[0]}: expected nothing, got " in result.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'clocks: {first_response: "2026-03-10T12:00:00+01:00"}',
            "clocks first_response: expected due",
        ),
        ("clocks: {first_response: null}", "expected no such clock"),
        ("calendars: {office: false}", "calendars office: expected closed, got open"),
        ("fired: [question]", "fired: expected question, got [down]"),
        ("not_fired: [down]", "expected down to keep quiet"),
        ("mentions: [Ada]", "mentions: expected [Ada], got []"),
        ("delivered_by: [sms]", "delivered_by: expected [sms], got [slack, mail]"),
        ("helpdesk_priority: normal", "helpdesk_priority: expected normal, got urgent"),
        ("unknown: [plan]", "unknown: expected plan, got []"),
        ("suggest: 1", "suggest: expected 1, got 0"),
        ("hold_until: estimate", "hold_until: expected estimate, got null"),
        ("escalation_level: 1", "escalation_level: expected 1, got null"),
        ("ledger: [credits]", "ledger: expected [credits], got []"),
    ],
)
def test_stated_expectation_is_compared(tmp_path: Path, line: str, said: str) -> None:
    """What a test states beyond the effects is compared too."""
    result = run(write_desk(tmp_path, _with(line)))

    assert said in result.output
    assert result.exit_code == 1


def test_good_expectations_of_every_sort_pass(tmp_path: Path) -> None:
    """The right due instant in another zone, an open calendar, a rule that fired: all pass."""
    lines = """\
      clocks: {first_response: "2026-03-10T10:00:00Z"}
      calendars: {office: {open: true, next_open: "2026-03-10T10:00:00+01:00"}}
      fired: [down]
      not_fired: [question]
      delivered_by: [mail, slack]
      helpdesk_priority: urgent
      suggest: 0
"""

    assert run(write_desk(tmp_path, DOWN + lines)).exit_code == 0


def test_failure_says_where_and_why(tmp_path: Path) -> None:
    """The place, the name, the differences, what fired on which words, what kept quiet."""
    text = f"""\
  a question is an incident:
    given: {{at: {AT}, body: "how can i see whether it is down"}}
    expect: {{category: incident, fired: [down]}}
"""

    output = run(write_desk(tmp_path, text)).output

    assert f"{tmp_path}/tests/all.yaml:2:3: a question is an incident" in output
    assert "category: expected incident, got question" in output
    assert 'question fired: list "how_to": "how can i" in the body, word 1' in output
    assert 'down kept quiet: must not hold, but does: list "how_to"' in output
    assert f"{tmp_path}: 1 of 1 fail" in output


def test_each_text_must_give_the_same(tmp_path: Path) -> None:
    """With `each` every text is decided, and the one that differs is quoted."""
    text = f"""\
  questions:
    given: {{at: {AT}}}
    each: ["how can i log in", "How can I pay?", "what is this"]
    expect: {{category: question}}
"""

    output = run(write_desk(tmp_path, text)).output

    assert "'what is this'" in output
    assert "'how can i log in'" not in output


def test_what_the_ticket_had_before_is_no_effect(tmp_path: Path) -> None:
    """The group, priority and category of `current` need no statement."""
    text = f"""\
  nothing happens:
    given:
      at: {AT}
      event: updated
      current: {{category: question, priority: p4, group: first_line}}
    expect: {{fired: []}}
"""

    assert run(write_desk(tmp_path, text)).exit_code == 0


def test_only_runs_the_tests_of_that_name(tmp_path: Path) -> None:
    """`--only` takes a whole name or a part; a name that nobody wrote is refused."""
    desk = write_desk(tmp_path, DOWN + DOWN.replace("down is", "broken is").replace("p1", "p4"))

    assert run(desk, "--only", "down is an").exit_code == 0
    assert "1 of 1 fail" in run(desk, "--only", "broken is an incident").output
    assert "did you mean 'down is an incident'?" in run(desk, "--only", "down an incident").output


def test_failures_as_json(tmp_path: Path) -> None:
    """Scripts get each failing test with its place and its differences."""
    desk = write_desk(tmp_path, DOWN.replace("priority: p1", "priority: p4"))

    found = json.loads(run(desk, "--json").output)["desks"][0]

    assert (found["tests"], len(found["failed"])) == (1, 1)
    assert found["failed"][0]["line"] == 2
    assert found["failed"][0]["failures"][0]["differences"] == ["priority: expected p4, got p1"]


def test_several_desks_are_run_in_one_call(tmp_path: Path) -> None:
    """One summary line each; one desk that fails makes the status 1."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    write_desk(good, DOWN)
    write_desk(bad, DOWN.replace("p1", "p4"))

    result = run(good, bad)

    assert f"{good}: 1 test passes" in result.output
    assert f"{bad}: 1 of 1 fail" in result.output
    assert result.exit_code == 1


def test_value_that_cannot_be_used_fails_one_test(tmp_path: Path) -> None:
    """A line that `decide` refuses fails its test and no other."""
    odd = f"""\
  odd:
    given: {{at: {AT}, current: {{status: lost}}}}
    expect: {{category: null}}
"""

    result = run(write_desk(tmp_path, DOWN + odd))

    assert "given: current.status: 'lost' is no status" in result.output
    assert "1 of 2 fail" in result.output


def test_folder_without_a_policy_is_unusable(tmp_path: Path) -> None:
    """Status 2 and the place, for a folder without a policy or without tests."""
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")

    without_tests, without_policy = run(tmp_path), run(tmp_path / "tests")

    assert "no tests here; write tests/*.yaml" in without_tests.output
    assert (without_tests.exit_code, without_policy.exit_code) == (2, 2)


def test_timeline_notices_what_no_single_event_shows(tmp_path: Path) -> None:
    """A condition whose effect is seen over time alone is looked at by a timeline."""
    policy = """\
desk: acme
words: {down: {en: [is down]}}
people: {team: {slack: support}}
ladders: {slow: {levels: [{after: 5m, tell: team}]}}
rules: {down: {if: {says: down}, then: {page: slow}}}
"""
    course = """\
  the team hears after five minutes:
    timeline:
      - {at: "2026-03-10T10:00:00+01:00", ticket: a, body: it is down}
      - {at: "2026-03-10T10:10:00+01:00"}
    expect: {told: [team]}
"""

    output = run(write_desk(tmp_path, course, policy), "--mutate").output

    assert "0 of 1 flips go unnoticed (0.0%)" in output


def test_failing_timeline_says_who_heard_of_what(tmp_path: Path) -> None:
    """Each telling stands with its instant and its occasion in words."""
    course = """\
  nobody hears:
    timeline:
      - {at: "2026-03-10T10:00:00+01:00", ticket: a, body: it is down}
      - {at: "2026-03-10T11:00:02+01:00"}
    expect: {told: []}
"""

    output = run(write_desk(tmp_path, course)).output

    assert "told: expected nobody, got [team, team, lead]" in output
    assert "team was told at 2026-03-10 09:00:01 UTC: rule down" in output
    assert "team was told at 2026-03-10 09:30:00 UTC: warning of first_response at 50%" in output
    assert "lead was told at 2026-03-10 10:00:01 UTC: breach of first_response" in output
