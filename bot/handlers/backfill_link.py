# SPDX-License-Identifier: GPL-3.0-or-later
"""Adopts for a case the ticket that a person names: made by hand, while the helpdesk came back.

No likeness finds such a ticket, whose words are our people's. A link is final, as an adoption is.
"""

from __future__ import annotations

from datetime import datetime

from bot.handlers.backfill import adopt, standing_of, write_down
from bot.handlers.handled import Handled, NeedsTicket
from bot.rules.backfill import Adopt, Stage, Written, is_given_up
from bot.rules.engine import CompiledPolicy
from bot.rules.events import CaseLinked, Event
from bot.rules.ticket import Origin, Snapshot, Status, Ticket
from bot.store.transaction import Reader, Transaction


def link_case(
    event: Event,
    linked: CaseLinked,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    picture: Snapshot | None = None,
) -> Handled | NeedsTicket:
    """Let the case be that ticket, once; `picture` shows one that we have not seen before."""
    case = tx.tickets.load(linked.ticket_id)
    problem = why_not(case, linked.number, tx)
    known = tx.tickets.by_number(linked.number)
    if not problem and known is None and picture is None:
        return NeedsTicket(linked.number)
    shown = known or picture
    if shown is not None and shown.status is Status.CLOSED:
        problem = problem or f"cannot be #{linked.number}, which is closed and takes no note"
    if case is None:
        return Handled(problem)
    asked = f"{linked.person} asked for #{linked.number}"
    if problem:
        write_down(case, f"{problem}: {asked}", event, tx, compiled, now=now)
        return Handled(problem, case.ticket_id)
    found = Adopt(linked.number, asked, Written(), picture)
    adopt(found, case, tx, compiled, now=now)
    write_down(case, f"adopted as #{linked.number}: {asked}", event, tx, compiled, now=now)
    return Handled(Stage.ADOPTED, case.ticket_id)


def why_not(case: Ticket | None, number: int, reader: Reader) -> str:
    """Why a case cannot be this ticket; empty where it can."""
    if case is None or case.origin is not Origin.MAILBOX or is_given_up(case):
        return "is no case"
    if case.number is not None:
        return f"is #{case.number} already"
    standing = standing_of(case, reader)
    if standing is not None and standing.stage is Stage.IMPORTING:
        return "is being written to the helpdesk"
    known = reader.tickets.by_number(number)
    if known is not None and known.origin is Origin.MAILBOX:
        return f"cannot be #{number}, which is {known.reference or 'another case'} already"
    return ""
