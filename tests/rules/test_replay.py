# SPDX-License-Identifier: GPL-3.0-or-later
"""A ticket goes back to any of its events as it was then, before anything was decided on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.rules.conditions import MachineMail
from bot.rules.events import Occasion
from bot.rules.history import Change, ChangeKind
from bot.rules.policy import Effects, Rule
from bot.rules.replay import PastEvent, occasions, past_event
from bot.rules.ticket import Actor, Origin, Status, Ticket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULE = Rule(
    rule_id="down",
    condition=MachineMail(),
    effects=Effects(add_tags=("outage",), fields={"team": "red"}),
    occasions=frozenset({Occasion.CREATED}),
)


def _change(minute: int, kind: ChangeKind, actor: Actor, **more: object) -> Change:
    at = NOON + timedelta(minutes=minute)
    return replace(Change(f"k{minute}/{kind}/{more.get('field')}", at, kind, actor), **more)  # type: ignore[arg-type]


CREATED = _change(0, ChangeKind.CREATED, Actor.REQUESTER, is_public=True)
OWN = _change(0, ChangeKind.FIELD, Actor.SELF, field="priority", old="low", new="urgent")
REPLY = _change(5, ChangeKind.COMMENT, Actor.REQUESTER, is_public=True, body="Still")
NOTE = _change(6, ChangeKind.COMMENT, Actor.AGENT, body="Looking")
LOWERED = _change(7, ChangeKind.FIELD, Actor.AGENT, field="priority", old="urgent", new="normal")
SOLVED = _change(8, ChangeKind.FIELD, Actor.AGENT, field="status", old="new", new="solved")
REOPENED = _change(9, ChangeKind.FIELD, Actor.REQUESTER, field="status", old="solved", new="open")
HISTORY = (CREATED, OWN, REPLY, NOTE, LOWERED, SOLVED, REOPENED)
TICKET = Ticket(
    ticket_id="t1",
    origin=Origin.HELPDESK,
    created_at=NOON,
    updated_at=NOON,
    status=Status.OPEN,
    subject="Portal",
    description="It is down",
    priority="normal",
    tags=frozenset({"outage", "vip"}),
    fields={"team": "red", "plan": "gold", "escalation_level": "1"},
    set_by={"priority": Actor.AGENT, "status": Actor.REQUESTER},
    fired={"down": CREATED.key, "loud": REOPENED.key},
)


def _event(number: int | None) -> PastEvent:
    found = past_event(TICKET, HISTORY, (RULE,), number)
    assert found is not None
    return found


def test_replay_names_the_occasions_of_rules() -> None:
    """Own changes are no occasion; a reply, a note, a change, a solution and a reopening are."""
    assert occasions(TICKET, HISTORY) == [
        (0, Occasion.CREATED),
        (2, Occasion.REQUESTER_REPLY),
        (3, Occasion.INTERNAL_NOTE),
        (4, Occasion.UPDATED),
        (5, Occasion.SOLVED),
        (6, Occasion.REOPENED),
    ]


def test_replay_opens_cases_of_the_mailbox_as_such() -> None:
    """A case from the escalation mailbox begins with the event that its rules ask for."""
    case = replace(TICKET, origin=Origin.MAILBOX)

    assert occasions(case, HISTORY)[0] == (0, Occasion.MAILBOX)


def test_replay_takes_decisions_off_a_new_ticket() -> None:
    """At its creation a ticket has what the requester gave it, and nothing that we did."""
    ticket = _event(1).ticket

    assert (ticket.priority, ticket.status) == ("low", Status.NEW)
    assert ticket.tags == {"vip"}
    assert ticket.fields == {"team": None, "plan": "gold"}
    assert ticket.set_by == {"priority": Actor.REQUESTER, "status": Actor.REQUESTER}
    assert ticket.fired == {}


def test_replay_keeps_what_was_decided_before() -> None:
    """At a later event our earlier decisions stand, and people's later ones do not yet."""
    past = _event(2)

    assert (past.occasion, past.change) == (Occasion.REQUESTER_REPLY, REPLY)
    assert (past.ticket.priority, past.ticket.set_by["priority"]) == ("urgent", Actor.SELF)
    assert past.ticket.tags == {"outage", "vip"}
    assert past.ticket.fired == {"down": CREATED.key}
    assert past.history == HISTORY[:3]


def test_replay_shows_the_change_of_its_event() -> None:
    """Rules that ask for a change see the field, both values and who made it."""
    [change] = _event(4).changes

    assert (change.field, change.old, change.new, change.actor) == (
        "priority", "urgent", "normal", Actor.AGENT,
    )  # fmt: skip
    assert _event(4).ticket.priority == "normal"


def test_replay_takes_the_last_event_by_default() -> None:
    """The last event is the ticket as it stands."""
    past = _event(None)

    assert (past.number, past.occasion) == (6, Occasion.REOPENED)
    assert (past.ticket.status, past.ticket.priority) == (Status.OPEN, "normal")
    assert past.ticket.fired == {"down": CREATED.key}


def test_replay_has_no_event_beyond_the_last() -> None:
    """A number that no event has finds nothing."""
    assert past_event(TICKET, HISTORY, (), 7) is None
    assert past_event(TICKET, (), (), None) is None
