# SPDX-License-Identifier: GPL-3.0-or-later
"""How our people work on the cases of an outage: answers, calls, what is held, what is long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from case_mails import (
    MINUTE,
    Mail,
    all_clear,
    arrive,
    case_of,
    come_back,
    declare_down,
    fate_of,
    go_down,
    notice_id,
    told_of,
    written_to,
)
from desk import Desk

from bot.handlers.backfill import standing_of
from bot.rules.backfill import Stage
from bot.rules.events import CaseEntered, Event, MailboxChanged, MailTaken
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate, MailFile, MailReceived
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket


def test_staff_answer_by_mail_reaches_the_customer(desk: Desk) -> None:
    """Above the notice: words for the customer, in their thread; the clock is answered."""
    go_down(desk)
    case = case_of(desk, arrive(desk, Mail(message_id="<first@northwind.example>")))
    text = "We are on it.\n\nOn Mon, 2 Mar 2026 Deskmate wrote:\n> NEW CASE, nobody has it"
    reply = Mail(text=text, sender="ada@acme.example", references=(notice_id(case),))
    key = arrive(desk, reply)

    sent = written_to(desk)[-1]
    with desk.store.read() as reader:
        clock = reader.tickets.clocks(case.ticket_id)["first_response"]
    assert fate_of(desk, key) is Fate.STAFF
    assert sent.text.startswith("We are on it.") and "NEW CASE" not in sent.text
    assert sent.in_reply_to == "<first@northwind.example>"
    assert clock["achieved_at"] is not None


def test_i_have_it_by_mail_is_no_answer(desk: Desk) -> None:
    """The customer is not sent "I have it."; the case has an owner."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    arrive(desk, Mail(text="I have it.", sender="ada@acme.example",
                      references=(notice_id(case),)))  # fmt: skip

    with desk.store.read() as reader:
        kinds = [each.kind for each in reader.tickets.history(case.ticket_id)]
    assert len(written_to(desk)) == 1
    assert ChangeKind.TAKEN in kinds


def test_customers_answer_opens_the_conversation_again(desk: Desk) -> None:
    """Answered, waiting for the customer; their reply is the next promise, here and there."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    arrive(desk, Mail(text="Try again, please", sender="ada@acme.example",
                      references=(notice_id(case),)))  # fmt: skip
    waiting = _status(desk, case.ticket_id)
    arrive(desk, Mail(text="No change", subject=f"Re: [{case.reference}]"))
    again = _status(desk, case.ticket_id)
    all_clear(desk)

    with desk.store.read() as reader:
        actors = [
            each.actor for each in reader.tickets.history(case.ticket_id)
            if each.kind is ChangeKind.COMMENT and each.is_public
        ]  # fmt: skip
    assert (waiting, again, _status_there(desk, case.ticket_id)) == (
        Status.PENDING, Status.OPEN, Status.OPEN
    )  # fmt: skip
    assert actors == [Actor.AGENT, Actor.REQUESTER]


def test_answer_while_the_case_is_imported_opens_it_there(desk: Desk) -> None:
    """It went into the helpdesk as one that waits for the customer, who has just written."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    arrive(desk, Mail(text="Try again, please", sender="ada@acme.example",
                      references=(notice_id(case),)))  # fmt: skip
    all_clear(desk, timedelta())
    while (stage := _stage(desk, case)) is None:
        desk.run(timedelta(seconds=1), look_every=timedelta(seconds=1))
    arrive(desk, Mail(text="No change", subject=f"Re: [{case.reference}]"))
    desk.run(2 * MINUTE)

    assert stage is Stage.IMPORTING
    assert _status_there(desk, case.ticket_id) is Status.OPEN


