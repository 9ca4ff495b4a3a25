# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to the customer of a case by mail: in their language, in their thread, in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.actions import CustomerMail, Outgoing, Urgency
from bot.rules.engine import CompiledPolicy
from bot.rules.mail import Contact, MailReceived
from bot.rules.outage_state import from_row
from bot.rules.text_language import language_of
from bot.rules.ticket import Origin, Ticket
from bot.store.transaction import Reader, Transaction
from bot.texts.case_mails import DeskVoice, Written, acknowledgement, answer

ACK_OF_USE = timedelta(hours=12)
"""An acknowledgement that comes later than this says nothing new."""
MOST_REFERENCES = 20


def is_case(ticket: Ticket) -> bool:
    """Whether a ticket lives with us alone: the helpdesk does not have it yet."""
    return ticket.origin is Origin.MAILBOX and ticket.number is None


def language_for(mail: MailReceived, contact: Contact | None, compiled: CompiledPolicy) -> str:
    """The customer's language: as the helpdesk knows it, as the mail says, as it reads."""
    known = contact.language if contact is not None else None
    guessed = known or mail.language or language_of(f"{mail.subject}\n{mail.text}")
    return guessed or compiled.policy.language


def voice_in(language: str, compiled: CompiledPolicy) -> DeskVoice:
    """How this desk speaks to customers in a language."""
    policy = compiled.policy
    code = language.replace("_", "-").partition("-")[0].casefold()
    return DeskVoice(
        zone=policy.zone,
        hint=policy.outage.ack_hint.get(code, ""),
        signature=policy.outage.signature.get(code)
        or policy.outage.signature.get(policy.language, ""),
    )


def acknowledge(
    ticket: Ticket, tx: Transaction, compiled: CompiledPolicy, now: datetime, *, at: datetime
) -> None:
    """Tell the customer, once and not before `at`, that their message is here and its name."""
    language = ticket.language or compiled.policy.language
    voice = voice_in(language, compiled)
    is_down = from_row(tx.states.load("outage")).phase.word == "down"
    written = acknowledgement(
        ticket.reference or "", ticket.created_at, language, voice, is_down=is_down
    )
    outgoing = _mail(ticket, written, tx, key=_ack_key(ticket), is_automatic=True)
    tx.outbox.add(replace(outgoing, not_before=at, expires_at=at + ACK_OF_USE), now)


def mail_to_customer(
    ticket: Ticket,
    text: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    key: str,
    now: datetime,
    is_automatic: bool = False,
) -> bool:
    """Send a case's customer somebody's words; False where there is no address to send them to.

    An acknowledgement that still waits is taken back: who has an answer knows that we have it.
    """
    if not ticket.customer.email:
        return False
    if not is_automatic:
        reason = "the customer is answered"
        tx.outbox.supersede(now=now, reason=reason, key=_ack_key(ticket))
    language = ticket.language or compiled.policy.language
    subject = "" if is_automatic else ticket.subject
    written = answer(text, subject, ticket.reference or "", voice_in(language, compiled))
    tx.outbox.add(_mail(ticket, written, tx, key=key, is_automatic=is_automatic), now)
    return True


def _ack_key(ticket: Ticket) -> str:
    """It makes the Message-ID: by the reference it is the same again after a lost ledger."""
    return f"ack/case:{ticket.reference or ticket.ticket_id}"


def _mail(
    ticket: Ticket,
    written: Written,
    reader: Reader,
    *,
    key: str,
    is_automatic: bool,
) -> Outgoing:
    address = ticket.customer.email or ""
    thread = _thread(ticket, reader)
    message = CustomerMail(
        to=address,
        to_name=ticket.customer.name or "",
        subject=written.subject,
        text=written.text,
        reference=ticket.reference or "",
        in_reply_to=thread[-1] if thread else None,
        references=thread[-MOST_REFERENCES:],
        language=ticket.language or "en",
        is_automatic=is_automatic,
    )
    return Outgoing(
        key=key,
        destination=f"mail:{address}",
        order_key=f"mail/case:{ticket.ticket_id}",
        message=message,
        urgency=Urgency.NORMAL,
        ticket_id=ticket.ticket_id,
    )


def _thread(ticket: Ticket, reader: Reader) -> tuple[str, ...]:
    """The Message-IDs of the customer's mails, the last one last."""
    found = (row.message_id for row in reader.mails.of_ticket(ticket.ticket_id))
    return tuple(each for each in found if each)
