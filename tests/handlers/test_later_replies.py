# SPDX-License-Identifier: GPL-3.0-or-later
"""What customers answer to our mails when the outage is over, and to what it belongs then."""

from __future__ import annotations

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
    look,
    written_to,
)
from desk import Desk

from bot.rules.actions import Notice
from bot.rules.mail import Fate, Trust
from bot.rules.probes import Verdict
from bot.rules.ticket import Ticket

PRIVATE = "nora.wind@mail.example"


def words(desk: Desk, number: int) -> list[str]:
    """Every message of a ticket, in order."""
    return [each.body for each in desk.world.comments(number)]


def told_of(desk: Desk, kind: str) -> list[str | None]:
    """The references of which our people read such a notice in chat."""
    return [
        outgoing.message.reference
        for _, outgoing in desk.channel.delivered
        if isinstance(outgoing.message, Notice)
        and (outgoing.message.kind, outgoing.destination) == (kind, "slack:support")
    ]


def case_there(desk: Desk) -> Ticket:
    """A case of an outage that is over; the helpdesk has it."""
    declare_down(desk)
    key = arrive(desk)
    all_clear(desk, 3 * MINUTE)
    return case_of(desk, key)


@pytest.mark.parametrize(
    ("sender", "trust", "answered"),
    [
        (PRIVATE, Trust.PASSED, 1),
        ("jo@northwind.example", Trust.NOTHING, 1),
        (NORA, Trust.FAILED, 0),
    ],
)
def test_reply_of_somebody_else_is_a_case_of_their_own(
    desk: Desk, sender: str, trust: Trust, answered: int
) -> None:
    """Also while the helpdesk is there, which never had this mail; it names the other case."""
    case = case_there(desk)
    heard = len(written_to(desk, sender))
    key = arrive(desk, Mail("Still broken", f"Re: [{case.reference}]", sender, trust=trust))
    desk.run(3 * MINUTE)

    other = case_of(desk, key)
    assert (fate_of(desk, key), other.ticket_id == case.ticket_id) == (Fate.CASE, False)
    assert other.number is not None, "it came into the helpdesk by itself"
    assert any(str(case.reference) in each for each in words(desk, other.number))
    assert other.reference in told_of(desk, "case")
    assert len(written_to(desk, sender)) - heard == answered


def set_status(desk: Desk, number: int, status: str) -> None:
    """An agent sets a ticket's status; the one who closes it has solved it before."""
    ada = desk.furniture.agents["ada"]
    for each in ("solved", "closed") if status == "closed" else (status,):
        desk.world.change_ticket(
            number, by=ada, values={"assignee_id": ada.user_id, "status": each}
        )


def reply_to(desk: Desk, case: Ticket) -> str:
    """The customer writes again, by the case's reference."""
    key = arrive(desk, Mail("Broken again", f"Re: Portal is down [{case.reference}]"))
    desk.run(3 * MINUTE)
    return key


@pytest.mark.parametrize("status", ["solved", "pending", "hold"])
def test_reply_opens_a_ticket_as_it_would_in_the_helpdesk(desk: Desk, status: str) -> None:
    """A note alone would lie in a ticket that nobody looks at."""
    case = case_there(desk)
    assert case.number is not None
    set_status(desk, case.number, status)
    desk.run(2 * MINUTE)
    key = reply_to(desk, case)

    assert fate_of(desk, key) is Fate.REPLY
    assert any("Broken again" in each for each in words(desk, case.number))
    shown = desk.world.ticket(case.number)
    assert shown is not None and shown.status == "open"


@pytest.mark.parametrize("status", ["closed", "deleted"])
def test_reply_to_what_takes_no_words_is_a_case_that_names_it(desk: Desk, status: str) -> None:
    """The helpdesk would refuse the note, and the customer's words with it."""
    case = case_there(desk)
    assert case.number is not None
    if status == "deleted":
        desk.world.delete_ticket(case.number, by=desk.furniture.agents["ada"])
    else:
        set_status(desk, case.number, status)
    desk.run(2 * MINUTE)
    other = case_of(desk, reply_to(desk, case))

    assert other.number not in (None, case.number)
    assert any(
        f"names {case.reference} (#{case.number}), which is {status}" in each
        for each in words(desk, other.number or 0)
    )


def test_second_reply_to_what_takes_no_words_joins_the_first(desk: Desk) -> None:
    """One matter, one case, until that is done; of somebody else it is another's."""
    case = case_there(desk)
    assert case.number is not None
    set_status(desk, case.number, "closed")
    desk.run(2 * MINUTE)
    first = case_of(desk, reply_to(desk, case))
    again = reply_to(desk, case)
    colleague = arrive(desk, Mail("Me too", f"Re: [{case.reference}]", "jo@northwind.example"))
    stranger = [arrive(desk, Mail("And I", f"Re: [{case.reference}]", PRIVATE)) for _ in range(2)]
    set_status(desk, first.number or 0, "solved")
    desk.run(2 * MINUTE)
    later = reply_to(desk, case)

    assert (fate_of(desk, again), case_of(desk, again).ticket_id) == (Fate.REPLY, first.ticket_id)
    opened = [first, *(case_of(desk, key) for key in (colleague, stranger[0], later))]
    assert len({each.ticket_id for each in opened}) == 4
    assert case_of(desk, stranger[1]).ticket_id == opened[2].ticket_id


