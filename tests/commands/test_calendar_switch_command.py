# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate calendar close|open|usual|switches` as people call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from replay_desk import ReplayDesk
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.config.load import Loaded, load_policy
from bot.handlers.calendars import handle_switch
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.events import CalendarSwitched
from bot.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
OFFICE = ["--policy", str(ROOT), "office"]


@pytest.fixture
def shipped() -> CompiledPolicy:
    """The policy whose calendar is switched."""
    loaded = load_policy(ROOT, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return compile_policy(loaded.policy)


def work_off(desk: ReplayDesk, compiled: CompiledPolicy) -> int:
    """What the daemon's inbox does with the orders; how many there were."""
    clock = SystemClock()
    with Store.open(desk.url, clock=clock) as store:
        now = clock.now()
        rows = store.write(lambda tx: tx.inbox.claim(now=now, lease_seconds=9, limit=9))
        for row in rows:
            assert isinstance(row.event.fact, CalendarSwitched)
            fact, event = row.event.fact, row.event
            store.write(lambda tx, e=event, f=fact: handle_switch(e, f, tx, compiled, now=now))
        return len(rows)


def test_closed_calendar_is_listed(
    replay_desk: ReplayDesk, runner: CliRunner, shipped: CompiledPolicy
) -> None:
    """Who closed it, until when and why can be read back."""
    order = ["calendar", "close", *OFFICE, "--for", "4h", "--because", "power cut", "--by", "bo"]

    result = runner.invoke(app, order)

    assert result.exit_code == 0, result.output
    assert "office: closed from" in result.output
    assert work_off(replay_desk, shipped) == 1
    listed = json.loads(runner.invoke(app, ["calendar", "switches", "--json"]).output)["switches"]
    assert [(row["by"], row["because"], row["state"]) for row in listed] == [
        ("bo", "power cut", "now")
    ]


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--because", "x"], "--until"),
        (["--because", " ", "--for", "1h"], "say why"),
        (["--because", "x", "--for", "9000h"], "longer than a year"),
        (["--because", "x", "--until", "2020-01-01T00:00"], "before it begins"),
    ],
)
def test_unusable_order_says_what_to_write(
    replay_desk: ReplayDesk, runner: CliRunner, options: list[str], advice: str
) -> None:
    """What cannot be ordered is answered with what to write instead, and changes nothing."""
    result = runner.invoke(app, ["calendar", "close", *OFFICE, *options])

    assert result.exit_code == 2
    assert advice in result.output
