# SPDX-License-Identifier: GPL-3.0-or-later
"""What our people hear of the way back: late copies, refusals, and one summary with its sum."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.handlers.outage_times import BEFORE, BEGAN
from bot.rules.actions import Notice, NoticeKind, Outgoing, TicketUpdate, Urgency
from bot.rules.backfill import Stage
from bot.rules.backfill_state import PREFIX, Progress, Standing, from_row, progress_of
from bot.rules.backfill_sum import Sum, sum_of
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.events import TwinsSought
from bot.rules.history import ChangeKind
from bot.rules.mail import Twin
from bot.rules.ticket import Origin, Ticket
from bot.store.transaction import Reader, Transaction

MAIL_KEY = "mail/"
"""How the history names what a mail of that key said."""
TOLD = "backfill"
"""The state that says which figures our people were told."""
MOST = 100_000
"""Cases that are looked through at the end; those that the helpdesk refused stay there."""


def tell_of_copies(
    ticket: Ticket,
    copies: Sequence[Twin],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """A person has to merge them: said once each, and noted in the ticket."""
    for copy in copies:
        said = f"{copy.name} = #{ticket.number} ({ticket.reference})"
        _tell("late_copy", said, ticket, tx, compiled, key=f"copy/{copy.name}", now=now)
        note = f"The helpdesk made a copy of this from the customer's mail: {copy.name}."
        tx.outbox.add(
            Outgoing(
                key=f"note/ticket:{ticket.ticket_id}/copy/{copy.name}",
                destination="helpdesk",
                order_key=f"helpdesk/ticket:{ticket.ticket_id}",
                message=TicketUpdate(ticket.ticket_id, ticket.number, comment=note),
                urgency=Urgency.LOW,
                ticket_id=ticket.ticket_id,
            ),
            now,
        )


def tell_of_parked(
    ticket: Ticket,
    why: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    refused_at: datetime,
    now: datetime,
) -> None:
    """The helpdesk refuses a case: it stays with us, and a person knows; once each time."""
    said = f"{ticket.reference} ({why})"
    key = f"refused/{refused_at.isoformat()}"
    _tell("case_refused", said, ticket, tx, compiled, key=key, now=now)


def tell_of_stuck(
    ticket: Ticket,
    why: str,
    others: int,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """The helpdesk neither takes nor refuses a case, and so many others: one message for all."""
    said = f"{ticket.reference} ({why})" + (f" + {others}" if others else "")
    _tell("case_stuck", said, ticket, tx, compiled, key=f"stuck/{now.isoformat()}", now=now)


def tell_of_unread(
    ticket: Ticket, sought: TwinsSought, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """The helpdesk goes on failing when it is asked about one case: once a look, with why."""
    said = f"{ticket.reference} ({sought.trouble})"
    _tell("case_unread", said, ticket, tx, compiled, key=f"unread/{sought.turn}", now=now)


def tell_when_through(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> None:
    """One summary when no case is under way any more; again only when there were more.

    A case of a later day, which an answer to our mail opened, changes no figure of the outage.
    """
    if tx.tickets.cases_without_number(1, untouched=PREFIX):
        return
    if any(_stage(each, tx) is Stage.IMPORTING for each in tx.tickets.cases_without_number(MOST)):
        return
    incident = tx.incidents.latest() or 0
    progress, known = progress_in(tx), tx.states.load(TOLD) or {}
    if not progress.is_through:
        return
    is_same = known.get("incident") == incident
    figures = f"{progress.total}/{progress.parked}"
    if is_same and known.get("figures") == figures:
        return
    summed = sum_in(tx, incident)
    told = {"incident": incident, "figures": figures, "said": summed.said}
    tx.states.save(TOLD, {**told, "at": now.isoformat()})
    if is_same and known.get("said") == summed.said:
        return
    code = "backfilled" if summed.is_zero else "backfill_off"
    _tell(code, summed.said, None, tx, compiled, key=f"{incident}/{figures}", now=now)
    tx.incidents.add(incident, now, code, {"sum": summed.said})


def progress_in(reader: Reader) -> Progress:
    """How many cases are where, over all outages that are remembered."""
    rows = reader.states.starting_with(PREFIX).values()
    waiting = reader.tickets.count_cases_without_number(untouched=PREFIX)
    return progress_of((str(row["stage"]) for row in rows), waiting)


def sum_in(reader: Reader, incident: int) -> Sum:
    """The sum of one outage, from the ledger of mails and the cases that they opened."""
    mails = reader.mails.of_incident(incident)
    named = {row.ticket_id for row in mails if row.ticket_id}
    tickets = {each: reader.tickets.load(each) for each in named}
    stages = {each: _standing(each, reader) for each in named}
    return sum_of(
        [(row.fate, row.ticket_id) for row in mails],
        {key: value for key, value in tickets.items() if value is not None},
        {key: value.stage for key, value in stages.items() if value is not None},
        unwritten=_unwritten(incident, named, reader),
    )


def _unwritten(incident: int, named: set[str], reader: Reader) -> list[Ticket]:
    """Cases since the outage began whose mail has no row in the ledger."""
    told = (each.detail.get(BEGAN) for each in reader.incidents.of(incident))
    began = [datetime.fromisoformat(each) for each in told if each]
    if not began:
        return []
    since = reader.tickets.created_since(min(began) - BEFORE)
    unnamed = (t for t in since if t.origin is Origin.MAILBOX and t.ticket_id not in named)
    return [each for each in unnamed if not _has_mail(each, reader)]


def _has_mail(case: Ticket, reader: Reader) -> bool:
    """Whether the mail that opened it is there; a call that a person entered had none."""
    history = reader.tickets.history(case.ticket_id)
    keys = [each.key for each in history if each.kind is ChangeKind.CREATED]
    mails = [key.removeprefix(MAIL_KEY) for key in keys if key.startswith(MAIL_KEY)]
    return all(reader.mails.by_key(key) is not None for key in mails)


def _stage(ticket: Ticket, reader: Reader) -> Stage | None:
    standing = _standing(ticket.ticket_id, reader)
    return standing.stage if standing is not None else None


def _standing(ticket_id: str, reader: Reader) -> Standing | None:
    row = reader.states.load(f"{PREFIX}{ticket_id}")
    return from_row(row) if row is not None else None


def _tell(
    code: str,
    said: str,
    ticket: Ticket | None,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    key: str,
    now: datetime,
) -> None:
    policy = compiled.policy
    notice = Notice(
        kind=NoticeKind.ADMIN,
        thread=f"ticket:{ticket.ticket_id}" if ticket is not None else "backfill",
        at=now,
        reason=f"{code}:{said}",
        title=ticket.subject if ticket is not None else "",
        ticket_id=ticket.ticket_id if ticket is not None else None,
        number=ticket.number if ticket is not None else None,
        reference=ticket.reference if ticket is not None else None,
        language=policy.language,
        zone=policy.zone,
    )
    named = f"{code}/{ticket.ticket_id if ticket is not None else 'all'}/{key}"
    for row in tell(policy.outage.tell, notice, compiled, key=named, now=now):
        tx.outbox.add(row, now)
