# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages are listed, shown, sent again and dropped from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.outcome import Refused
from bot.settings import NAMES
from bot.store.queues import OutboxState
from bot.store.store import Store

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def store_url(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]
) -> str:
    """A store with one message that was refused and one that waits."""
    url = place_store(tmp_path / "desk.sqlite3")
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_STORE", url)
    with Store.open(url, clock=SystemClock()) as store:
        store.write(lambda tx: [tx.outbox.add(_row(key), NOON) for key in ("dead", "waiting")])
        claimed = store.write(
            lambda tx: tx.outbox.claim(
                destination_prefix="slack:dead", now=NOON, lease_seconds=60, limit=1
            )
        )
        refused = Refused("is_archived", "unarchive the channel")
        store.write(lambda tx: tx.outbox.record(claimed[0].row_id, refused, NOON))
    return url


def _row(key: str) -> Outgoing:
    notice = Notice(NoticeKind.RULE, f"ticket:{key}", NOON, title="[bold]Portal[/] down", number=7)
    return Outgoing(key, f"slack:{key}", f"slack:{key}/t", notice)


def _state(url: str, key: str) -> OutboxState:
    with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
        found = reader.outbox.by_key(key)
    assert found is not None
    return found.state


def test_dead_messages_are_listed_with_their_reason(store_url: str) -> None:
    """What never arrived is named, with what to do; scripts see it by the exit status."""
    result = CliRunner().invoke(app, ["outbox", "list", "--dead"])

    assert result.exit_code == 1
    assert all(word in result.output for word in ("is_archived:", "unarchive"))
    assert "[bold]Portal[/]" in result.output


def test_message_is_shown_with_every_try(store_url: str) -> None:
    """One message, its state and its tries, for scripts too."""
    result = CliRunner().invoke(app, ["outbox", "show", "dead", "--json"])

    shown = json.loads(result.output)
    assert (shown["state"], shown["to"]) == ("refused", "slack:dead")
    assert [each["outcome"] for each in shown["attempts"]] == ["Refused"]


def test_dead_message_goes_again(store_url: str) -> None:
    """A person who mended the channel lets the message go again; a waiting one is left alone."""
    again = CliRunner().invoke(app, ["outbox", "retry", "dead"])
    twice = CliRunner().invoke(app, ["outbox", "retry", "waiting"])

    assert (again.exit_code, twice.exit_code) == (0, 1)
    assert _state(store_url, "dead") is OutboxState.WAITING


def test_waiting_message_is_dropped_with_a_reason(store_url: str) -> None:
    """Who drops a message says why."""
    result = CliRunner().invoke(app, ["outbox", "drop", "waiting", "--because", "told by phone"])

    assert result.exit_code == 0
    assert _state(store_url, "waiting") is OutboxState.DROPPED


def test_unknown_message_is_said_to_be_unknown(store_url: str) -> None:
    """A key that nobody has is no stack trace."""
    result = CliRunner().invoke(app, ["outbox", "show", "nonsense"])

    assert result.exit_code == 2
    assert "outbox list" in result.output
