# SPDX-License-Identifier: GPL-3.0-or-later
"""`check --coverage` names every statement of a desk's policy that nothing of it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app

STATEMENTS = """\
statements:
  A1: {says: "Outages are urgent"}
  A2: {says: "Support is open from 9 to 17"}
  A3: {says: "Tickets live in Zendesk", elsewhere: "the Zendesk adapter"}
  A4: {says: "Ten tickets are a surge", operator: "ten in 30 minutes here"}
  A5: {says: "See our homepage", not_automated: "page furniture"}
  A6: {says: "Customers hear | every hour"}
"""
RULES = """\
desk: a
hours: {office: {mon-fri: "09:00-17:00", holidays: none, because: A2}}
words: {outage: {en: [outage]}}
priorities: {p1: urgent, p2: normal}
rules:
  outage: {if: {says: outage}, then: {priority: p1}, because: A1}
"""
TESTS = """\
tests:
  an outage is urgent:
    because: [A1]
    given: {at: "2026-03-10T10:00:00+01:00", body: "an outage"}
    expect: {priority: p1}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk of six statements, of which one has no keeper."""
    (tmp_path / "statements.yaml").write_text(STATEMENTS, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "all.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def _check(desk: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["check", "--coverage", str(desk), *more])


def test_coverage_names_what_nothing_keeps(desk: Path) -> None:
    """A statement without a citation and without a reason is printed with its words."""
    result = _check(desk)

    assert result.exit_code == 1
    assert "A6: Customers hear | every hour" in result.output
    assert "1 neither" in result.output


def test_coverage_counts_as_json(desk: Path) -> None:
    """Scripts get the ids of each sort."""
    found = json.loads(_check(desk, "--json").output)

    assert (found["statements"], found["cited"], found["tested"]) == (6, ["A1", "A2"], ["A1"])
    assert (found["elsewhere"], found["operator"], found["not_automated"]) == (
        ["A3"], ["A4"], ["A5"],
    )  # fmt: skip
    assert [each["id"] for each in found["neither"]] == ["A6"]


def test_coverage_of_everything_is_good(desk: Path) -> None:
    """With a keeper or a reason for each statement the check passes."""
    text = STATEMENTS.replace('every hour"', 'every hour", operator: "by hand"')
    (desk / "statements.yaml").write_text(text, encoding="utf-8")

    assert _check(desk).exit_code == 0


def test_coverage_refuses_ids_nobody_stated(desk: Path) -> None:
    """A `because` with a misspelt id is a mistake, with its place."""
    (desk / "rules.yaml").write_text(RULES.replace("because: A1", "because: A11"), encoding="utf-8")

    result = _check(desk)

    assert result.exit_code == 1
    assert "rules.yaml:6:54: because: no statement 'A11'" in result.output


def test_coverage_warns_of_rules_without_a_test(desk: Path) -> None:
    """A statement that a rule cites and no test does is told, and is no mistake."""
    (desk / "tests" / "all.yaml").write_text("tests: {}\n", encoding="utf-8")

    assert "warning: statement A1 is cited by a rule and by no test" in _check(desk).output


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('  B1: {says: "x", elsewere: "y"}', "unknown key 'elsewere'"),
        ('  B1: {says: "x", elsewhere: "y", operator: "z"}', "keep one of them"),
        ('  B1: {says: "x", operator: ""}', "operator says nothing"),
        ('  B1: {operator: "y"}', "says nothing"),
        ('  A1: {says: "again"}', "'A1' stands here twice"),
    ],
)
def test_coverage_reads_statements_strictly(desk: Path, line: str, told: str) -> None:
    """A misspelt or doubtful statement is a mistake, with its place."""
    (desk / "statements.yaml").write_text(f"{STATEMENTS}{line}\n", encoding="utf-8")

    result = _check(desk)

    assert result.exit_code == 1
    assert "statements.yaml:8:" in result.output
    assert told in result.output


def test_coverage_without_statements_is_unusable(tmp_path: Path) -> None:
    """A folder without statements.yaml exits with 2 and says what is wanted."""
    result = _check(tmp_path)

    assert result.exit_code == 2
    assert "statements.yaml" in result.output


def test_coverage_prints_a_table_of_statements(desk: Path) -> None:
    """Each statement has a row with what keeps it, and Markdown's own signs do no harm."""
    table = _check(desk, "--readme").output

    assert table.startswith("## Statements\n\n| id | statement | kept by |\n")
    assert "| A1 | Outages are urgent | rule `outage` |" in table
    assert "| A2 | Support is open from 9 to 17 | calendar `office` |" in table
    assert "| A3 | Tickets live in Zendesk | elsewhere: the Zendesk adapter |" in table
    assert "| A6 | Customers hear \\| every hour | nothing yet |" in table


def test_coverage_writes_the_table_into_the_readme(desk: Path) -> None:
    """What stands above the heading stays; the table is written once however often it is."""
    (desk / "README.md").write_text("# A desk\n\nOurs.\n\n## Statements\n\nold\n", encoding="utf-8")

    _check(desk, "--write-readme")
    _check(desk, "--write-readme")

    text = (desk / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# A desk\n\nOurs.\n\n## Statements\n\n| id |")
    assert (text.count("## Statements"), "old" in text) == (1, False)
