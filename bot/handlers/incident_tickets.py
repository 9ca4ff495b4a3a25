# SPDX-License-Identifier: GPL-3.0-or-later
"""The tickets of an incident: linked with a note, and told what a person wrote and sent.

Nothing reaches a customer that a person did not send; who may not send leaves notes for those who
may. A ticket tagged `security` is never answered from here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.handlers.case_notes import add_note
from bot.handlers.case_words import is_case, mail_to_customer
from bot.rules.actions import Outgoing, TicketUpdate
from bot.rules.consequences import SECURITY
from bot.rules.engine import CompiledPolicy
from bot.rules.history import Change, ChangeKind
from bot.rules.incident_orders import code_of
from bot.rules.incident_values import Incident, IncidentOrdered, Step
from bot.rules.incidents import severity_of
from bot.rules.rights import may
from bot.rules.ticket import Actor, Origin, Ticket
from bot.store.incidents import affected_by, link_ticket, unlink_ticket
from bot.store.transaction import Transaction

SEND = "send_update"
"""The right to write to every customer of an incident."""
OF_USE = timedelta(hours=4)
"""An update that could not be written for so long says nothing true any more."""


def link(
    incident: Incident, ticket_id: str, by: str, tx: Transaction, *, key: str, now: datetime
) -> bool:
    """Make a ticket part of an incident and say so in it; False where it is already."""
    ticket = tx.tickets.load(ticket_id)
    if ticket is None or not link_ticket(incident.number, ticket_id, by, tx, at=now):
        return False
    _note(ticket, f"Part of incident {incident.name} (by {by}).", tx,
          key=f"{incident.thread}/link/{key}", now=now)  # fmt: skip
    return True


def move_tickets(joined: Incident, into: Incident, by: str, tx: Transaction, *, key: str,
                 now: datetime) -> int:  # fmt: skip
    """Make the tickets of one incident part of another, since when they were; says how many."""
    count = 0
    for each in affected_by(joined.number, tx):
        unlink_ticket(joined.number, each.ticket_id, tx)
        ticket = tx.tickets.load(each.ticket_id)
        is_new = link_ticket(into.number, each.ticket_id, each.by, tx, at=each.since)
        count += is_new
        if ticket is not None and is_new:
            text = f"{joined.name} is part of incident {into.name} (by {by})."
            _note(ticket, text, tx, key=f"{into.thread}/link/{key}", now=now)
    return count


def write_updates(
    incident: Incident,
    order: IncidentOrdered,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> tuple[Step, int]:
    """Send the draft to the customer of each open ticket, or leave it there as a note.

    Says what came of it, and in how many tickets; who reads no language that a draft was
    written in is not written to.
    """
    is_public = may(compiled.policy, SEND, order.by, order.user_id)
    key, count = f"{incident.thread}/update/{incident.updates + 1}", 0
    every = severity_of(incident, compiled.policy.incidents).update_every
    expires_at = now + min(every or OF_USE, OF_USE)
    for each in affected_by(incident.number, tx):
        ticket = tx.tickets.load(each.ticket_id)
        if ticket is None or ticket.status.is_done:
            continue
        text = _words(incident, ticket, compiled)
        if text is None:
            continue
        if is_public and _may_be_told(ticket):
            count += _send(ticket, text, tx, compiled, key=key, expires_at=expires_at, now=now)
        else:
            note = f"Draft of an update on incident {incident.name}, not sent to the customer:"
            _note(ticket, f"{note}\n\n{text}", tx, key=f"{key}/{now.isoformat()}", now=now)
            count += not is_public
    if not is_public:
        return Step.NOTED, count
    return (Step.SENT if count else Step.UNSENT), count


def _may_be_told(ticket: Ticket) -> bool:
    return ticket.origin is not Origin.ALERT and SECURITY not in ticket.tags


def _words(incident: Incident, ticket: Ticket, compiled: CompiledPolicy) -> str | None:
    """The draft in the customer's language, else the one for all; None where there is neither."""
    code = code_of(ticket.language or compiled.policy.language)
    return incident.drafts.get(code) or incident.drafts.get("")


def _send(
    ticket: Ticket,
    text: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    key: str,
    expires_at: datetime,
    now: datetime,
) -> bool:
    key = f"{key}/ticket:{ticket.ticket_id}"
    if not is_case(ticket):
        update = TicketUpdate(ticket.ticket_id, ticket.number, comment=text, is_public=True)
        tx.outbox.add(_row(ticket, update, key=key, expires_at=expires_at), now)
        return True
    is_sent = mail_to_customer(ticket, text, tx, compiled, key=key, now=now)
    said = Change(key, now, ChangeKind.COMMENT, Actor.SELF, is_public=is_sent, body=text)
    tx.tickets.add_change(ticket.ticket_id, said)
    return is_sent


def _note(ticket: Ticket, text: str, tx: Transaction, *, key: str, now: datetime) -> None:
    key = f"{key}/ticket:{ticket.ticket_id}"
    if is_case(ticket):
        add_note(ticket, text, tx, key=key, at=now)
        return
    update = TicketUpdate(ticket.ticket_id, ticket.number, comment=text)
    tx.outbox.add(_row(ticket, update, key=key, expires_at=None), now)


def _row(
    ticket: Ticket, update: TicketUpdate, *, key: str, expires_at: datetime | None
) -> Outgoing:
    return Outgoing(
        key=key,
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{ticket.ticket_id}",
        message=update,
        ticket_id=ticket.ticket_id,
        expires_at=expires_at,
    )