def test_forged_second_reply_joins_nothing(desk: Desk) -> None:
    """Who is not who they say gets a case apart, also beside one that was opened apart."""
    case = case_there(desk)
    arrive(desk, Mail("Still broken", f"Re: [{case.reference}]", PRIVATE))
    forged = arrive(
        desk, Mail("Your password?", f"Re: [{case.reference}]", PRIVATE, trust=Trust.FAILED)
    )

    assert fate_of(desk, forged) is Fate.CASE


def test_words_that_a_ticket_refuses_are_told(desk: Desk) -> None:
    """It was closed before we could see it: our people read the words and why."""
    case = case_there(desk)
    assert case.number is not None
    set_status(desk, case.number, "closed")
    arrive(desk, Mail("Broken again", f"Re: Portal is down [{case.reference}]"))
    desk.run(3 * MINUTE)

    [told] = [
        out.message for _, out in desk.channel.delivered
        if isinstance(out.message, Notice) and out.message.reason.startswith("note_refused")
        and out.destination == "slack:support"
    ]  # fmt: skip
    assert f"#{case.number}" in told.reason and "closed" in told.reason
    assert "Broken again" in told.quote


def answer_by_number(desk: Desk, subject: str, *, is_solved: bool) -> tuple[int, str]:
    """A mail in an outage whose subject has the number of a customer's ticket; both names."""
    number = desk.write("My printer is broken")
    desk.run(2 * MINUTE)
    if is_solved:
        set_status(desk, number, "solved")
        desk.run(2 * MINUTE)
    sender = desk.ticket(number).requester.email or ""
    declare_down(desk)
    return number, arrive(desk, Mail("Nobody can work", subject.format(number), sender))


def test_number_in_a_fresh_mail_joins_nothing(desk: Desk) -> None:
    """An order, an invoice: the customer is acknowledged, and our people hear of a new case."""
    number, key = answer_by_number(desk, "Order #{}: portal is down", is_solved=False)

    case = case_of(desk, key)
    assert (fate_of(desk, key), case.number) == (Fate.CASE, None)
    assert case.ticket_id != desk.ticket(number).ticket_id
    assert len(written_to(desk, case.requester.email or "")) == 1


def test_number_of_a_done_ticket_is_named_and_not_joined(desk: Desk) -> None:
    """Who answers an old mail of the helpdesk may write of something new."""
    number, key = answer_by_number(desk, "Re: [Acme #{}] printer", is_solved=True)

    with desk.store.read() as reader:
        notes = [each.body or "" for each in reader.tickets.history(case_of(desk, key).ticket_id)]
    assert fate_of(desk, key) is Fate.CASE
    assert f"The mail names #{number}, which is solved." in notes


def test_copy_of_a_reply_to_the_helpdesk_is_not_joined_again(desk: Desk) -> None:
    """The mailbox gets copies of support mail; the helpdesk was there and has the words itself."""
    look(desk, 2 * MINUTE, Verdict.OK)
    number = desk.write("My printer is broken")
    desk.run(2 * MINUTE)
    customer = desk.furniture.customers["contoso"]
    desk.world.add_comment(number, "More words", by=customer, via="email")
    subject = f"Re: [Acme] Ticket #{number}: My printer"
    key = arrive(desk, Mail("More words", subject, sender=customer.email or ""))
    look(desk, 3 * MINUTE, Verdict.OK)

    with desk.store.read() as reader:
        history = reader.tickets.history(desk.ticket(number).ticket_id)
    assert fate_of(desk, key) is Fate.NOTED
    assert [each.body for each in history].count("More words") == 1
    assert words(desk, number).count("More words") == 1


def test_note_says_that_the_helpdesk_was_down_where_it_was(desk: Desk) -> None:
    """What an agent reads of a reply that came long after the outage is true."""
    case = case_there(desk)
    look(desk, 2 * MINUTE, Verdict.OK)
    desk.run(10 * MINUTE)
    reply_to(desk, case)
    declare_down(desk)
    arrive(desk, Mail("Worse now", f"Re: [{case.reference}]"))
    all_clear(desk, 3 * MINUTE)

    said = [each for each in words(desk, case.number or 0) if "wrote to the mailbox" in each]
    assert ["while the helpdesk was down" in each for each in said] == [
        False, True,
    ]  # fmt: skip


def test_case_after_the_outage_repeats_no_summary(desk: Desk) -> None:
    """The figures of the outage are as they were told."""
    case = case_there(desk)
    key = arrive(desk, Mail("Still broken", f"Re: [{case.reference}]", PRIVATE))
    desk.run(10 * MINUTE)

    assert case_of(desk, key).number is not None
    told = [
        out.message.reason for _, out in desk.channel.delivered
        if isinstance(out.message, Notice) and out.message.reason.startswith("backfilled")
        and out.destination == "slack:support"
    ]  # fmt: skip
    assert len(told) == 1
