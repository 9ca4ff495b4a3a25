# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes beside a case's words: in its own history, or for the helpdesk that has the ticket."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.handlers.outage_times import Standing, stood_at
from bot.rules.actions import Outgoing, TicketUpdate, Timer
from bot.rules.backfill import Stage
from bot.rules.backfill_state import PREFIX, TIMER, from_row
from bot.rules.history import Change, ChangeKind
from bot.rules.mail import Fate, MailReceived
from bot.rules.mail_limits import files_fit
from bot.rules.ticket import Actor, Ticket
from bot.store.mails import MailRow
from bot.store.transaction import Transaction

_LONGEST_NOTE = 30_000
_MOST_NAMED = 20
UNSENT = "The customer was sent the words without them."


def add_note(ticket: Ticket, text: str, tx: Transaction, *, key: str, at: datetime) -> None:
    """An internal note of ours in a case's history."""
    tx.tickets.add_change(
        ticket.ticket_id, Change(key, at, ChangeKind.COMMENT, Actor.SELF, body=text)
    )


def note_of_mail(ticket: Ticket, mail: MailReceived, tx: Transaction, *, more: str = "") -> None:
    """What the words do not show: attachments, and that only the beginning could be read.

    `more` is what else is to be said of its files.
    """
    note = _told_beside(mail, more)
    if note:
        add_note(ticket, note, tx, key=beside(mail.key), at=mail.received_at)


def beside(mail: str) -> str:
    """The key of the note that a mail with more than words has."""
    return f"mail/{mail}/beside"


def mails_with_files(mails: Sequence[MailRow], known: frozenset[str]) -> dict[str, str]:
    """The raw mails whose files go into the helpdesk, by the word that they go with.

    `known` are the keys of the case's history. Files of our own people hang on the internal note
    that names them: the customer was not sent them.
    """
    noted = [each for each in mails if each.raw and beside(each.key) in known]
    # Of older mails it is not known how many files they carry.
    fitting = files_fit([max(each.files, 1) for each in noted])
    return {
        beside(each.key) if each.fate is Fate.STAFF else f"mail/{each.key}": each.raw
        for each, fits in zip(noted, fitting, strict=True)
        if fits
    }


def note_there(
    ticket: Ticket,
    said: str,
    at: datetime,
    text: str,
    tx: Transaction,
    *,
    key: str,
    now: datetime,
    mail: MailReceived | None = None,
    more: str = "",
    is_reopened: bool = False,
) -> None:
    """A ticket that the helpdesk has gets the words as an internal note, once it is back.

    Not as a public one: the customer has had the mail, or has written it. The files of `mail` go
    with the note; `more` is what else is to be said of them. A note opens no ticket by itself, as
    the customer's reply would have there; `is_reopened` does.
    """
    if ticket.number is None or _is_on_its_way(ticket, tx, now=now):
        return
    when = f"{at:%Y-%m-%d %H:%M} UTC"
    was_down = stood_at(at, tx).standing is Standing.DOWN
    meanwhile = ", while the helpdesk was down" if was_down else ""
    note = f"{said} at {when}{meanwhile}:\n\n{text[:_LONGEST_NOTE]}"
    named = _told_beside(mail, more) if mail is not None else ""
    update = TicketUpdate(
        ticket.ticket_id,
        ticket.number,
        comment=f"{note}\n\n{named}" if named else note,
        mail=mail.raw if mail is not None and _still_fits(mail, ticket, tx) else None,
        is_reopened=is_reopened,
    )
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


def _told_beside(mail: MailReceived, more: str) -> str:
    said = []
    if mail.files:
        names = ", ".join(f"{each.name} ({each.size:,} bytes)" for each in mail.files[:_MOST_NAMED])
        others = len(mail.files) - _MOST_NAMED
        said.append(f"Attached: {names}" + (f" and {others} more." if others > 0 else "."))
        said += [more] if more else []
    if mail.is_partial:
        said.append("Only the beginning of the mail was read.")
    return " ".join([*said, f"The whole mail is kept as {mail.raw}.eml."]) if said else ""


def _still_fits(mail: MailReceived, ticket: Ticket, tx: Transaction) -> bool:
    """Whether the files of one more mail go along with those that the ticket was given."""
    if not mail.files:
        return False
    known = {each.key for each in tx.tickets.history(ticket.ticket_id)}
    mails = (each for each in tx.mails.of_ticket(ticket.ticket_id) if each.key != mail.key)
    earlier = [each.files for each in mails if beside(each.key) in known]
    return files_fit([*earlier, len(mail.files)])[-1]


def _is_on_its_way(ticket: Ticket, tx: Transaction, *, now: datetime) -> bool:
    """Whether earlier words of a case must go first: then all that it lacks follow at once."""
    row = tx.states.load(f"{PREFIX}{ticket.ticket_id}")
    if row is None or from_row(row).stage in (Stage.IMPORTED, Stage.ADOPTED):
        return False
    tx.timers.set(Timer(f"{PREFIX}{ticket.ticket_id}", TIMER, now, ticket_id=ticket.ticket_id))
    return True
