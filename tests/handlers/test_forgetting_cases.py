# SPDX-License-Identifier: GPL-3.0-or-later
"""A person is forgotten while their case is on its way into the helpdesk."""

from __future__ import annotations

from pathlib import Path

from case_mails import MINUTE, NORA, Mail, all_clear, arrive, case_of, declare_down, told_of
from desk import Desk

from bot.commands.forgetter import Forgetter
from bot.handlers.backfill_notices import progress_in
from bot.ports import Outcome, TryLater, Unknown
from bot.rules.actions import TicketCreation
from bot.rules.backfill_state import PREFIX
from bot.rules.events import CaseLinked, Event
from bot.rules.ticket import Status, Ticket
from bot.sandbox.fakes import FakeHelpdesk
from bot.sources.mail_spool import Spool

OLA = "ola@contoso.example"


class Stubborn(FakeHelpdesk):
    """Makes no ticket of one case: puts it off, or does not say whether it did."""

    reference: str | None = None
    loses_answers = False

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        if creation.external_id != self.reference:
            return super().create(key, creation)
        return Unknown("no answer") if self.loses_answers else TryLater("busy", 60.0)

    def was_created(self, creation: TicketCreation) -> Outcome:
        if self.loses_answers and creation.external_id == self.reference:
            return Unknown("no answer")
        return super().was_created(creation)


def stubborn(desk: Desk, case: Ticket) -> Stubborn:
    """Let the desk write to a helpdesk that does not take this case."""
    helpdesk = Stubborn(desk.world, desk.compiled.policy.helpdesk)
    helpdesk.reference = case.reference
    desk.helpdesk = helpdesk
    return helpdesk


def forget(desk: Desk, folder: Path) -> bool:
    """Nora wants to be forgotten, at once."""
    spool = Spool(folder / "mails")
    return Forgetter(NORA, "gone-1", desk.store, spool, desk.clock).forget(even_open=True)


def stored(desk: Desk, case: Ticket) -> Ticket:
    """The case as it is now."""
    with desk.store.read() as reader:
        found = reader.tickets.load(case.ticket_id)
    assert found is not None
    return found


def summaries(desk: Desk) -> list[str]:
    """What a room was told at the end."""
    return told_of(desk, "backfill")


def test_forgotten_case_keeps_no_summary_waiting(desk: Desk, tmp_path: Path) -> None:
    """It was the last on its way: the others are summed up at once, and so is the next outage."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    arrive(desk, Mail(sender=OLA))
    stubborn(desk, case)
    all_clear(desk)
    assert summaries(desk) == []

    forgotten = forget(desk, tmp_path)
    desk.run(MINUTE)

    with desk.store.read() as reader:
        left, standing = progress_in(reader), reader.states.load(f"{PREFIX}{case.ticket_id}")
    assert (forgotten, left.is_through, standing) == (True, True, None)
    assert summaries(desk) == ["backfilled:2 mails = 2 case; 2 cases = 1 imported + 1 given up"]


def test_case_that_may_be_there_is_not_given_up(desk: Desk, tmp_path: Path) -> None:
    """While its answer is lost nothing is forgotten; once that is known they are."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    helpdesk = stubborn(desk, case)
    helpdesk.loses_answers = True
    all_clear(desk)

    assert forget(desk, tmp_path) is False
    assert stored(desk, case) == case
    helpdesk.reference = None
    desk.run(5 * MINUTE)
    assert forget(desk, tmp_path) is True


def test_ticket_of_a_given_up_case_is_not_the_case(desk: Desk, tmp_path: Path) -> None:
    """Whatever the helpdesk shows under its reference later, what was forgotten stays so."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    forget(desk, tmp_path)
    desk.world.faults.clear()
    desk.world.create_ticket(
        case.subject, "Her words", requester=NORA, values={"external_id": case.reference}
    )
    all_clear(desk)

    left = stored(desk, case)
    assert (left.number, left.status, left.description) == (None, Status.DELETED, "")


def test_case_linked_to_an_agents_ticket_is_hers(desk: Desk, tmp_path: Path) -> None:
    """Nora's words go; Bo, in whose name the helpdesk has the ticket, is not forgotten with her."""
    declare_down(desk)
    case, bo = case_of(desk, arrive(desk)), desk.furniture.agents["bo"]
    desk.world.faults.clear()
    number = desk.world.create_ticket("Nora called", "See mailbox", requester=bo).number
    other = desk.world.create_ticket("My own", "Bo's matter", requester=bo).number
    now, linked = desk.clock.now(), CaseLinked(case.ticket_id, number, "Bo")
    desk.store.receive([Event("link", f"case/{case.ticket_id}", now, "command", linked)]).result()
    all_clear(desk, 5 * MINUTE)

    forget(desk, tmp_path)

    assert (stored(desk, case).description, stored(desk, case).writer) == ("", None)
    assert desk.ticket(other).description == "Bo's matter"
    assert desk.ticket(other).requester.email == bo.email
