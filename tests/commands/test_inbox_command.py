# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that failed too often are listed, shown, tried again and dropped from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.rules.events import Event, TicketGone, Unreadable
from bot.rules.keeping import emptied_event
from bot.settings import NAMES
from bot.store.queues import InboxRow, InboxState
from bot.store.store import Store
from bot.store.transaction import Transaction

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BAD = Event("bad", "s", NOON, "web", Unreadable("web", "no JSON", "[bold]{" + "x" * 9_000))
GOOD = Event("good", "t", NOON, "poller", TicketGone(7, "deleted"))


@pytest.fixture
def store_url(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]
) -> str:
    """A store with an event that was parked, another that was emptied since, and one that waits."""
    url = place_store(tmp_path / "desk.sqlite3")
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_STORE", url)
    gone = emptied_event(Event("gone", "u", NOON, "web", TicketGone(8, "deleted")))

    def park(tx: Transaction) -> None:
        for claimed in tx.inbox.claim(now=NOON, lease_seconds=60, limit=9):
            tx.inbox.park(claimed.row_id, "KeyError: [red]", now=NOON)
        tx.inbox.add(GOOD)

    with Store.open(url, clock=SystemClock()) as store:
        store.write(lambda tx: [tx.inbox.add(event) for event in (BAD, gone)])
        store.write(park)
    return url


def _event(url: str, key: str) -> InboxRow:
    with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
        found = reader.inbox.by_key(key)
    assert found is not None
    return found


def test_parked_events_are_listed_with_their_reason(store_url: str) -> None:
    """What nobody handled is named; scripts see it by the exit status."""
    parked = CliRunner().invoke(app, ["inbox", "list", "--parked"])
    waiting = CliRunner().invoke(app, ["inbox", "list", "--waiting", "--json"])

    assert parked.exit_code == 1
    assert all(word in parked.output for word in ("bad", "unreadable", "KeyError: [red]"))
    assert waiting.exit_code == 0
    assert [each["what"] for each in json.loads(waiting.output)["events"]] == ["ticket gone #7"]


def test_event_is_shown_by_number_with_its_words_cut(store_url: str) -> None:
    """One event says what happened; a text of any length and mark-up stays readable."""
    number = str(_event(store_url, "bad").row_id)

    shown = CliRunner().invoke(app, ["inbox", "show", number])

    assert shown.exit_code == 0
    assert "[bold]{xxx" in shown.output
    assert len(shown.output) < 2_000


def test_parked_event_is_handled_again(store_url: str) -> None:
    """It waits once more; what waits already and what lost its words is left alone."""
    codes = {
        key: CliRunner().invoke(app, ["inbox", "retry", key]) for key in ("bad", "good", "gone")
    }

    assert {key: each.exit_code for key, each in codes.items()} == {"bad": 0, "good": 1, "gone": 1}
    assert "not kept" in codes["gone"].output
    assert _event(store_url, "bad").state is InboxState.WAITING


def test_parked_event_is_dropped_with_a_reason(store_url: str) -> None:
    """Who gives an event up says why; one that still waits cannot be given up."""
    drop = ["inbox", "drop", "--because", "sent twice"]
    dropped, refused = (CliRunner().invoke(app, [*drop, key]) for key in ("bad", "good"))

    row = _event(store_url, "bad")
    assert (dropped.exit_code, refused.exit_code) == (0, 1)
    assert (row.state, row.outcome) == (InboxState.SETTLED, "dropped by hand: sent twice")


def test_unknown_event_is_said_to_be_unknown(store_url: str) -> None:
    """A key that nobody has is no stack trace."""
    result = CliRunner().invoke(app, ["inbox", "retry", "nonsense"])

    assert result.exit_code == 2
    assert "inbox list" in result.output
