# SPDX-License-Identifier: GPL-3.0-or-later
"""Staff made a case's ticket by hand, or took it away again afterwards: nothing comes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_mails import (
    MINUTE,
    NORA,
    Mail,
    all_clear,
    arrive,
    case_of,
    declare_down,
    fate_of,
    notice_id,
    written_to,
)
from desk import Desk

from bot.commands.case_view import view_case
from bot.rules.events import AnswerGiven, CaseLinked, Event
from bot.rules.mail import Fate
from bot.rules.ticket import Status, Ticket
from bot.sandbox.world_values import DeskTicket

ADA = "ada@acme.example"
FIRST = "<first@northwind.example>"


def tickets(desk: Desk) -> list[DeskTicket]:
    """What agents see in the helpdesk of customers."""
    seen = [each for each in desk.world.tickets() if each.status != "deleted"]
    return [each for each in seen if each.requester_id != desk.world.daemon.user_id]


def by_hand(desk: Desk) -> int:
    """An agent enters in his own words what a customer told him; the ticket's number."""
    return desk.world.create_ticket(
        "Nora called", "She asks to be called.", requester=NORA, by=desk.furniture.agents["bo"],
        is_public=False,
    ).number  # fmt: skip


def link(desk: Desk, case: Ticket, number: int) -> str:
    """A person says that the case is this ticket; what came of it."""
    now = desk.clock.now()
    key = f"link/{case.ticket_id}/{number}@{now.isoformat()}"
    fact = CaseLinked(case.ticket_id, number, "Bo")
    desk.store.receive([Event(key, f"case/{case.ticket_id}", now, "command", fact)]).result()
    desk.run()
    with desk.store.read() as reader:
        row = reader.inbox.by_key(key)
    assert row is not None
    return row.outcome or f"{row.state}: {row.reason}"


def words(desk: Desk, number: int) -> list[str]:
    """Every message of a ticket, in order."""
    return [each.body for each in desk.world.comments(number)]


@pytest.mark.parametrize("is_seen", [True, False])
def test_ticket_made_by_hand_is_the_case(desk: Desk, is_seen: bool) -> None:
    """No second one is made; it gets the customer's words once, and the clock of the mail."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    desk.world.faults.clear()
    number = by_hand(desk)
    if is_seen:
        desk.run(2 * MINUTE)
    linked = link(desk, case, number)
    all_clear(desk, 5 * MINUTE)
    desk.run(timedelta(hours=2), look_every=timedelta(minutes=20))

    assert linked == "adopted" or not is_seen
    assert [each.number for each in tickets(desk)] == [number]
    assert sum("please help us" in each for each in words(desk, number)) == 1
    assert desk.ticket(number).ticket_id == case.ticket_id
    assert [each.priority for each in tickets(desk)] == ["urgent"]
    with desk.store.read() as reader:
        clock = reader.tickets.clocks(case.ticket_id)["first_response"]
        said = [each.summary for each in reader.journal.of(f"ticket:{case.ticket_id}")]
    assert clock["started_at"] == case.created_at.isoformat()
    assert f"backfill: adopted as #{number}: Bo asked for #{number}" in said


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_an_agent_set_there_stays(desk: Desk, is_seen: bool) -> None:
    """Also where the link comes before we were shown the ticket that somebody works on."""
    declare_down(desk)
    case, bo = case_of(desk, arrive(desk)), desk.furniture.agents["bo"]
    desk.world.faults.clear()
    made = {"priority": "normal", "status": "open", "assignee_id": bo.user_id}
    number = desk.world.create_ticket(
        "Nora called", "She asks to be called.", requester=NORA, by=bo, values=made, is_public=False
    ).number
    if is_seen:
        desk.run(2 * MINUTE)
    link(desk, case, number)
    all_clear(desk, 5 * MINUTE)

    [ticket] = tickets(desk)
    assert (ticket.priority, ticket.status, ticket.assignee_id) == tuple(made.values())
    ours = desk.ticket(number)
    assert (ours.ticket_id, ours.priority) == (case.ticket_id, "normal")
    assert "incident" in str(ours.category), "what nobody set there is ours"


def test_what_an_agent_set_in_a_late_ticket_stays(desk: Desk) -> None:
    """Also where the case is found to be it before a poll has shown it."""
    declare_down(desk)
    case, bo = case_of(desk, arrive(desk, Mail(message_id=FIRST))), desk.furniture.agents["bo"]
    late = desk.world.mail_arrives(
        f"From: {NORA}\r\nTo: support@acme.example\r\nSubject: Portal is down\r\n"
        f"Message-ID: {FIRST}\r\n\r\nThe portal is down, please help us.\r\n".encode()
    ).number
    assert late is not None
    made = {"priority": "normal", "status": "open", "assignee_id": bo.user_id}
    desk.world.change_ticket(late, by=bo, values=made)
    all_clear(desk, MINUTE / 2)
    at_once = desk.ticket(late)
    desk.run(5 * MINUTE)

    shown = (at_once.ticket_id, at_once.priority, at_once.status)
    assert shown == (case.ticket_id, "normal", Status.OPEN)
    [ticket] = tickets(desk)
    assert (ticket.priority, ticket.status, ticket.assignee_id) == tuple(made.values())


def ticket_of_an_agent(desk: Desk) -> int:
    """An agent wrote it in his own name; the ticket's number."""
    agent = desk.furniture.agents["bo"]
    return desk.world.create_ticket("Nora called", "See mailbox", requester=agent).number


