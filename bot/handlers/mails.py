# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides what becomes of a mail: a case, a reply, an answer of ours, or none of them, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.handlers.case_notes import add_note
from bot.handlers.case_notices import tell_of_case, tell_of_mail
from bot.handlers.case_words import acknowledge
from bot.handlers.cases import join_case, open_case
from bot.handlers.handled import Handled
from bot.handlers.outage_times import BEFORE, Standing, Stood, stood_at
from bot.handlers.spam_notices import tell_of_spam
from bot.handlers.staff_mails import handle_staff_mail
from bot.rules.actions import Reason
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, MailTaken
from bot.rules.mail import Contact, Fate, MailReceived
from bot.rules.mail_keys import OwnNames
from bot.rules.mail_limits import ACKS_PER_MINUTE, DAY, acknowledge_at, may_acknowledge
from bot.rules.mail_threads import (
    is_of_writer,
    may_join,
    numbers_of,
    references_of,
)
from bot.rules.mail_verdict import MailVerdict, is_held_as_spam, key_of_rescue, verdict_of
from bot.rules.ticket import Origin, Ticket
from bot.store.mails import MailRow
from bot.store.transaction import Reader, Transaction

LOOK_AGAIN = timedelta(seconds=5)
APART = "apart/"
"""Begins the state of the cases that named a ticket and did not join it; its id follows."""
MOST_APART = 50


@dataclass(frozen=True, slots=True)
class Waits:
    """Not to be decided yet: whether the helpdesk is down has not settled."""

    retry_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class _Found:
    """To which ticket a mail belongs, and whether its sender may join it."""

    ticket: Ticket
    joins: bool


