# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate check` tells which rules no test looks at, and which statements nobody wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from desk_under_test import AT
from typer.testing import CliRunner

from bot.cli import app

POLICY = """\
desk: acme
words: {down: {en: [is down]}}
rules:
  down:
    because: S1
    if: {says: down}
    then: {tag: outage}
"""
FIRES = f"  fires: {{given: {{at: {AT}, body: it is down}}, expect: {{tags: [outage]}}}}\n"
QUIET = f"  quiet: {{given: {{at: {AT}, body: hello}}, expect: {{fired: []}}}}\n"
NAMED = FIRES.replace("tags: [outage]", "tags: [outage], fired: [down]")


def _check(folder: Path, tests: str, policy: str = POLICY) -> Result:
    (folder / "rules.yaml").write_text(policy, encoding="utf-8")
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "all.yaml").write_text(f"tests:\n{tests}", encoding="utf-8")
    return CliRunner().invoke(app, ["check", "--policy", str(folder)])


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        (QUIET, ["no test fails if rule 'down' never fires"]),
        (FIRES, ["no test fails if rule 'down' always fires"]),
        (NAMED, ["no test fails if rule 'down' always fires"]),
        (FIRES + QUIET, []),
    ],
)
def test_rule_that_no_test_looks_at_is_told(tmp_path: Path, tests: str, told: list[str]) -> None:
    """A rule needs a test that fails without it, and one that fails where it always fires."""
    result = _check(tmp_path, tests)

    found = [line.split("warning: ")[1] for line in result.output.splitlines() if "no test" in line]
    assert [line.partition(";")[0] for line in found] == told
    assert result.exit_code == 0


def test_statement_that_nobody_wrote_is_told(tmp_path: Path) -> None:
    """A `because` that statements.yaml does not hold is told where it stands."""
    (tmp_path / "statements.yaml").write_text(
        'statements: {S2: {says: "It is up"}}\n', encoding="utf-8"
    )

    result = _check(tmp_path, FIRES + QUIET)

    told = f"{tmp_path}/rules.yaml:5:5: warning: because: no statement 'S1'; known are S2"
    assert told in result.output
    assert result.exit_code == 0


def test_mistake_in_a_test_is_told_too(tmp_path: Path) -> None:
    """What is wrong with the tests does not stop the policy, and is told with its place."""
    result = _check(tmp_path, FIRES.replace("expect", "expects"))

    assert f"{tmp_path}/tests/all.yaml:2:" in result.output
    assert "unknown key 'expects'" in result.output
    assert "good. 1 rule" in result.output


def test_rule_without_a_condition_needs_no_test_that_it_keeps_quiet(tmp_path: Path) -> None:
    """What is meant to happen on every event has no negative test."""
    policy = "desk: acme\nrules: {greet: {event: created, then: {tag: new}}}\n"
    tests = f"  fires: {{given: {{at: {AT}}}, expect: {{tags: [new]}}}}\n"

    assert "no test" not in _check(tmp_path, tests, policy).output
