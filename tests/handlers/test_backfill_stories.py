# SPDX-License-Identifier: GPL-3.0-or-later
"""How the cases of an outage come into the helpdesk that is back, each of them once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
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
    notice_id,
    told_of,
)
from desk import Desk

from bot.handlers.backfill import standing_of
from bot.handlers.backfill_notices import progress_in
from bot.rules.actions import TicketCreation
from bot.rules.backfill import Stage
from bot.rules.backfill_state import PREFIX, to_row
from bot.rules.events import Event, OutageOrdered
from bot.rules.mail import MailFile
from bot.rules.ticket import Status, Ticket
from bot.sandbox.faults import Fault
from bot.sandbox.world_values import DeskTicket

FIRST = "<first@northwind.example>"


def theirs(desk: Desk, email: str = NORA) -> list[DeskTicket]:
    """The helpdesk's tickets of a customer."""
    user = desk.world.people.user_by_email(email)
    return [each for each in desk.world.tickets() if user and each.requester_id == user.user_id]


def words(desk: Desk, number: int) -> list[str]:
    """Every message of a ticket, in order."""
    return [each.body for each in desk.world.comments(number)]


def late_mail(desk: Desk, text: str = "The portal is down, please help us.") -> None:
    """The helpdesk's own intake works off the mail that it had queued."""
    desk.world.mail_arrives(
        f"From: {NORA}\r\nTo: support@acme.example\r\nSubject: Portal is down\r\n"
        f"Message-ID: {FIRST}\r\n\r\n{text}\r\n".encode()
    )


def test_case_is_imported_with_every_word_and_its_time(desk: Desk) -> None:
    """One ticket, the words in order, at the instants at which they were said."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    arrive(desk, Mail(text="It is worse now", subject=f"Re: [{case.reference}]"))
    all_clear(desk)

    [ticket] = theirs(desk)
    assert (ticket.external_id, ticket.created_at) == (case.reference, case.created_at)
    assert [each for each in words(desk, ticket.number) if each != "Told the team."] == [
        "The portal is down, please help us.", "It is worse now",
    ]  # fmt: skip
    assert desk.ticket(ticket.number).ticket_id == case.ticket_id


def test_values_and_answers_come_along(desk: Desk) -> None:
    """Priority, tag and status as we had them; the answer stands there as our people's."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    answer = Mail(text="We are on it.", sender="ada@acme.example", references=(notice_id(case),))
    arrive(desk, answer)
    all_clear(desk)

    [ticket] = theirs(desk)
    assert (ticket.priority, ticket.status) == ("urgent", "pending")
    assert "outage" in ticket.tags
    said = [each for each in desk.world.comments(ticket.number) if "We are on it." in each.body]
    assert [each.is_public for each in said] == [True]
    assert said[0].author_id != ticket.requester_id


def test_files_of_a_mail_belong_to_its_message(desk: Desk) -> None:
    """Whoever writes the case into the helpdesk knows as which raw mail a word with files came."""
    declare_down(desk)
    case = case_of(desk, arrive(desk, Mail(files=(MailFile("a.png", "image/png", 9),))))
    arrive(desk, Mail(text="No file here", subject=f"Re: [{case.reference}]"))
    all_clear(desk)

    with desk.store.read() as reader:
        row = reader.outbox.by_key(f"import/{case.reference}")
    assert row is not None and isinstance(row.outgoing.message, TicketCreation)
    brought = {each.body: each.mail for each in row.outgoing.message.messages}
    assert brought["The portal is down, please help us."] == "0" * 64
    assert brought["No file here"] is None


