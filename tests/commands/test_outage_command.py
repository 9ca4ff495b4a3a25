# SPDX-License-Identifier: GPL-3.0-or-later
"""An outage is looked at, declared and cleared from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.handlers.outage import STATE
from bot.rules.desk_links import whose
from bot.rules.events import OutageOrdered
from bot.rules.outage_state import Blind, OutageState, Phase, to_row
from bot.settings import NAMES
from bot.store.store import Store
from bot.store.views import PageView, add_local_view, add_view, taken_back_at


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]) -> str:
    """An empty store."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = place_store(tmp_path / "desk.sqlite3")
    monkeypatch.setenv("DESKMATE_STORE", url)
    return url


def _call(*words: str) -> Result:
    return CliRunner().invoke(app, ["outage", *words])


def _orders(url: str) -> list[OutageOrdered]:
    now = SystemClock().now() + timedelta(seconds=1)
    with Store.open(url, clock=SystemClock()) as store:
        rows = store.write(lambda tx: tx.inbox.claim(now=now, lease_seconds=1, limit=9))
    return [row.event.fact for row in rows if isinstance(row.event.fact, OutageOrdered)]


def _down(url: str) -> None:
    state = OutageState(phase=Phase.DOWN, since=SystemClock().now(), incident=3)
    with Store.open(url, clock=SystemClock()) as store:
        store.write(lambda tx: tx.states.save(STATE, to_row(state)))


def test_declaration_is_written_down_with_who_and_why(url: str) -> None:
    """The daemon finds who declares what, why, and until when."""
    result = _call("declare", "--because", "agents cannot log in", "--for", "2h", "--by", "bo")

    (order,) = _orders(url)
    assert result.exit_code == 0, result.output
    assert (order.is_down, order.because, order.by) == (True, "agents cannot log in", "bo")
    assert order.until is not None
    left = order.until - SystemClock().now()
    assert timedelta(minutes=118) < left <= timedelta(hours=2)


@pytest.mark.parametrize(
    "words",
    [("--because", " "), ("--because", "x", "--for", "3d"), ("--because", "x", "--for", "?")],
)
def test_declaration_without_reason_or_near_end_is_refused(
    url: str, words: tuple[str, ...]
) -> None:
    """Nothing is written down, and the person reads what to write instead."""
    result = _call("declare", *words)

    assert result.exit_code == 2
    assert "deskmate:" in result.output
    assert _orders(url) == []


def test_status_shows_what_fails_by_itself_and_what_the_vendor_says(url: str) -> None:
    """It is there (exit status 0); the vendor's words are text, never markup."""
    since = SystemClock().now().isoformat()
    watch = {"unseen": [], "missed": 3, "has_worked": True, "since": since}
    with Store.open(url, clock=SystemClock()) as store:
        store.write(
            lambda tx: (
                tx.states.save("degraded", {"webhooks": watch}),
                tx.states.save("vendor", {"words": "it says: [bold]Pod 17[/bold]"}),
            )
        )

    result = _call("status")

    assert result.exit_code == 0, result.output
    assert "failing    webhooks, since " in result.output
    assert "vendor     it says: [bold]Pod 17[/bold]" in result.output


def test_all_clear_is_written_down_while_it_is_down(url: str) -> None:
    """With who says so and why."""
    _down(url)

    result = _call("clear", "--because", "the vendor says so", "--by", "bo")

    assert result.exit_code == 0, result.output
    assert _orders(url) == [OutageOrdered(False, "the vendor says so", "bo")]


def test_nothing_to_clear_is_said(url: str) -> None:
    """A helpdesk that is there needs no all-clear."""
    result = _call("clear", "--because", "x")

    assert result.exit_code == 2
    assert "nothing to clear" in result.output
    assert _orders(url) == []