def test_nothing_of_a_case_waits_for_the_helpdesk(desk: Desk) -> None:
    """The helpdesk has no such ticket: no change of it may be written there."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    with desk.store.read() as reader:
        rows = reader.outbox.of_ticket(case.ticket_id)
        bodies = [each.body for each in reader.tickets.history(case.ticket_id)]

    assert [row for row in rows if row.outgoing.destination == "helpdesk"] == []
    assert "Told the team." in bodies


def test_dead_mailbox_is_told_once(desk: Desk) -> None:
    """And once more when it can be read again."""
    for number, is_read in enumerate((False, False, True, True)):
        event = Event(f"mb/{number}", "desk", desk.clock.now(), "mailbox", MailboxChanged(is_read))
        desk.store.receive([event]).result()
        desk.run(MINUTE)

    assert [where for where, _ in desk.told("admin")].count("slack:support") == 2


def test_telephone_call_is_a_case_from_its_time_on(desk: Desk) -> None:
    """Somebody rang ten minutes ago: the clock began then, and nobody is mailed."""
    go_down(desk)
    at = desk.clock.now() - 10 * MINUTE
    call = CaseEntered(at, Person(name="Carl", email="carl@contoso.example"), "Portal is down",
                       "All of it", "Bo")  # fmt: skip
    desk.store.receive([Event("call/1", "mail/calls", at, "command", call)]).result()
    desk.run()

    with desk.store.read() as reader:
        [case] = [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]
        clock = reader.tickets.clocks(case.ticket_id)["first_response"]
    assert (case.via, case.priority) == ("phone", "urgent")
    assert clock["due_at"] == (at + timedelta(hours=1)).isoformat()
    assert written_to(desk, "carl@contoso.example") == []


def test_attachments_are_named_in_the_case(desk: Desk) -> None:
    """Who works on it knows that there is more than words, and where it lies."""
    go_down(desk)
    case = case_of(desk, arrive(desk, Mail(files=(MailFile("error.png", "image/png", 2048),))))

    with desk.store.read() as reader:
        notes = [each.body or "" for each in reader.tickets.history(case.ticket_id)]
    assert any("error.png (2,048 bytes)" in note and ".eml" in note for note in notes)


def test_held_mail_becomes_a_case_by_a_person(desk: Desk) -> None:
    """What looked like a list's was a customer's; nobody is answered by itself."""
    go_down(desk)
    key = arrive(desk, Mail(headers={"precedence": "bulk"}))
    held = fate_of(desk, key)
    taken = Event("take/1", "mail/x", desk.clock.now(), "command", MailTaken(key, "Bo"))
    desk.store.receive([taken]).result()
    desk.run()

    assert (held, fate_of(desk, key)) == (Fate.HELD, Fate.CASE)
    assert case_of(desk, key).priority == "urgent"
    assert written_to(desk) == []


def test_mail_moved_out_of_the_spam_while_it_waited_is_a_case(desk: Desk) -> None:
    """Both are written down before the first is decided: the customer is answered all the same."""
    go_down(desk)
    key = arrive(desk, Mail(spam_folder="Junk"))
    with desk.store.read() as reader:
        came = reader.inbox.by_key(f"mail/{key}")
    assert came is not None and isinstance(came.event.fact, MailReceived)
    moved = replace(came.event.fact, spam_folder="")
    desk.store.receive([replace(came.event, key=f"mail/{key}/rescued", fact=moved)]).result()
    desk.run()

    assert fate_of(desk, key) is Fate.CASE
    assert len(written_to(desk)) == 1


def test_folder_full_of_spam_is_five_messages_and_a_count_an_hour(desk: Desk) -> None:
    """Each is held and listed; after a new outage the first ones are told one by one again."""
    go_down(desk)
    keys = [arrive(desk, Mail(spam_folder="Junk")) for _ in range(8)]
    singly = len(told_of(desk, "mail_held"))
    desk.run(61 * MINUTE)
    keys += [arrive(desk, Mail(spam_folder="Junk")) for _ in range(2)]
    desk.run(125 * MINUTE)

    assert (singly, len(told_of(desk, "mail_held"))) == (5, 5)
    assert told_of(desk, "mail_spam") == ["mail_spam:3", "mail_spam:2"]
    assert {fate_of(desk, key) for key in keys} == {Fate.HELD}

    come_back(desk, 2 * 60 * MINUTE)
    go_down(desk)
    arrive(desk, Mail(spam_folder="Junk"))

    assert len(told_of(desk, "mail_held")) == 6


def _status(desk: Desk, ticket_id: str) -> Status:
    with desk.store.read() as reader:
        ticket = reader.tickets.load(ticket_id)
    assert ticket is not None
    return ticket.status


def _status_there(desk: Desk, ticket_id: str) -> Status:
    """The status of a case's ticket in the helpdesk."""
    with desk.store.read() as reader:
        case = reader.tickets.load(ticket_id)
    shown = desk.world.ticket(case.number) if case is not None and case.number else None
    assert shown is not None, "it is not in the helpdesk"
    return Status(shown.status)


def _stage(desk: Desk, case: Ticket) -> Stage | None:
    with desk.store.read() as reader:
        standing = standing_of(case, reader)
    return standing.stage if standing is not None else None


@pytest.mark.parametrize("length", [1_500, 70_000])
def test_long_word_is_no_news_when_it_comes_back(desk: Desk, length: int) -> None:
    """The helpdesk shows what it was given, to its end or cut: the customer has said it once."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    long = "worse " * (length // 6)
    arrive(desk, Mail(text=long, subject=f"Re: [{case.reference}]"))
    all_clear(desk)
    desk.run(5 * MINUTE)

    with desk.store.read() as reader:
        said = [each.body or "" for each in reader.tickets.history(case.ticket_id)]
    assert sum("worse" in each for each in said) == 1
