# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens cases, lets replies join them, and takes our people's answers.

A case is a ticket with another origin: the same rules, clocks, ladders and texts. Nothing of it is
written to the helpdesk before the helpdesk has it; its history keeps every word with its true time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.handlers.case_notes import UNSENT, add_note, note_of_mail, note_there
from bot.handlers.case_words import language_for, mail_to_customer
from bot.handlers.handled import Handled
from bot.handlers.tickets import take_news
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AnswerGiven, CaseEntered, Event, Occasion
from bot.rules.history import Change, ChangeKind
from bot.rules.mail import Contact, MailReceived
from bot.rules.mail_keys import Envelope, OwnNames, mail_key, reference_of
from bot.rules.mail_threads import is_entitled
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.rules.ticket_facts import with_fingerprints
from bot.rules.ticket_news import TicketNews
from bot.store.transaction import Transaction

UNVERIFIED = "unverified_sender"
"""The tag of a case whose sender nobody vouched for."""
MAIL, PHONE = "email", "phone"
_LONGEST_SUBJECT = 150
_TURNS = 8


def open_case(
    event: Event,
    mail: MailReceived,
    contact: Contact | None,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
    older: Ticket | None = None,
) -> Ticket:
    """A case for a mail; `older` is one that the mail named and does not join."""
    known = contact if is_entitled(mail.trust) else None
    tags = {UNVERIFIED} if known is None else set()
    ticket = _new_ticket(
        tx, compiled, own,
        key=mail.key,
        at=mail.received_at,
        subject=mail.subject or _first_line(mail.text),
        text=mail.text,
        requester=Person(
            known.person_id if known else None,
            mail.sender.name or (contact.name if contact else None),
            mail.sender.email,
        ),
        contact=known,
        language=language_for(mail, contact, compiled),
        via=MAIL,
        tags=tags,
    )  # fmt: skip
    ticket = _opened(ticket, event, tx, compiled, key=f"mail/{mail.key}", now=now)
    note_of_mail(ticket, mail, tx)
    if older is not None:
        add_note(ticket, _why_apart(older), tx, key=f"mail/{mail.key}/names", at=mail.received_at)
    return ticket


