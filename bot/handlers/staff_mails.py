# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes what our people write in answer to a notice: words for the customer, or "I have it"."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.case_notes import add_note
from bot.handlers.case_notices import tell_of_mail
from bot.handlers.cases import give_answer
from bot.handlers.handled import Handled
from bot.handlers.presses import handle_button
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AnswerGiven, ButtonPressed, Event
from bot.rules.mail import Fate, MailReceived
from bot.rules.mail_keys import OwnNames
from bot.rules.mail_threads import answers_a_notice, is_entitled, staff_token_of
from bot.rules.mail_verdict import sign_of_a_program, verdict_of
from bot.rules.text import new_part
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction

VIA = "mail"
TAKEN_WORDS = frozenset(
    "i have it|mine|taken|ok|i'll take it|je prends|je le prends|ich nehme es|ich übernehme|"
    "jag tar det|jag tar den|беру|взял|взяла".split("|")
)
"""What says "I have it" and is no answer to a customer."""
UNPROVEN = "it answers a notice of ours, but our mail server does not vouch for its sender"


def handle_staff_mail(
    event: Event,
    mail: MailReceived,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled | None:
    """What became of an answer to a notice; None for every other mail."""
    shown = staff_token_of(mail)
    if shown is None or mail.trouble or not answers_a_notice(mail, shown, own):
        return None
    verdict = verdict_of(mail, own, is_contact=True)
    if verdict.fate in (Fate.OWN, Fate.BOUNCE):
        return None
    ticket = tx.tickets.load(shown.ticket_id)
    program = sign_of_a_program(mail)
    if program or verdict.fate is Fate.AUTOMATIC:
        return _automatic(mail, ticket, program or verdict.because, tx, now=now)
    if not verdict.may_open:
        return _held(mail, ticket, verdict.because, tx, compiled, now=now)
    if not is_entitled(mail.trust):
        return _held(mail, ticket, UNPROVEN, tx, compiled, now=now)
    text, subject = new_part(mail.text), f"ticket:{shown.ticket_id}"
    person = mail.sender.name or mail.sender.email or "somebody"
    if text.strip().rstrip(".!").casefold() in TAKEN_WORDS:
        pressed = ButtonPressed("acknowledge", subject, person, VIA)
        handled = handle_button(event, pressed, tx, compiled, now=now)
    else:
        given = AnswerGiven(subject, text, person, VIA)
        handled = give_answer(event, given, tx, compiled, now=now, mail=mail)
    tx.mails.decide(mail.key, Fate.STAFF, handled.outcome, now, ticket_id=handled.ticket_id)
    return handled


def _automatic(
    mail: MailReceived, ticket: Ticket | None, why: str, tx: Transaction, *, now: datetime
) -> Handled:
    """Somebody of ours is away: said in the case, so that nobody waits for them."""
    if ticket is not None:
        who = mail.sender.email or "somebody"
        note = f"An auto-responder of {who} answered the notice ({why}); nobody was sent it."
        add_note(ticket, note, tx, key=f"mail/{mail.key}", at=mail.received_at)
    return _decided(mail, Fate.AUTOMATIC, why, ticket, tx, now=now)


def _held(
    mail: MailReceived,
    ticket: Ticket | None,
    why: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """An answer that the customer was not sent: a person has to look at it."""
    if ticket is not None:
        who = mail.sender.email or "somebody"
        note = f"An answer of {who} by mail was not sent to the customer: {why}."
        add_note(ticket, note, tx, key=f"mail/{mail.key}", at=mail.received_at)
    tell_of_mail(mail, Fate.HELD, why, ticket, tx, compiled, now=now)
    return _decided(mail, Fate.HELD, why, ticket, tx, now=now)


def _decided(
    mail: MailReceived,
    fate: Fate,
    why: str,
    ticket: Ticket | None,
    tx: Transaction,
    *,
    now: datetime,
) -> Handled:
    ticket_id = ticket.ticket_id if ticket is not None else None
    tx.mails.decide(mail.key, fate, why, now, ticket_id=ticket_id)
    return Handled(f"{fate}: {why}"[:200], ticket_id)