def test_customer_of_a_linked_case_is_who_wrote(desk: Desk) -> None:
    """Whoever the helpdesk says asked for it: answers go to her, and her replies join."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    desk.world.faults.clear()
    number = ticket_of_an_agent(desk)
    link(desk, case, number)
    all_clear(desk, 5 * MINUTE)
    agent = desk.ticket(number).requester.email
    before, now = len(written_to(desk)), desk.clock.now()
    answer = AnswerGiven(f"ticket:{case.ticket_id}", "It works again", "Bo", "command")
    desk.store.receive([Event("answer", f"case/{case.ticket_id}", now, "command", answer)]).result()
    desk.run(MINUTE)
    reply = arrive(desk, Mail(text="Thanks, but no", subject=f"Re: [{case.reference}]"))

    assert agent == desk.furniture.agents["bo"].email
    assert [each.to for each in written_to(desk)[before:]] == [NORA]
    assert fate_of(desk, reply) is Fate.REPLY


def test_answer_to_a_linked_case_is_not_told_as_unsent(desk: Desk) -> None:
    """The ticket's requester has no address, its customer has: nobody hears that there is none."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    desk.world.faults.clear()
    nobody = desk.world.people.add_user("Telephone", None)
    number = desk.world.create_ticket("Nora called", "See mailbox", requester=nobody).number
    link(desk, case, number)
    all_clear(desk, 5 * MINUTE)

    arrive(desk, Mail("We are on it.", "Re: NEW CASE", ADA, references=(notice_id(case),)))

    assert "We are on it." in written_to(desk)[-1].text
    assert f"mail:{ADA}" not in [outgoing.destination for _, outgoing in desk.channel.delivered]
    with desk.store.read() as reader:
        view = view_case(desk.ticket(number), reader)
    assert (view.listed.customer, view.words[0].who) == ("Nora Wind", "Nora Wind")


def test_second_link_changes_nothing(desk: Desk) -> None:
    """A case is one ticket, and a ticket one case; the journal keeps who asked for more."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    other = case_of(desk, arrive(desk, Mail(text="Other", sender="ola@contoso.example")))
    desk.world.faults.clear()
    first, second = by_hand(desk), by_hand(desk)
    desk.run(2 * MINUTE)

    assert link(desk, case, first) == "adopted"
    assert link(desk, case, second) == f"is #{first} already"
    assert link(desk, other, first) == f"cannot be #{first}, which is {case.reference} already"
    assert "could not be read" in link(desk, other, 999)
    all_clear(desk, 5 * MINUTE)
    assert len(tickets(desk)) == 3


def test_ticket_deleted_after_the_backfill_stays_deleted(desk: Desk) -> None:
    """Our people took it away: no look makes it again, nobody is called, its clock ends."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    all_clear(desk)
    [ticket] = tickets(desk)
    desk.world.delete_ticket(ticket.number)
    desk.run(5 * MINUTE)
    told = len(desk.channel.delivered)
    desk.run(timedelta(hours=26), look_every=timedelta(minutes=20))

    assert tickets(desk) == []
    assert len(desk.channel.delivered) == told
    with desk.store.read() as reader:
        kept = reader.tickets.load(case.ticket_id)
        clock = reader.tickets.clocks(case.ticket_id)["first_response"]
    assert kept is not None and kept.status is Status.DELETED
    assert clock["due_at"] is None or clock["phase"] != "running"