def test_nothing_is_restarted(desk: Desk) -> None:
    """The clock goes on from the mail, nobody is warned twice, no word comes back as news."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    desk.run(35 * MINUTE)
    told = len(desk.told("sla_warning")), len(desk.told("rule"))
    all_clear(desk)
    desk.run(5 * MINUTE)

    with desk.store.read() as reader:
        clock = reader.tickets.clocks(case.ticket_id)["first_response"]
    assert clock["started_at"] == case.created_at.isoformat()
    assert (len(desk.told("sla_warning")), len(desk.told("rule"))) == told


def test_late_ticket_of_the_same_mail_is_adopted(desk: Desk) -> None:
    """The helpdesk had queued the mail: its ticket is the case, which keeps its clock."""
    declare_down(desk)
    case = case_of(desk, arrive(desk, Mail(message_id=FIRST)))
    arrive(desk, Mail(text="It is worse now", subject=f"Re: [{case.reference}]"))
    late_mail(desk)
    all_clear(desk)

    [ticket] = theirs(desk)
    assert desk.ticket(ticket.number).ticket_id == case.ticket_id
    assert sum("It is worse now" in each for each in words(desk, ticket.number)) == 1
    assert sum("please help us" in each for each in words(desk, ticket.number)) == 1
    came = f"{case.reference}: this mail reached us at {case.created_at:%Y-%m-%d %H:%M} UTC."
    assert sum(each.startswith(came) for each in words(desk, ticket.number)) == 1


def test_same_subject_with_other_words_is_another_matter(desk: Desk) -> None:
    """Who wrote twice under one subject has two tickets."""
    declare_down(desk)
    arrive(desk, Mail(text="First thing"))
    arrive(desk, Mail(text="Second thing"))
    all_clear(desk)

    assert len(theirs(desk)) == 2


def test_relapse_stops_it_and_it_goes_on_later(desk: Desk) -> None:
    """Twelve cases, down again in the middle: in the end forty tickets, one each."""
    declare_down(desk)
    for number in range(12):
        arrive(desk, Mail(text=f"Matter {number}", sender=f"c{number}@northwind.example"))
    all_clear(desk, MINUTE / 4)
    before = len(desk.world.tickets())
    declare_down(desk)
    desk.run(5 * MINUTE)
    during = len(desk.world.tickets())
    all_clear(desk, 2 * MINUTE)

    assert 0 < before <= during < 12
    assert [len(theirs(desk, f"c{n}@northwind.example")) for n in range(12)] == [1] * 12


def test_reply_after_the_import_is_a_note_once(desk: Desk) -> None:
    """What the customer writes to the mailbox afterwards stands in the ticket, not twice."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    all_clear(desk)
    arrive(desk, Mail(text="Solved, thanks", subject=f"Re: [{case.reference}]"))
    desk.run(5 * MINUTE)

    [ticket] = theirs(desk)
    assert sum("Solved, thanks" in each for each in words(desk, ticket.number)) == 1


def is_importing(desk: Desk, case: Ticket) -> bool:
    """Whether the import is decided; whether it was sent is another matter."""
    with desk.store.read() as reader:
        standing = standing_of(case, reader)
    return standing is not None and standing.stage is Stage.IMPORTING


@pytest.mark.parametrize("stage", [Stage.IMPORTING, Stage.PARKED])
def test_words_keep_their_order_while_a_case_is_on_its_way(desk: Desk, stage: Stage) -> None:
    """What is said before and after it has its number follows together, in order.

    Also where it was refused at first, and a person let it go again.
    """
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    desk.world.faults.clear()
    order = OutageOrdered(False, "the vendor says so", "Bo")
    desk.store.receive([Event("order", "outage", desk.clock.now(), "command", order)]).result()
    while not is_importing(desk, case):
        desk.clock.move_to(desk.clock.now() + timedelta(seconds=1))
        desk.inbox.handle()
        desk.finder.step(desk.clock.now())
    with desk.store.read() as reader:
        standing = standing_of(case, reader)
    assert standing is not None
    there = to_row(replace(standing, stage=stage))
    desk.store.write(lambda tx: tx.states.save(f"{PREFIX}{case.ticket_id}", there))
    for text in ("One more word", "And another"):
        arrive(desk, Mail(text=text, subject=f"Re: [{case.reference}]"))
    desk.run(MINUTE)

    [ticket] = theirs(desk)
    said = ("The portal is down", "One more word", "And another")
    shown = [each for each in words(desk, ticket.number) if any(word in each for word in said)]
    assert [word for each in shown for word in said if word in each] == list(said)


