# SPDX-License-Identifier: GPL-3.0-or-later
"""Outages are listed and told from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.settings import NAMES
from bot.store.store import Store

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A store with one outage of half an hour."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path}/desk.sqlite3"
    monkeypatch.setenv("DESKMATE_STORE", url)
    happened = (
        (2, "declared", {"began": NINE.isoformat(), "seen": "503"}),
        (32, "answering_again", {"answered": (NINE + timedelta(minutes=30)).isoformat()}),
        (42, "recovered", {}),
    )
    with Store.open(url, clock=SystemClock()) as store:
        for minute, kind, detail in happened:
            at = NINE + timedelta(minutes=minute)
            store.write(lambda tx, a=at, k=kind, d=detail: tx.incidents.add(1, a, k, d))
    return tmp_path


def _call(*words: str) -> Result:
    return CliRunner().invoke(app, ["incident", *words])


def test_outages_are_listed(folder: Path) -> None:
    """With how long each was away."""
    [row] = json.loads(_call("list", "--json").output)["incidents"]

    assert (row["incident"], row["away_seconds"]) == (1, 1800.0)
    assert "away 30 min 00 s" in _call("list").output


def test_report_is_markdown_in_the_zone_that_was_asked_for(folder: Path) -> None:
    """Nine o'clock UTC is ten in Stockholm."""
    result = _call("report", "1", "--zone", "Europe/Stockholm")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("# Outage 1 of the helpdesk\n")
    assert "2026-03-02 10:00:00 | It began |" in result.output
    assert "2026-03-02 10:02:00 | Declared down | 503 |" in result.output


def test_report_is_written_as_a_page(folder: Path) -> None:
    """One file that stands by itself."""
    result = _call("report", "1", "--html", str(folder / "report.html"))

    page = (folder / "report.html").read_text("utf-8")
    assert result.exit_code == 0, result.output
    assert "Declared down" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    "words",
    [("report", "7"), ("report", "1", "--zone", "Mars"), ("report", "1", "--promised", "100"),
     ("report", "1", "--html", "/nowhere/at/all.html"), ("list", "--zone", "../etc")],
)  # fmt: skip
def test_what_cannot_be_told_is_said(folder: Path, words: tuple[str, ...]) -> None:
    """Without a trace of the program."""
    result = _call(*words)

    assert result.exit_code == 2
    assert result.output.startswith("deskmate: ")
    assert "Traceback" not in result.output