def handle_mail(
    event: Event,
    mail: MailReceived,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled | Waits:
    """Give a mail its one fate, with everything that follows from it."""
    row = tx.mails.by_key(mail.key)
    if row is not None and row.fate is not Fate.WAITING and not _is_rescued(event, row):
        return Handled(f"known already: {row.fate}")
    if row is None:
        tx.mails.add(mail, None, now)
    contact = tx.contacts.load(mail.sender.email) if mail.sender.email else None
    decided = handle_staff_mail(event, mail, tx, compiled, own, now=now)
    if decided is not None:
        return decided
    verdict = verdict_of(mail, own, is_contact=contact is not None)
    found = _belongs_to(mail, contact, tx, own)
    # A mail server whose clock is ahead must not keep a mail waiting.
    came = min(mail.received_at, row.seen_at if row is not None else now)
    stood = stood_at(came, tx)
    found = found or _numbered(mail, contact, stood.standing, tx)
    is_settled = stood.standing is not Standing.UNSETTLED or verdict.fate is Fate.OWN
    if found is None and not is_settled:
        return _waits(came, now)
    if not verdict.may_open:
        return _not_opened(mail, verdict, found, stood, tx, compiled, now=now)
    if found is not None and found.joins:
        join_case(event, mail, found.ticket, tx, compiled, now=now)
        named = found.ticket.reference or f"#{found.ticket.number}"
        return _decided(mail, Fate.REPLY, f"it belongs to {named}", tx, now,
                        ticket=found.ticket, stood=stood)  # fmt: skip
    if found is None and stood.standing is Standing.UP:
        return _decided(mail, Fate.NOTED, "the helpdesk was there", tx, now, stood=stood)
    # Who answers a mail of ours wrote to the mailbox alone: no intake of the helpdesk has it.
    return _open(event, mail, contact, verdict, found, stood, tx, compiled, own, now=now)


def _is_rescued(event: Event, row: MailRow) -> bool:
    """Whether a mail was moved out of the spam before it was held for lying there."""
    return event.key == key_of_rescue(row.key) and is_held_as_spam(row.fate, row.reason)


def _waits(came: datetime, now: datetime) -> Waits:
    """Look again when a round may have shown how the helpdesk stood."""
    retry_at = max(now + LOOK_AGAIN, came + BEFORE)
    return Waits(retry_at, "how the helpdesk stood when it came is not known yet")


def take_mail(
    event: Event,
    taken: MailTaken,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled:
    """A person decided: a held or parked mail becomes a case, and nobody is answered by itself."""
    row, came = tx.mails.by_key(taken.key), tx.inbox.by_key(f"mail/{taken.key}")
    if row is None or row.fate not in (Fate.HELD, Fate.PARKED):
        return Handled("no such mail is held")
    if came is None or not isinstance(came.event.fact, MailReceived):
        return Handled("the mail is no longer kept here; it lies in the spool")
    mail = came.event.fact
    contact = tx.contacts.load(mail.sender.email) if mail.sender.email else None
    ticket = open_case(event, mail, contact, tx, compiled, own, now=now)
    by = f"Taken from the held mails by {taken.person}."
    add_note(ticket, by, tx, key=event.key, at=event.at)
    stood = stood_at(mail.received_at, tx)
    reason = f"taken by {taken.person}"
    return _decided(mail, Fate.CASE, reason, tx, now, ticket=ticket, stood=stood)


def _open(
    event: Event,
    mail: MailReceived,
    contact: Contact | None,
    verdict: MailVerdict,
    found: _Found | None,
    stood: Stood,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled:
    older = found.ticket if found is not None else None
    ticket = open_case(event, mail, contact, tx, compiled, own, now=now, older=older)
    if older is not None:
        apart = [*_opened_apart(older, tx), ticket.ticket_id][-MOST_APART:]
        tx.states.save(f"{APART}{older.ticket_id}", {"cases": apart})
    handled = _decided(mail, Fate.CASE, verdict.because, tx, now, ticket=ticket, stood=stood)
    sender = (mail.sender.email or "").casefold()
    theirs = tx.mails.acknowledged_since(now - DAY, sender=sender)
    if verdict.may_answer and may_acknowledge(sender, theirs, now):
        at = acknowledge_at(tx.mails.latest_acknowledged(ACKS_PER_MINUTE), now)
        acknowledge(ticket, tx, compiled, now, at=at)
        tx.mails.acknowledged(mail.key, at)
    tell_of_case(ticket, mail, tx, compiled, now=now)
    return handled


def _not_opened(
    mail: MailReceived,
    verdict: MailVerdict,
    found: _Found | None,
    stood: Stood,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Bounces and auto-replies are tied to what they answer; the rest is for people or nobody."""
    fate, ticket = verdict.fate, found.ticket if found is not None else None
    is_ours = ticket is not None or fate is Fate.PARKED or stood.standing is Standing.DOWN
    if not is_ours and fate is not Fate.OWN:
        reason = f"the helpdesk was there ({verdict.because})"
        return _decided(mail, Fate.NOTED, reason, tx, now, stood=stood)
    if ticket is not None and fate in (Fate.BOUNCE, Fate.AUTOMATIC):
        said = "A mail of ours came back" if fate is Fate.BOUNCE else "An auto-responder answered"
        add_note(ticket, f"{said}: {verdict.because}.", tx, key=f"mail/{mail.key}",
                 at=mail.received_at)  # fmt: skip
    if fate is Fate.HELD and mail.spam_folder and ticket is None:
        tell_of_spam(mail, verdict.because, stood.incident, tx, compiled, now=now)
    elif fate in (Fate.HELD, Fate.PARKED) or (fate is Fate.BOUNCE and ticket is not None):
        tell_of_mail(mail, fate, verdict.because, ticket, tx, compiled, now=now)
    return _decided(mail, fate, verdict.because, tx, now, ticket=ticket, stood=stood)


def _belongs_to(
    mail: MailReceived, contact: Contact | None, tx: Reader, own: OwnNames
) -> _Found | None:
    """By reference, or by what it answers; by subject alone never."""
    candidates = [tx.tickets.by_reference(each) for each in references_of(mail, own)]
    for answered in mail.references:
        for row in tx.mails.by_message_id(answered):
            candidates.append(tx.tickets.load(row.ticket_id) if row.ticket_id else None)
    known = [ticket for ticket in candidates if ticket is not None]
    theirs = [ticket for ticket in known if may_join(mail, contact, ticket)]
    joined = next((each for each in theirs if each.status.takes_words), None)
    if joined is not None:
        return _Found(joined, True)
    return _apart((theirs or known)[0], mail, tx) if known else None


def _apart(named: Ticket, mail: MailReceived, tx: Reader) -> _Found:
    """The sender's open case that named the same ticket before; else it is to be one of its own."""
    opened = (tx.tickets.load(each) for each in _opened_apart(named, tx))
    theirs = (each for each in opened if each is not None and is_of_writer(mail, each))
    first = next((each for each in theirs if not each.status.is_done), None)
    return _Found(first, True) if first is not None else _Found(named, False)


def _opened_apart(named: Ticket, tx: Reader) -> tuple[str, ...]:
    """The latest cases of mails that named a ticket and did not join it."""
    return tuple((tx.states.load(f"{APART}{named.ticket_id}") or {}).get("cases", ()))


def _numbered(
    mail: MailReceived, contact: Contact | None, standing: Standing, tx: Reader
) -> _Found | None:
    """By the helpdesk's number, where its own intake did not have the mail as well.

    What is done is not joined by a number alone. While the helpdesk is there, cases of ours are:
    their customers know the mailbox.
    """
    if standing is Standing.UNSETTLED:
        return None
    known = (tx.tickets.by_number(number) for number in numbers_of(mail))
    theirs = [each for each in known if each is not None and may_join(mail, contact, each)]
    if standing is Standing.UP:
        theirs = [
            each for each in theirs if each.origin is Origin.MAILBOX and not each.status.is_done
        ]
    first = min(theirs, key=lambda ticket: ticket.status.is_done, default=None)
    if first is None or not first.status.is_done:
        return _Found(first, True) if first is not None else None
    return _apart(first, mail, tx)


def _decided(
    mail: MailReceived,
    fate: Fate,
    reason: str,
    tx: Transaction,
    now: datetime,
    *,
    ticket: Ticket | None = None,
    stood: Stood | None = None,
) -> Handled:
    ticket_id = ticket.ticket_id if ticket is not None else None
    incident = stood.incident if stood is not None else None
    tx.mails.decide(mail.key, fate, reason, now, ticket_id=ticket_id, incident=incident)
    if fate is not Fate.NOTED:
        tx.journal.add(
            at=now,
            subject=f"ticket:{ticket_id}" if ticket_id else "mailbox",
            event_key=f"mail/{mail.key}",
            policy_hash="",
            reasons=(Reason("mailbox", evidence=(reason,)),),
            summary=f"a mail: {fate}",
        )
    return Handled(f"{fate}: {reason}"[:200], ticket_id)
