# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes what our people write in answer to a notice: words for the customer, or "I have it"."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.case_notes import add_note, note_of_mail, note_there
from bot.handlers.case_notices import tell_of_mail
from bot.handlers.cases import give_answer
from bot.handlers.handled import Handled
from bot.handlers.presses import ACKNOWLEDGED, TAKEN_ALREADY, handle_button
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AnswerGiven, ButtonPressed, Event
from bot.rules.mail import Fate, MailFile, MailReceived
from bot.rules.mail_keys import OwnNames
from bot.rules.mail_threads import answers_a_notice, is_entitled, staff_token_of
from bot.rules.mail_verdict import sign_of_a_program, verdict_of
from bot.rules.rights import name_by_mail
from bot.rules.staff_words import beside_taking, doubt_of
from bot.rules.text_newpart import answer_part
from bot.rules.text_signature import is_more_than_signature
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction

VIA, TAKE = "mail", "acknowledge"
NOT_SENT = "The customer was sent none of it."
LARGEST_LOGO = 30_000
"""Bytes of a picture that is taken for a part of a signature."""
LONGEST_NOTE = 30_000
"""Characters of a mail that are kept in the case; all of it lies in the spool."""
UNKNOWN = "its case is no longer known here"
PARTIAL = "only its beginning could be read"
BESIDE = "it took the case and said more than that"
FORBIDDEN = "the case was not taken, its writer has no right to take cases"
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
    if ticket is None:
        return _unsent(mail, None, UNKNOWN, tx, compiled, now=now)
    return _said(event, mail, ticket, tx, compiled, own, now=now)


def _said(
    event: Event,
    mail: MailReceived,
    ticket: Ticket,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled:
    """Take the case, send the words, or send nothing where a part of them may be missing."""
    subject, address = f"ticket:{ticket.ticket_id}", mail.sender.email or ""
    said = answer_part(mail.text)
    beside = beside_taking(said.text, (mail.sender.name or "", address.partition("@")[0]))
    if beside is not None:
        is_more = bool(beside) or is_more_than_signature(said.signature)
        return _taken(event, mail, ticket, tx, compiled, now=now, is_more=is_more)
    doubt = PARTIAL if mail.is_partial else doubt_of(said, _shown_by(ticket, own))
    if doubt:
        return _unsent(mail, ticket, doubt, tx, compiled, now=now)
    person = name_by_mail(compiled.policy, address, "answer")
    given = AnswerGiven(subject, said.text, person, VIA)
    handled = give_answer(event, given, tx, compiled, now=now, mail=mail)
    lacking = _lacking(mail, ticket)
    if lacking:
        tell_of_mail(mail, Fate.HELD, lacking, ticket, tx, compiled, now=now,
                     writer=mail.sender.email or "")  # fmt: skip
    return _decided(mail, Fate.STAFF, handled.outcome, ticket, tx, now=now)


def _taken(
    event: Event,
    mail: MailReceived,
    ticket: Ticket,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    is_more: bool,
) -> Handled:
    """Take the case, or tell its writer why they do not have it."""
    person = name_by_mail(compiled.policy, mail.sender.email or "", TAKE)
    pressed = ButtonPressed(TAKE, f"ticket:{ticket.ticket_id}", person, VIA)
    outcome = handle_button(event, pressed, tx, compiled, now=now).outcome
    refused = _why_not_taken(outcome, ticket, person, tx)
    if refused or is_more:
        return _unsent(mail, ticket, refused or BESIDE, tx, compiled, now=now)
    return _decided(mail, Fate.STAFF, outcome, ticket, tx, now=now)


def _why_not_taken(outcome: str, ticket: Ticket, person: str, tx: Transaction) -> str:
    """Why somebody does not have the case that they wanted to take; empty if they have it."""
    if outcome == ACKNOWLEDGED:
        return ""
    if outcome != TAKEN_ALREADY:
        return FORBIDDEN
    owner = (tx.alerts.load(f"taken/{ticket.ticket_id}") or {}).get("by")
    return "" if owner == person else f"the case was not taken, {owner} has it already"


def _shown_by(ticket: Ticket, own: OwnNames) -> tuple[str, ...]:
    """By what a quotation of a notice, or of a mail of the case, is known."""
    number = f"#{ticket.number}" if ticket.number is not None else ""
    return (own.address, *own.others, ticket.reference or "", number, ticket.subject)


def _lacking(mail: MailReceived, ticket: Ticket) -> str:
    """What the customer did not get of an answer that was taken; empty if they got all."""
    if not ticket.customer.email:
        return "an answer by mail is only noted in the case, which has no address to send it to"
    names = ", ".join(each.name for each in mail.files if not _is_logo(each))
    return f"an answer by mail went to the customer without its files ({names})" if names else ""


def _is_logo(file: MailFile) -> bool:
    """A small picture, as signatures carry them in every mail."""
    return file.content_type.startswith("image/") and file.size < LARGEST_LOGO


def _automatic(
    mail: MailReceived, ticket: Ticket | None, why: str, tx: Transaction, *, now: datetime
) -> Handled:
    """Somebody of ours is away: said in the case, so that nobody waits for them."""
    if ticket is not None:
        who = mail.sender.email or "somebody"
        note = f"An auto-responder of {who} answered the notice ({why}); nobody was sent it."
        _noted(mail, ticket, note, tx, now=now)
    return _decided(mail, Fate.AUTOMATIC, why, ticket, tx, now=now)


def _unsent(
    mail: MailReceived,
    ticket: Ticket | None,
    why: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Words of a proven colleague that the customer was not sent: kept in the case, and they hear.

    They think that the customer has them.
    """
    if ticket is not None:
        key, at = f"mail/{mail.key}/words", mail.received_at
        add_note(ticket, mail.text[:LONGEST_NOTE], tx, key=key, at=at)
        note_of_mail(ticket, mail, tx, more=NOT_SENT)
        said = f"{mail.sender.email} answered by mail (not sent to the customer)"
        note_there(ticket, said, at, mail.text, tx, key=key, now=now, mail=mail, more=NOT_SENT)
    return _held(mail, ticket, why, tx, compiled, now=now, writer=mail.sender.email or "")


def _held(
    mail: MailReceived,
    ticket: Ticket | None,
    why: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    writer: str = "",
) -> Handled:
    """An answer that the customer was not sent: a person has to look at it."""
    if ticket is not None:
        who = mail.sender.email or "somebody"
        note = f"An answer of {who} by mail was not sent to the customer: {why}."
        _noted(mail, ticket, note, tx, now=now)
    told = f"an answer by mail was not sent to the customer: {why}"
    tell_of_mail(mail, Fate.HELD, told, ticket, tx, compiled, now=now, writer=writer)
    return _decided(mail, Fate.HELD, why, ticket, tx, now=now)


def _noted(
    mail: MailReceived, ticket: Ticket, note: str, tx: Transaction, *, now: datetime
) -> None:
    """What became of the mail, in the case and in the ticket that the helpdesk has of it."""
    add_note(ticket, note, tx, key=f"mail/{mail.key}", at=mail.received_at)
    said = "A notice was answered by mail"
    note_there(ticket, said, mail.received_at, note, tx, key=f"mail/{mail.key}/fate", now=now)


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
