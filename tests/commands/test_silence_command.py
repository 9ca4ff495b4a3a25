# SPDX-License-Identifier: GPL-3.0-or-later
"""Silences are ordered, shown, tried beforehand and ended from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.events import SilenceOrdered
from bot.settings import NAMES
from bot.store.store import Store

POLICY = "desk: test\nzone: Europe/Paris\npeople: {team: {slack: support}}\n"


@pytest.fixture
def folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]
) -> Path:
    """A policy and an empty store."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_STORE", place_store(tmp_path / "desk.sqlite3"))
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


def _call(folder: Path, *words: str) -> Result:
    extra = () if words[0] == "end" else ("--policy", str(folder))
    return CliRunner().invoke(app, ["silence", *words, *extra])


def _orders(folder: Path) -> list[SilenceOrdered]:
    url = f"sqlite:///{folder}/desk.sqlite3"
    with Store.open(url, clock=SystemClock()) as store:
        rows = store.write(
            lambda tx: tx.inbox.claim(now=SystemClock().now(), lease_seconds=1, limit=9)
        )
    return [row.event.fact for row in rows if isinstance(row.event.fact, SilenceOrdered)]


def test_silence_is_ordered_with_end_and_reason(folder: Path) -> None:
    """The daemon finds who wants what silent, why and until when."""
    result = _call(folder, "add", "works", "--until", "4h", "--organisation", "Nordbo AB",
                   "--because", "the network is rebuilt", "--by", "bo")  # fmt: skip

    (order,) = _orders(folder)
    assert result.exit_code == 0, result.output
    assert (order.only, order.by) == ({"organisation": "Nordbo AB"}, "bo")
    left = order.end - SystemClock().now()
    assert timedelta(hours=3, minutes=58) < left <= timedelta(hours=4)


def test_maintenance_is_announced_for_later(folder: Path) -> None:
    """Of the helpdesk, from tonight for four hours; works on nothing are refused."""
    words = ["add", "zendesk", "--from", "2h", "--until", "4h", "--because", "the vendor says so"]
    options = ["--policy", str(folder)]

    refused = CliRunner().invoke(app, ["maintenance", *words, *options])
    taken = CliRunner().invoke(app, ["maintenance", *words, "--helpdesk", *options])

    (order,) = _orders(folder)
    assert (refused.exit_code, taken.exit_code) == (2, 0), taken.output
    assert "--helpdesk" in refused.output
    assert order.of_helpdesk and order.start is not None
    assert order.end - order.start == timedelta(hours=4)


@pytest.mark.parametrize("until", ["2020-01-01T10:00", "soon", "400d"])
def test_silence_without_a_near_end_is_refused(folder: Path, until: str) -> None:
    """A silence that has ended, never ends or ends in a year is a mistake."""
    result = _call(folder, "add", "works", "--until", until, "--because", "x")

    assert result.exit_code == 2
    assert _orders(folder) == []


def test_preview_counts_what_would_be_hidden(folder: Path) -> None:
    """Before a silence is ordered, one sees what the last week would have missed."""
    now = SystemClock().now()
    rows = [
        Outgoing(f"m{n}", "slack:support", f"slack:support/{n}",
                 Notice(NoticeKind.RULE, f"t{n}", now, title="x", organisation=name))
        for n, name in enumerate(("Nordbo AB", "Nordbo AB", "Acme"))
    ]  # fmt: skip
    with Store.open(f"sqlite:///{folder}/desk.sqlite3", clock=SystemClock()) as store:
        store.write(lambda tx: [tx.outbox.add(row, now) for row in rows])

    result = _call(folder, "preview", "--organisation", "nordbo ab", "--json")

    shown = json.loads(result.output)
    assert (len(shown["hidden"]), shown["of"]) == (2, 3)


def test_unknown_silence_cannot_be_ended(folder: Path) -> None:
    """A name that nobody has is said to be unknown."""
    result = _call(folder, "end", "nonsense")

    assert result.exit_code == 2
    assert "silence list" in result.output