@pytest.mark.parametrize(
    ("late", "look"),
    [
        (timedelta(), timedelta(hours=1)),
        (timedelta(hours=2), timedelta(hours=24)),
        (timedelta(days=3), timedelta(days=7)),
    ],
)
def test_late_copy_is_told_once(desk: Desk, late: timedelta, look: timedelta) -> None:
    """The helpdesk works off the same mail: by the next look a person hears, who merges them."""
    declare_down(desk)
    case = case_of(desk, arrive(desk, Mail(message_id=FIRST)))
    all_clear(desk)
    with desk.store.read() as reader:
        standing = standing_of(case, reader)
    apart = timedelta(hours=4)
    desk.run(late, look_every=apart)
    late_mail(desk)
    desk.run(timedelta(days=8) - late, look_every=apart)

    original, copy = theirs(desk)
    said = f"late_copy:#{copy.number} = #{original.number} ({case.reference})"
    assert told_of(desk, "late_copy") == [said]
    assert standing is not None
    told = [
        at for at, out in desk.channel.delivered
        if getattr(out.message, "reason", "") == said and out.destination == "slack:support"
    ]  # fmt: skip
    assert look <= told[0] - standing.since <= look + apart
    assert sum("made a copy of this" in each for each in words(desk, original.number)) == 1


def test_suspended_copy_is_told(desk: Desk) -> None:
    """What the helpdesk put aside as spam is named too."""
    declare_down(desk)
    case_of(desk, arrive(desk, Mail(message_id=FIRST)))
    all_clear(desk)
    desk.world.faults.switch_on(Fault.MAIL_SUSPENDED)
    late_mail(desk)
    desk.run(timedelta(hours=2), look_every=timedelta(minutes=20))

    reasons = [getattr(out.message, "reason", "") for _, out in desk.channel.delivered]
    assert any(each.startswith("late_copy:suspended") for each in reasons)


def test_summary_is_told_once_with_its_sum(desk: Desk) -> None:
    """When the last case is there, our people read figures that add up."""
    declare_down(desk)
    arrive(desk)
    arrive(desk, Mail(text="Other", sender="ola@contoso.example"))
    all_clear(desk)
    desk.run(10 * MINUTE)

    said = [
        out.message.reason for _, out in desk.channel.delivered
        if getattr(out.message, "reason", "").startswith("backfill")
        and out.destination == "slack:support"
    ]  # fmt: skip
    assert said == ["backfilled:2 mails = 2 case; 2 cases = 2 imported"]


def test_solved_case_is_imported_solved(desk: Desk) -> None:
    """What is done stays done; it is in the helpdesk all the same."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    desk.store.write(lambda tx: tx.tickets.save(replace(case, status=Status.SOLVED)))
    all_clear(desk)

    assert [each.status for each in theirs(desk)] == ["solved"]


def test_progress_counts_each_case_once(desk: Desk) -> None:
    """Waiting, then imported; nothing else."""
    declare_down(desk)
    arrive(desk)
    with desk.store.read() as reader:
        before = progress_in(reader)
    all_clear(desk)
    with desk.store.read() as reader:
        after = progress_in(reader)

    assert (before.waiting, before.total) == (1, 1)
    assert (after.imported, after.total, after.is_through) == (1, 1, True)


def test_who_waits_goes_before_second_looks(desk: Desk) -> None:
    """Eight that were brought back an hour ago do not keep eight others waiting."""
    second = timedelta(seconds=1)
    for relapse in range(2):
        declare_down(desk)
        for number in range(8):
            arrive(desk, Mail(sender=f"c{number}@n{relapse}.example", text=f"Down, {relapse}"))
        desk.run(2 * MINUTE if relapse == 0 else 70 * MINUTE, look_every=10 * MINUTE)
        all_clear(desk, timedelta())
        desk.run((15, 8)[relapse] * second, look_every=second)
    with desk.store.read() as reader:
        standings = [standing_of(each, reader) for each in reader.tickets.all()]
    turns = Counter(standing.turn for standing in standings if standing is not None)

    assert turns[1] == 1, "between four that wait, one of the others is looked at"
    assert turns.total() >= 8 + 4, "nobody waits behind those that are there"
