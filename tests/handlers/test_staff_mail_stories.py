# SPDX-License-Identifier: GPL-3.0-or-later
"""What our people write in answer to a notice, and what of it may reach a customer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from case_mails import (
    MINUTE,
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

from bot.rules.actions import Notice
from bot.rules.events import CaseEntered, Event
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate, MailFile, Trust
from bot.rules.ticket import Origin, Person, Ticket

ADA = "ada@acme.example"


@pytest.mark.parametrize("trust", [Trust.NOTHING, Trust.FAILED])
def test_unproven_colleague_does_not_answer_a_customer(desk: Desk, trust: Trust) -> None:
    """A customer in copy of a reply has its token: what they write with it is held, and told."""
    case = _case(desk)

    key = arrive(desk, Mail("Send us your password", sender="anybody@acme.example", trust=trust,
                            references=(notice_id(case),)))  # fmt: skip

    assert fate_of(desk, key) is Fate.HELD
    assert len(written_to(desk)) == 1
    assert "slack:support" in [where for where, _ in desk.told("admin")]


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Semester", {"auto-submitted": "auto-generated"}),
        ("Semester", {"x-auto-response-suppress": "All"}),
        ("Out of office", {"auto-submitted": "auto-replied"}),
    ],
)
def test_auto_responder_of_ours_does_not_answer_a_customer(
    desk: Desk, subject: str, headers: Mapping[str, str]
) -> None:
    """The customer is not told of our holidays; the case says who is away."""
    case = _case(desk)

    key = arrive(desk, Mail("I am away until 1 August.", subject, ADA, headers,
                            references=(notice_id(case),)))  # fmt: skip

    assert fate_of(desk, key) is Fate.AUTOMATIC
    assert len(written_to(desk)) == 1
    assert any("auto-responder of ada@acme.example" in each for each in _notes(desk, case))


def test_taking_with_a_closing_is_no_answer(desk: Desk) -> None:
    """The customer is not sent "I have it"; the case has an owner, and nobody is told a doubt."""
    case = _case(desk)

    key = _answered(desk, case, "I have it, thanks\n\nBest regards,\nAda Agent\nAcme Support")

    assert (fate_of(desk, key), len(written_to(desk))) == (Fate.STAFF, 1)
    assert _is_taken(desk, case)
    assert _told_ada(desk) == []


@pytest.mark.parametrize("between", ["", "--\n1. "])
def test_words_beside_taking_are_kept_and_told(desk: Desk, between: str) -> None:
    """Whether they were for the customer nobody can say but their writer."""
    case = _case(desk)

    key = _answered(desk, case, f"I have it.\n\n{between}Please restart your client.")

    assert (fate_of(desk, key), len(written_to(desk))) == (Fate.HELD, 1)
    assert _is_taken(desk, case)
    assert "said more than that" in _told_ada(desk)[0]
    assert any("Please restart your client." in each for each in _notes(desk, case))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("On 2 March 2026 at 09:10, Desk <escalations@acme.example> wrote:\nPortal is down\n\n"
         "Restart your client.", "nothing in it"),
        ("Please check these:\nFrom: a@b.example\nTo: d@e.example\nSubject: test\n\nIn your mail.",
         "look like another mail"),
    ],
)  # fmt: skip
def test_answer_that_may_be_cut_is_told_not_sent(desk: Desk, text: str, why: str) -> None:
    """The customer gets no half of it; its writer hears, and the case keeps every word."""
    case = _case(desk)

    key = _answered(desk, case, text)

    assert (fate_of(desk, key), len(written_to(desk))) == (Fate.HELD, 1)
    assert why in _told_ada(desk)[0]
    assert "slack:support" in [where for where, _ in desk.told("admin")]
    assert text in _notes(desk, case)


def test_files_of_an_answer_are_told_to_its_writer(desk: Desk) -> None:
    """The words went out; that the file did not, they would not know. A logo is no file."""
    case = _case(desk)
    logo = MailFile("image001.png", "image/png", 4_000)

    _answered(desk, case, "The fix is attached.", logo)
    told_of_logo = list(_told_ada(desk))
    _answered(desk, case, "Here it is again.", logo, MailFile("fix.zip", "application/zip", 900))

    assert [len(written_to(desk)), told_of_logo] == [3, []]
    assert "without its files (fix.zip)" in _told_ada(desk)[0]


def test_answer_to_nobody_is_told_to_its_writer(desk: Desk) -> None:
    """A caller left no address: the words are in the case, and whoever wrote them knows."""
    declare_down(desk)
    call = CaseEntered(desk.clock.now(), Person(name="Carl"), "Portal is down", "All", "Bo")
    desk.store.receive([Event("call/1", "mail/calls", call.called_at, "command", call)]).result()
    desk.run()
    with desk.store.read() as reader:
        [case] = [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]

    _answered(desk, case, "We are on it.")

    assert "no address" in _told_ada(desk)[0]
    assert "We are on it." in _notes(desk, case)


def test_held_answer_reaches_the_ticket(desk: Desk) -> None:
    """Whoever works in the helpdesk reads the words, the files' names, and why nobody got them."""
    case = _case(desk)
    all_clear(desk, 3 * MINUTE)
    sent = len(written_to(desk))
    text = "Please do this:\n\n--\n1. Restart it."

    _answered(desk, case, text, MailFile("fix.zip", "application/zip", 900))
    arrive(desk, Mail("I am away.", "Away", ADA, {"auto-submitted": "auto-replied"},
                      references=(notice_id(case),)))  # fmt: skip
    desk.run(3 * MINUTE)

    notes = [each.body for each in desk.world.comments(_number_of(desk, case))]
    assert any(text in each and "fix.zip" in each for each in notes)
    assert any("was not sent to the customer: what stands where" in each for each in notes)
    assert any("An auto-responder of ada@acme.example" in each for each in notes)
    assert len(written_to(desk)) == sent


def _number_of(desk: Desk, case: Ticket) -> int:
    """The number that the helpdesk gave a case."""
    with desk.store.read() as reader:
        ticket = reader.tickets.load(case.ticket_id)
    assert ticket is not None and ticket.number is not None, "the helpdesk has it not"
    return ticket.number


def _answered(desk: Desk, case: Ticket, text: str, *files: MailFile) -> str:
    mail = Mail(text, "Re: NEW CASE", ADA, references=(notice_id(case),), files=files)
    return arrive(desk, mail)


def _told_ada(desk: Desk) -> list[str]:
    """The reasons that Ada was mailed."""
    return [
        outgoing.message.reason
        for _, outgoing in desk.channel.delivered
        if isinstance(outgoing.message, Notice) and outgoing.destination == f"mail:{ADA}"
    ]


def _is_taken(desk: Desk, case: Ticket) -> bool:
    with desk.store.read() as reader:
        kinds = [each.kind for each in reader.tickets.history(case.ticket_id)]
    return ChangeKind.TAKEN in kinds


def _case(desk: Desk) -> Ticket:
    declare_down(desk)
    return case_of(desk, arrive(desk))


def _notes(desk: Desk, case: Ticket) -> list[str]:
    with desk.store.read() as reader:
        return [each.body or "" for each in reader.tickets.history(case.ticket_id)]
