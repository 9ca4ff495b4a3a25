# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/desk` answers about cases, and what it writes down."""

from __future__ import annotations

import pytest
from sources_doors import NOW

from bot.clock import VirtualClock
from bot.rules.events import AnswerGiven
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.sources.chat_commands import DeskCommands
from bot.store.store import Store

REFERENCE = "ACM-4F7KQ2XN-M"
CASE = Ticket(
    ticket_id="00000001",
    origin=Origin.MAILBOX,
    created_at=NOW,
    updated_at=NOW,
    status=Status.NEW,
    subject="Portal is down",
    description="It is down.\x1b[31m",
    reference=REFERENCE,
    requester=Person(email="nora@northwind.example"),
)


@pytest.fixture
def commands(store: Store, clock: VirtualClock) -> DeskCommands:
    """The commands of an English desk that has one case."""
    opened = Change("m", NOW, ChangeKind.CREATED, Actor.REQUESTER, body=CASE.description)
    store.write(lambda tx: (tx.tickets.save(CASE), tx.tickets.add_change("00000001", opened)))
    return DeskCommands(store, clock, lambda: "en")


def test_cases_are_listed(commands: DeskCommands) -> None:
    """Reference, whose and what, a line each."""
    assert commands("cases", "Bo") == f"{REFERENCE} - nora@northwind.example - Portal is down"


def test_case_is_shown_by_its_reference(commands: DeskCommands) -> None:
    """As people type it, and nothing in it moves a terminal's cursor."""
    shown = commands(f"case [{REFERENCE.lower()}]", "Bo")

    assert "It is down." in shown
    assert "\x1b" not in shown


def test_answer_is_written_down_before_it_is_promised(commands: DeskCommands, store: Store) -> None:
    """Twice within a minute, as Slack repeats what it takes for lost, is one answer."""
    said = [commands(f"answer {REFERENCE} We are on it.", "Bo") for _ in range(2)]

    with store.read() as reader:
        waiting = reader.inbox.waiting()
    assert "on its way" in said[0] or "written down" in said[0]
    assert said[0] == said[1]
    assert waiting == 1


def test_answer_holds_every_word(commands: DeskCommands, store: Store, clock: VirtualClock) -> None:
    """Line by line as it was typed, with who typed it."""
    commands(f"answer {REFERENCE} First line\nsecond  line", "Bo")

    [claimed] = store.write(lambda tx: tx.inbox.claim(now=clock.now(), lease_seconds=5, limit=5))
    assert claimed.event.fact == AnswerGiven(
        "ticket:00000001", "First line\nsecond  line", "Bo", "slack"
    )


@pytest.mark.parametrize("text", ["answer ACM-00000000-0 Hello", f"answer {REFERENCE}", "case X-1"])
def test_what_cannot_be_done_is_said(commands: DeskCommands, store: Store, text: str) -> None:
    """And nothing is written down."""
    said = commands(text, "Bo")

    with store.read() as reader:
        assert reader.inbox.waiting() == 0
    assert said


def test_everything_else_is_answered_by_the_help(commands: DeskCommands) -> None:
    """The help names the commands."""
    assert "/desk answer" in commands("what?", "Bo")
