# SPDX-License-Identifier: GPL-3.0-or-later
"""`backtest` sets a policy beside what people finally set, and counts whom it would have told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from replay_desk import NOON, RULES, ReplayDesk
from typer.testing import CliRunner

from bot.cli import app

FOREVER = "3650d"
DAY = timedelta(days=1)


@pytest.fixture
def four(replay_desk: ReplayDesk) -> ReplayDesk:
    """Four tickets of two days; people corrected a priority and a category."""
    replay_desk.ticket(1, "Portal is down")
    replay_desk.ticket(2, "It is slow and it is down", at=NOON + timedelta(minutes=1))
    replay_desk.ticket(3, "How can I export?", at=NOON + timedelta(minutes=2))
    replay_desk.ticket(4, "Portal is down", at=NOON + DAY)
    replay_desk.sets(2, "priority", "p1", "p3", at=NOON + timedelta(hours=1))
    replay_desk.sets(2, "priority", "p3", "p2", at=NOON + timedelta(hours=2))
    replay_desk.sets(3, "category", "question", "incident", at=NOON + timedelta(hours=1))
    return replay_desk


def _backtest(runner: CliRunner, desk: ReplayDesk, *more: str) -> Any:
    call = ["backtest", "--policy", str(desk.folder), "--since", FOREVER, "--json", *more]
    result = runner.invoke(app, call)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_backtest_compares_with_what_people_set(runner: CliRunner, four: ReplayDesk) -> None:
    """A person's last value counts; where nobody set one, the present value stands."""
    fields = _backtest(runner, four)["fields"]

    assert fields["priority"] == {
        "set_by_people": 1,
        "as_the_policy": 0,
        "matrix": {"p1": {"p1": 2, "p2": 1}, "p3": {"p3": 1}},
    }
    assert fields["category"] == {
        "set_by_people": 1,
        "as_the_policy": 0,
        "matrix": {"incident": {"incident": 3}, "question": {"incident": 1}},
    }


def test_backtest_lists_the_tickets_that_differ(runner: CliRunner, four: ReplayDesk) -> None:
    """Each differing field is listed with both values and whether a person set it."""
    assert _backtest(runner, four)["differing"] == [
        {"ticket": "#2", "field": "priority", "policy": "p1", "final": "p2", "by_person": True},
        {
            "ticket": "#3",
            "field": "category",
            "policy": "question",
            "final": "incident",
            "by_person": True,
        },
    ]


def test_backtest_tries_another_policy(runner: CliRunner, four: ReplayDesk) -> None:
    """A policy that was never live is judged by what people set, not by the live one's values."""
    four.write(
        four.folder,
        RULES.replace("then: {category: question, priority: p3}", "then: {category: incident}"),
    )

    found = _backtest(runner, four)

    assert found["fields"]["category"]["as_the_policy"] == 1


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        ("tell: team", {"2026-03-10": 2, "2026-03-11": 1}),
        ("tell: team, once_per: 1h", {"2026-03-10": 1, "2026-03-11": 1}),
    ],
)
def test_backtest_counts_alerts_per_day(
    runner: CliRunner, four: ReplayDesk, tell: str, expected: dict[str, int]
) -> None:
    """How loud a policy would have been is told per local day; `once_per` is kept."""
    four.write(four.folder, RULES.replace("tell: team}\n    because", f"{tell}}}\n    because"))

    assert _backtest(runner, four)["alerts"] == expected


def test_backtest_prints_a_matrix(runner: CliRunner, four: ReplayDesk) -> None:
    """People read the agreement, the matrix, the differing tickets and the loudest day."""
    call = ["backtest", "--policy", str(four.folder), "--since", FOREVER]

    output = runner.invoke(app, call).output

    assert "priority: people set 1, 0 of them as the policy would" in output
    assert "policy \\ final" in output
    assert "#2      priority  p1        p2        a person" in output
    assert "most on Tue 2026-03-10: 2" in output


def test_backtest_looks_back_as_far_as_asked(runner: CliRunner, four: ReplayDesk) -> None:
    """Tickets from before the span are left out."""
    assert _backtest(runner, four, "--since", "1m")["tickets"] == 0


def test_backtest_of_an_unusable_policy_says_so(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """A policy with a mistake exits with 2 and names its place."""
    (replay_desk.folder / "rules.yaml").write_text("rulez: 1\n", encoding="utf-8")

    result = runner.invoke(app, ["backtest", "--policy", str(replay_desk.folder)])

    assert (result.exit_code, "rules.yaml:1:1" in result.output) == (2, True)
