# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate time` and `deskmate clocks` answer anyone's arithmetic, and explain it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.settings import NAMES
from bot.store.store import Store

ROOT = Path(__file__).resolve().parents[2]


def _run(*words: str) -> object:
    result = CliRunner().invoke(app, [*words, "--json", "--policy", str(ROOT)])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_add_skips_lunch_half_day_and_night() -> None:
    """Six open hours from Tuesday 16:30 end on Christmas Eve at 09:30."""
    answer = _run("time", "add", "office", "2026-12-22T16:30", "6h")

    assert isinstance(answer, dict)
    assert answer["due"] == "2026-12-24T08:30:00+00:00"
    counted = sum(span["seconds"] for span in answer["spans"] if span["kind"] == "counted")
    assert counted == 6 * 3600


def test_between_names_the_holidays_it_skipped() -> None:
    """Over Easter the explanation names each holiday."""
    answer = _run("time", "between", "office", "2026-04-02T09:00", "2026-04-07T12:00")

    assert isinstance(answer, dict)
    assert answer["seconds"] == 11 * 3600
    assert [span["why"] for span in answer["spans"] if span["why"]] == [
        "Långfredagen",
        "Påskdagen",
        "Annandag påsk",
    ]


def test_unknown_calendar_names_the_nearest() -> None:
    """A misspelt calendar is a sentence and exit status 2."""
    result = CliRunner().invoke(app, ["time", "open", "ofice", "--policy", str(ROOT)])

    assert result.exit_code == 2
    assert "did you mean 'office'?" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("office", "soon", "1h"),
        ("office", "now", "long"),
        ("office", "0001-01-01T00:00", "1h"),
        ("office", "9999-12-31T23:59:59-12:00", "1h"),
        ("office", "now", "99999999999d"),
        ("office", "now", "9" * 5000 + "h"),
    ],
)
def test_unusable_words_are_told(words: tuple[str, str, str]) -> None:
    """An instant or a length that is none says how to write one."""
    result = CliRunner().invoke(app, ["time", "add", *words, "--policy", str(ROOT)])

    assert result.exit_code == 2
    assert "write" in result.output


def test_clocks_of_a_ticket_are_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each promise of a ticket is shown with its target, its deadline and its spans."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path}/desk.sqlite3"
    monkeypatch.setenv("DESKMATE_STORE", url)
    created = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    ticket = Ticket(
        "t1", Origin.HELPDESK, created, created, Status.OPEN, "Portal", "", number=42,
        priority="urgent",
    )  # fmt: skip
    answer = Change(
        "c", created + timedelta(minutes=10), ChangeKind.COMMENT, Actor.AGENT, is_public=True
    )
    with Store.open(url, clock=SystemClock()) as store:
        store.write(lambda tx: (tx.tickets.save(ticket), tx.tickets.add_change("t1", answer)))

    shown = _run("clocks", "42")
    missing = CliRunner().invoke(app, ["clocks", "7", "--policy", str(ROOT)])

    assert isinstance(shown, dict)
    first, resolution = shown["clocks"]
    assert (first["clock"], first["phase"], first["elapsed"]) == ("first_response", "achieved", 600)
    assert resolution["target"] == 4 * 3600
    assert missing.exit_code == 1


@pytest.mark.parametrize("month", ["2026-13", "9999-12", "0000-01", "March"])
def test_month_that_is_none_is_told(month: str) -> None:
    """A month that no calendar has is a sentence and exit status 2."""
    result = CliRunner().invoke(app, ["report", "--month", month, "--policy", str(ROOT)])

    assert result.exit_code == 2
    assert "is no month; write 2026-03" in result.output