def test_both_status_commands_say_that_it_is_not_seen(url: str) -> None:
    """`healthy` alone would be believed by whoever looks there at night."""
    state = OutageState(blind=Blind.NETWORK, blind_since=SystemClock().now())
    with Store.open(url, clock=SystemClock()) as store:
        store.write(lambda tx: tx.states.save(STATE, to_row(state)))

    whole, rows = CliRunner().invoke(app, ["status"]), CliRunner().invoke(app, ["status", "--json"])

    assert "blind (network) since" in whole.output
    assert json.loads(rows.output)["blind"] == "network"
    assert "blind (network) since" in _call("status").output


def test_status_says_by_its_exit_whether_it_is_down(url: str) -> None:
    """A script needs no word of it."""
    before = _call("status")
    _down(url)

    after = _call("status", "--json")

    assert (before.exit_code, after.exit_code) == (0, 1)
    assert json.loads(after.output)["incident"] == 3


@pytest.fixture
def desk(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A desk with one person on its roster, and the settings that links need."""
    (tmp_path / "rules.yaml").write_text(
        "desk: test\npeople: {bo: {mail: bo@acme.example}}\n"
        "rosters: {duty: {zone: UTC, rotation: {people: [bo], every: 1w, since: 2026-01-05}}}\n"
    )
    monkeypatch.setenv("DESKMATE_LINK_SECRET", "a secret of sixteen or more")
    monkeypatch.setenv("DESKMATE_PUBLIC_URL", "https://desk.example")
    monkeypatch.chdir(tmp_path)
    return url


def test_link_is_made_for_a_person_of_the_roster(desk: str) -> None:
    """For so long as was asked; who made it is written down."""
    result = _call("link", "bo", "--for", "2h", "--by", "eva")

    assert result.exit_code == 0, result.output
    token = result.stdout.splitlines()[0].removeprefix("https://desk.example/continuity/")
    assert whose(token, "a secret of sixteen or more") == "bo"
    with Store.open(desk, clock=SystemClock()) as store, store.read() as reader:
        [entry] = reader.journal.of("continuity/links")
    assert entry.reasons[0].because == ("bo",) and entry.reasons[0].evidence[0] == "eva"


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (("bob",), {}, "did you mean bo?"),
        (("bo", "--for", "25h"), {}, "24h"),
        (("bo",), {"DESKMATE_PUBLIC_URL": "http://desk.example"}, "is no https address"),
        (("bo",), {"DESKMATE_PUBLIC_URL": ""}, "DESKMATE_PUBLIC_URL is not set"),
        (("bo",), {"DESKMATE_LINK_SECRET": ""}, "DESKMATE_LINK_SECRET is not set"),
    ],
)
def test_link_that_would_lead_nowhere_is_refused(
    desk: str,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    environment: dict[str, str],
    said: str,
) -> None:
    """With what to set or to write instead."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    result = _call("link", *words)

    assert result.exit_code == 2
    assert said in result.output and "continuity/" not in result.output


def test_links_are_taken_back_and_views_are_listed(desk: str) -> None:
    """Until now; who read what from where stands in a line, with nothing of it as markup."""
    now = SystemClock().now()
    view = PageView(now, "bo", "case [red]X[/red]", "192.0.2.9")
    with Store.open(desk, clock=SystemClock()) as store:
        store.write(lambda tx: add_local_view(replace(view, person="local", page="who waits"), tx))
        store.write(lambda tx: add_view(view, tx))

    revoked, listed = _call("link", "bo", "--revoke"), _call("views")
    rows = json.loads(_call("views", "--json").stdout)["views"]

    assert (revoked.exit_code, listed.exit_code) == (0, 0)
    assert "bo  case [red]X[/red]  192.0.2.9" in listed.output
    assert sorted(each["person"] for each in rows) == ["bo", "local"]
    with Store.open(desk, clock=SystemClock()) as store, store.read() as reader:
        taken_back = taken_back_at("bo", reader)
    assert taken_back is not None and taken_back >= now
