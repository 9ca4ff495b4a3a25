# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes beside a case's words: in its own history, or for the helpdesk that has the ticket."""

from __future__ import annotations

from datetime import datetime

from bot.rules.actions import Outgoing, TicketUpdate, Timer
from bot.rules.backfill import Stage
from bot.rules.backfill_state import PREFIX, TIMER, from_row
from bot.rules.history import Change, ChangeKind
from bot.rules.mail import MailReceived
from bot.rules.ticket import Actor, Ticket
from bot.store.transaction import Transaction

_LONGEST_NOTE = 30_000
_MOST_FILES = 20


def add_note(ticket: Ticket, text: str, tx: Transaction, *, key: str, at: datetime) -> None:
    """An internal note of ours in a case's history."""
    tx.tickets.add_change(
        ticket.ticket_id, Change(key, at, ChangeKind.COMMENT, Actor.SELF, body=text)
    )


def note_of_mail(ticket: Ticket, mail: MailReceived, tx: Transaction) -> None:
    """What the words do not show: attachments, and that only the beginning could be read."""
    said = []
    if mail.files:
        names = ", ".join(f"{each.name} ({each.size:,} bytes)" for each in mail.files[:_MOST_FILES])
        more = len(mail.files) - _MOST_FILES
        said.append(f"Attached: {names}" + (f" and {more} more." if more > 0 else "."))
    if mail.is_partial:
        said.append("Only the beginning of the mail was read.")
    if said:
        said.append(f"The whole mail is kept as {mail.raw}.eml.")
        note = " ".join(said)
        add_note(ticket, note, tx, key=beside(mail.key), at=mail.received_at)


def beside(mail: str) -> str:
    """The key of the note that a mail with more than words has."""
    return f"mail/{mail}/beside"


def note_there(
    ticket: Ticket, said: str, at: datetime, text: str, tx: Transaction, *, key: str, now: datetime
) -> None:
    """A ticket that the helpdesk has gets the words as an internal note, once it is back.

    Not as a public one: the customer has had the mail, or has written it.
    """
    if ticket.number is None or _is_on_its_way(ticket, tx, now=now):
        return
    when = f"{at:%Y-%m-%d %H:%M} UTC"
    note = f"{said} at {when}, while the helpdesk was down:\n\n{text[:_LONGEST_NOTE]}"
    update = TicketUpdate(ticket.ticket_id, ticket.number, comment=note)
    tx.outbox.add(
        Outgoing(
            key=f"note/ticket:{ticket.ticket_id}/{key}",
            destination="helpdesk",
            order_key=f"helpdesk/ticket:{ticket.ticket_id}",
            message=update,
            ticket_id=ticket.ticket_id,
        ),
        now,
    )


def _is_on_its_way(ticket: Ticket, tx: Transaction, *, now: datetime) -> bool:
    """Whether earlier words of a case must go first: then all that it lacks follow at once."""
    row = tx.states.load(f"{PREFIX}{ticket.ticket_id}")
    if row is None or from_row(row).stage in (Stage.IMPORTED, Stage.ADOPTED):
        return False
    tx.timers.set(Timer(f"{PREFIX}{ticket.ticket_id}", TIMER, now, ticket_id=ticket.ticket_id))
    return True
