# SPDX-License-Identifier: GPL-3.0-or-later
"""`diff` lists what a new policy decides otherwise, and nothing that only reads otherwise."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from replay_desk import NOON, RULES, ReplayDesk
from typer.testing import CliRunner

from bot.cli import app

FOREVER = "3650d"


def _diff(runner: CliRunner, desk: ReplayDesk, rules: str, *more: str) -> tuple[int, Any]:
    new = desk.folder / "new"
    desk.write(new, rules)
    result = runner.invoke(
        app, ["diff", str(desk.folder), str(new), "--since", FOREVER, "--json", *more]
    )
    return result.exit_code, json.loads(result.output)


@pytest.fixture
def three(replay_desk: ReplayDesk) -> ReplayDesk:
    """A desk with three tickets, decided under its policy."""
    replay_desk.ticket(1, "Portal is down")
    replay_desk.ticket(2, "It is slow", at=NOON + timedelta(minutes=1))
    replay_desk.ticket(3, "How can I export?", at=NOON + timedelta(minutes=2))
    return replay_desk


def test_diff_of_one_policy_is_empty(runner: CliRunner, three: ReplayDesk) -> None:
    """Words that people read, and statements, make no difference."""
    rules = RULES.replace("because: [S1, S2]", "because: [S3]")

    status, found = _diff(runner, three, rules)

    assert (status, found["tried"], found["different"]) == (0, 3, 0)


def test_diff_names_every_field(runner: CliRunner, three: ReplayDesk) -> None:
    """Another priority, tag and route, and the clock that follows, are told field by field."""
    rules = RULES.replace(
        "priority: p1, tag: outage, tell: team", "priority: p2, tag: broken, tell: lead"
    )

    status, found = _diff(runner, three, rules)

    assert status == 1
    assert found["differences"] == [
        {"event": "#1", "field": "priority", "old": "p1", "new": "p2"},
        {"event": "#1", "field": "tags", "old": "outage", "new": "broken"},
        {"event": "#1", "field": "routes", "old": "first_line, team", "new": "first_line, lead"},
        {
            "event": "#1",
            "field": "clock first_response",
            "old": "2026-03-10T13:00:00+00:00",
            "new": "2026-03-10T16:00:00+00:00",
        },
    ]


def test_diff_tries_what_customers_wrote(runner: CliRunner, three: ReplayDesk) -> None:
    """What people and the old policy changed since does not hide what the new one would do."""
    three.sets(3, "category", "question", "incident", at=NOON + timedelta(hours=1))
    rules = RULES.replace("ask: {en: [how can i]}", "ask: {en: [how do i]}")

    _, found = _diff(runner, three, rules)

    assert [(each["event"], each["field"]) for each in found["differences"]] == [
        ("#3", "category"), ("#3", "priority"),
    ]  # fmt: skip


def test_diff_compares_lines_of_decide(runner: CliRunner, three: ReplayDesk) -> None:
    """With a file of events the store is not asked, and unreadable lines are counted."""
    file = three.folder / "lines.jsonl"
    line = {"id": "a", "at": "2026-03-10T13:00:00+01:00", "subject": "Portal is down"}
    file.write_text(json.dumps(line) + "\n{}\n", encoding="utf-8")
    rules = RULES.replace("tag: outage, tell: team", "tag: outage, tell: lead")

    status, found = _diff(runner, three, rules, "--lines", str(file))

    assert (status, found["tried"], found["unreadable"]) == (1, 1, 1)
    assert [(each["event"], each["field"]) for each in found["differences"]] == [("a", "routes")]


def test_diff_prints_counts_and_a_table(runner: CliRunner, three: ReplayDesk) -> None:
    """People read how many differ, in what, and which."""
    desk, new = three.folder, three.folder / "new"
    three.write(new, RULES.replace("how can i", "how do i"))

    output = runner.invoke(app, ["diff", str(desk), str(new), "--since", FOREVER]).output

    assert "3 tickets tried, 1 differ: category 1, priority 1" in output
    assert "#3     category  question  other" in output


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--since", "soon"), "--since: expected a duration"),
        (("--lines", "/nowhere.jsonl"), "cannot read /nowhere.jsonl"),
    ],
)
def test_diff_says_what_is_unusable(
    runner: CliRunner, replay_desk: ReplayDesk, more: tuple[str, ...], told: str
) -> None:
    """A wrong duration or file exits with 2 and a sentence."""
    folder = str(replay_desk.folder)

    result = runner.invoke(app, ["diff", folder, folder, *more])

    assert result.exit_code == 2
    assert told in result.output


def test_diff_without_a_policy_is_unusable(
    runner: CliRunner, replay_desk: ReplayDesk, tmp_path: Path
) -> None:
    """A folder that holds none exits with 2."""
    result = runner.invoke(app, ["diff", str(replay_desk.folder), str(tmp_path / "none")])

    assert result.exit_code == 2
