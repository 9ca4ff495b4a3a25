# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate case`: everything of an outage's cases without the helpdesk and without the daemon."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.commands.case import call_time
from bot.rules.events import AnswerGiven, CaseEntered, CaseLinked
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.settings import NAMES
from bot.store.store import Store
from bot.store.waiting import TICKETS

REFERENCE = "ACM-4F7KQ2XN-M"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CASE = Ticket(
    ticket_id="00000001",
    origin=Origin.MAILBOX,
    created_at=NOON,
    updated_at=NOON,
    status=Status.NEW,
    subject="Portal [bold]is down",
    description="Nothing works.",
    reference=REFERENCE,
    requester=Person(name="Nora Wind", email="nora@northwind.example"),
)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]
) -> CliRunner:
    """The command line with a store in which one case waits."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = place_store(tmp_path / "desk.sqlite3")
    monkeypatch.setenv("DESKMATE_STORE", url)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text("desk: acme\nzone: Europe/Stockholm\n")
    opened = Change(
        "m", NOON, ChangeKind.CREATED, Actor.REQUESTER, is_public=True, body="Nothing works."
    )
    with Store.open(url, clock=SystemClock()) as store:
        store.write(lambda tx: (tx.tickets.save(CASE), tx.tickets.add_change("00000001", opened)))
        due = {"phase": "running", "due_at": (NOON + timedelta(hours=1)).isoformat()}
        store.write(lambda tx: tx.tickets.save_clocks("00000001", {"first_response": due}))
    return CliRunner()


def _written(tmp_path: Path) -> list[object]:
    with Store.open(f"sqlite:///{tmp_path}/desk.sqlite3", clock=SystemClock()) as store:
        claimed = store.write(
            lambda tx: tx.inbox.claim(now=SystemClock().now(), lease_seconds=1, limit=10)
        )
    return [row.event.fact for row in claimed]


def test_list_says_who_waits_and_what_is_due(run: CliRunner) -> None:
    """One line a case; a customer's brackets are no colours."""
    result = run.invoke(app, ["case", "list"])

    assert result.exit_code == 0
    assert REFERENCE in result.output and "Portal [bold]is" in result.output


def test_list_for_scripts(run: CliRunner) -> None:
    """Instants, age of what was cached, and how many mails are held."""
    shown = json.loads(run.invoke(app, ["case", "list", "--all", "--json"]).output)

    [case] = shown["cases"]
    assert (case["name"], case["waits_since"]) == (REFERENCE, NOON.isoformat())
    assert case["due_at"] == (NOON + timedelta(hours=1)).isoformat()
    assert (shown["tickets_as_of"], shown["held"]) == (None, 0)


def test_case_is_shown_word_by_word(run: CliRunner) -> None:
    """By its reference in any case."""
    result = run.invoke(app, ["case", "show", REFERENCE.lower()])

    assert result.exit_code == 0
    assert "Nora Wind" in result.output and "Nothing works." in result.output


def test_known_ticket_is_shown_with_its_age(run: CliRunner, tmp_path: Path) -> None:
    """What the helpdesk showed last says when that was; a case of ours says nothing of it."""
    now = SystemClock().now()
    known = Ticket("00000002", Origin.HELPDESK, NOON, NOON, Status.OPEN, "Known", "Words",
                   number=4711)  # fmt: skip
    read_at = {"at": (now - timedelta(minutes=5)).isoformat()}
    with Store.open(f"sqlite:///{tmp_path}/desk.sqlite3", clock=SystemClock()) as store:
        store.write(lambda tx: (tx.tickets.save(known), tx.states.save(TICKETS, read_at)))

    shown = run.invoke(app, ["case", "show", "#4711"]).output
    ours = run.invoke(app, ["case", "show", REFERENCE]).output
    assert f"as of {now - timedelta(minutes=5):%H:%M} UTC (5 min ago)" in shown
    assert "as of" not in ours


def test_answer_is_written_down_once(run: CliRunner, tmp_path: Path) -> None:
    """From standard input, with who answered; the same words twice are one answer."""
    for _ in range(2):
        result = run.invoke(app, ["case", "answer", REFERENCE, "--by", "Bo"], input="Try again.\n")
        assert result.exit_code == 0

    assert _written(tmp_path) == [AnswerGiven("ticket:00000001", "Try again.", "Bo", "command")]


def test_call_is_entered_with_its_time(run: CliRunner, tmp_path: Path) -> None:
    """In the desk's zone: 14:05 in Stockholm."""
    command = ["case", "new", "Portal is down", "--from", "nora@northwind.example", "--by", "Bo"]
    yesterday = (SystemClock().now() - timedelta(days=1)).date()

    result = run.invoke(app, [*command, "--at", f"{yesterday}T14:05"])

    [call] = _written(tmp_path)
    assert result.exit_code == 0
    assert isinstance(call, CaseEntered)
    assert call.called_at.astimezone(UTC).hour in (12, 13)
    assert call.caller.email == "nora@northwind.example"


@pytest.mark.parametrize(
    ("typed", "utc"),
    [("now", "12:00"), ("12:30", "11:30"), ("9:05", "08:05"), ("2026-03-01T23:59", "22:59")],
)
def test_time_of_a_call_is_read_as_people_type_it(typed: str, utc: str) -> None:
    """Today's clock time, or a date and a time, in the desk's zone."""
    assert f"{call_time(typed, 'Europe/Stockholm', NOON).astimezone(UTC):%H:%M}" == utc


@pytest.mark.parametrize("typed", ["soon", "14:05", "25:00", "2020-01-01T10:00"])
def test_time_that_cannot_be_is_refused(typed: str) -> None:
    """Not a time, not yet, or long ago."""
    with pytest.raises(ValueError, match="--at"):
        call_time(typed, "Europe/Stockholm", NOON)


@pytest.mark.parametrize(
    "command",
    [
        ["case", "show", "ACM-00000000-0"],
        ["case", "answer", "ACM-00000000-0", "--text", "Hello"],
        ["case", "answer", REFERENCE, "--text", " "],
        ["case", "take", "abc"],
    ],
)
def test_what_cannot_be_done_is_said(run: CliRunner, command: list[str]) -> None:
    """In a sentence, with exit status 1."""
    result = run.invoke(app, command, input="")

    assert result.exit_code == 1
    assert "deskmate: " in result.output and "Traceback" not in result.output


def test_link_is_written_down_once_it_can_be(run: CliRunner, tmp_path: Path) -> None:
    """The daemon gets who says so; what is no case and what has a number is refused at once."""
    linked = run.invoke(app, ["case", "link", REFERENCE, "77", "--by", "Bo"])
    unknown = run.invoke(app, ["case", "link", "ACM-00000000-X", "77"])

    assert (linked.exit_code, unknown.exit_code) == (0, 1)
    assert "is no case" in unknown.output and "inbox show link/" in linked.output
    assert _written(tmp_path) == [CaseLinked(CASE.ticket_id, 77, "Bo")]