def join_case(
    event: Event,
    mail: MailReceived,
    ticket: Ticket,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """A customer's reply becomes part of a ticket; a case that waited or was done is open again."""
    added = Change(
        key=f"mail/{mail.key}",
        at=mail.received_at,
        kind=ChangeKind.COMMENT,
        actor=Actor.REQUESTER,
        person_id=mail.sender.email,
        is_public=True,
        body=mail.text,
    )
    occasion, is_reopened = Occasion.REQUESTER_REPLY, ticket.status.opens_by_a_reply
    if ticket.status.is_done and ticket.status is not Status.DELETED:
        ticket, occasion = replace(ticket, status=Status.OPEN), Occasion.REOPENED
    elif ticket.number is None and is_reopened:
        _set_status(ticket.ticket_id, Status.OPEN, event, tx, by=Actor.REQUESTER)
        ticket = replace(ticket, status=Status.OPEN)
    ticket = replace(ticket, updated_at=max(ticket.updated_at, mail.received_at))
    take_news(TicketNews(ticket, added, occasion), event, tx, compiled, now=now)
    note_of_mail(ticket, mail, tx)
    who = mail.sender.email or "somebody"
    note_there(ticket, f"{who} wrote to the mailbox", mail.received_at, mail.text, tx,
                key=f"mail/{mail.key}", now=now, mail=mail, is_reopened=is_reopened)  # fmt: skip


def enter_case(
    event: Event,
    call: CaseEntered,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled:
    """A telephone call becomes a case whose clocks start with the call."""
    contact = tx.contacts.load(call.caller.email) if call.caller.email else None
    key = mail_key(None, event.key, Envelope(call.caller.email or call.caller.name or ""))
    ticket = _new_ticket(
        tx, compiled, own,
        key=key,
        at=call.called_at,
        subject=call.summary,
        text=call.text or call.summary,
        requester=Person(
            contact.person_id if contact else None, call.caller.name, call.caller.email
        ),
        contact=contact,
        language=contact.language if contact else None,
        via=PHONE,
        tags=set(),
    )  # fmt: skip
    if ticket.organisation is None:
        ticket = replace(ticket, organisation=call.organisation)
    ticket = _opened(ticket, event, tx, compiled, key=event.key, now=now)
    by = f"Entered by {call.person} after a call at {call.called_at:%Y-%m-%d %H:%M} UTC."
    add_note(ticket, by, tx, key=f"{event.key}/by", at=call.called_at)
    return Handled(f"case {ticket.reference}", ticket.ticket_id)


def give_answer(
    event: Event,
    given: AnswerGiven,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    mail: MailReceived | None = None,
) -> Handled:
    """An answer of ours goes to the customer, once, and into the case's history.

    `mail` is the one that it came as: its files are for the helpdesk alone.
    """
    ticket = find_case(given.subject, tx)
    if ticket is None:
        return Handled("of an unknown case")
    text = given.text.strip()
    if not text:
        return Handled("an empty answer", ticket.ticket_id)
    is_sent = mail_to_customer(ticket, text, tx, compiled, key=f"answer/{event.key}", now=now)
    added = Change(
        key=event.key,
        at=event.at,
        kind=ChangeKind.COMMENT,
        actor=Actor.AGENT,
        person_id=given.person,
        is_public=is_sent,
        body=text,
    )
    status = Status.PENDING if is_sent and not ticket.status.is_done else ticket.status
    ticket = replace(ticket, updated_at=max(ticket.updated_at, event.at))
    occasion = Occasion.AGENT_REPLY if is_sent else Occasion.INTERNAL_NOTE
    take_news(TicketNews(ticket, added, occasion), event, tx, compiled, now=now)
    if ticket.number is None:
        _set_status(ticket.ticket_id, status, event, tx, by=Actor.AGENT)
    more = UNSENT if is_sent else ""
    if mail is not None:
        note_of_mail(ticket, mail, tx, more=more)
    said = f"{given.person} answered by mail" if is_sent else f"{given.person} noted"
    note_there(ticket, said, event.at, text, tx, key=event.key, now=now, mail=mail, more=more)
    return Handled("answered" if is_sent else "noted: no address to answer to", ticket.ticket_id)


def find_case(subject: str, tx: Transaction) -> Ticket | None:
    """The case that somebody names: `ticket:ID`, its reference, or the helpdesk's number."""
    if subject.startswith("ticket:"):
        return tx.tickets.load(subject.removeprefix("ticket:"))
    if subject.lstrip("#").isdecimal():
        return tx.tickets.by_number(int(subject.lstrip("#")))
    return tx.tickets.by_reference(subject.upper())


def _why_apart(older: Ticket) -> str:
    named = older.reference or f"#{older.number}"
    if older.number is not None and older.reference:
        named = f"{named} (#{older.number})"
    if older.status.is_done:
        return f"The mail names {named}, which is {older.status}."
    return f"The mail names {named}; its sender is no part of it."


def _new_ticket(
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    key: str,
    at: datetime,
    subject: str,
    text: str,
    requester: Person,
    contact: Contact | None,
    language: str | None,
    via: str,
    tags: set[str],
) -> Ticket:
    tag = compiled.policy.outage.tag
    return Ticket(
        ticket_id=tx.tickets.new_id(),
        origin=Origin.MAILBOX,
        created_at=at,
        updated_at=at,
        status=Status.NEW,
        subject=" ".join(subject.split())[:_LONGEST_SUBJECT],
        description=text,
        reference=_free_reference(key, tx, own),
        requester=requester,
        organisation=contact.organisation if contact else None,
        language=language,
        via=via,
        tags=frozenset(tags | ({tag} if tag else set())),
        fields=dict(contact.fields) if contact else {},
    )


def _opened(
    ticket: Ticket,
    event: Event,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    key: str,
    now: datetime,
) -> Ticket:
    change = Change(
        key=key,
        at=ticket.created_at,
        kind=ChangeKind.CREATED,
        actor=Actor.REQUESTER,
        person_id=ticket.requester.person_id,
        is_public=True,
        new=ticket.status,
        body=ticket.description,
    )
    news = with_fingerprints(TicketNews(ticket, change, Occasion.MAILBOX), compiled)
    take_news(news, event, tx, compiled, now=now)
    return tx.tickets.load(ticket.ticket_id) or ticket


def _free_reference(key: str, tx: Transaction, own: OwnNames) -> str:
    """The first of the key's references that no other case has."""
    for turn in range(_TURNS):
        reference = reference_of(own, key, turn)
        if tx.tickets.by_reference(reference) is None:
            return reference
    raise AssertionError("eight references of 40 bits were all taken")


def _set_status(
    ticket_id: str, status: Status, event: Event, tx: Transaction, *, by: Actor
) -> None:
    """Who answered waits, until the other has written; it stands in the history for the clocks."""
    ticket = tx.tickets.load(ticket_id)
    if ticket is None or ticket.status is status:
        return
    tx.tickets.add_change(
        ticket_id,
        Change(
            f"{event.key}/status", event.at, ChangeKind.FIELD, by, field="status",
            old=ticket.status, new=status,
        ),
    )  # fmt: skip
    tx.tickets.save(replace(ticket, status=status))


def _first_line(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if line), "(no subject)")
