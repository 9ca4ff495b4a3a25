# SPDX-License-Identifier: GPL-3.0-or-later
"""How a case comes into the helpdesk that is back: what it is there, and what has to be written.

    waiting --looked, a ticket of it is there------> ADOPTED --+
       |                                                       |   after 1 h, 24 h and 7 days:
       +--looked, nothing of it is there--> IMPORTING          +-> looked again for late copies
       |                                       |    |          |
       |                             number known   refused    |
       |                                       v    v          |
       |                                IMPORTED   PARKED      |
       |                                       +---------------+
       +--down again: nothing is asked and nothing is written; it goes on where it was

A case that nothing is remembered of waits. What decides is never the search, which lags by minutes:
a ticket is ours by its `external_id`, by a subject that names the reference, by the Message-ID it
was made from, or because the same person wrote the same words under the same subject. The name
under which a case is imported is derived from its first mail, so a lost ledger makes the same name
again and finds its ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.actions import TicketCreation, TicketMessage, TicketUpdate
from bot.rules.history import Change, ChangeKind, unanswered_reply
from bot.rules.mail import Twin
from bot.rules.ticket import Actor, Person, Snapshot, Status, Ticket

LATE_BY = timedelta(days=7)
"""The helpdesk has worked off queued mail up to a week after an outage (2022-09-06)."""
EARLY_BY = timedelta(minutes=30)
LOOK_AGAIN = (timedelta(hours=1), timedelta(hours=24), LATE_BY)
"""When late copies are looked for, counted from the moment at which the case is there."""
LONGEST_WORDS = 60_000
"""Zendesk takes 64 KiB a comment; the whole mail stays with us."""
US = Person()
"""Nobody by name or address: ourselves."""


class Stage(StrEnum):
    """How far a case has come; a case without one waits."""

    IMPORTING = "importing"
    IMPORTED = "imported"
    ADOPTED = "adopted"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its words, and the Message-IDs of the mails it was made from.

    `mails` says with which word the files of which raw mail go, by the word's key.
    """

    ticket: Ticket
    history: tuple[Change, ...]
    message_ids: frozenset[str] = frozenset()
    mails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What the helpdesk was given: keys of the words, and the values; `status` of an import."""

    words: frozenset[str] = frozenset()
    priority: str | None = None
    category: str | None = None
    group: str | None = None
    tags: frozenset[str] = frozenset()
    fields: dict[str, str | None] = field(default_factory=dict)
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Adopt:
    """The helpdesk has a ticket of this case: it gets the words that it lacks, as notes.

    `picture` shows that ticket, for where no poll has shown it yet.
    """

    number: int
    because: str
    written: Written
    picture: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """The helpdesk has nothing of it: it gets the case as it was, from the first word on."""

    key: str
    creation: TicketCreation
    written: Written


@dataclass(frozen=True, slots=True)
class Lack:
    """One change that is still to be written, under the key of its row in the outbox."""

    key: str
    update: TicketUpdate


def plan(
    case: Case, twins: Sequence[Twin], taken: frozenset[int], default_priority: str | None
) -> Adopt | Import:
    """Adopt what is there, else import; numbers that are another case's (`taken`) are not free."""
    for twin in twins:
        why = likeness(case, twin)
        if why and twin.number is not None and twin.number not in taken:
            return Adopt(twin.number, why, found_there(case, twin), twin.picture)
    creation = creation_of(case, default_priority)
    return Import(key_of(case.ticket), creation, written_of(case, creation))


Planner = Callable[[Case, Sequence[Twin], frozenset[int], str | None], Adopt | Import]
"""The shape of `plan`: the crash test sets wrong ones in its place and must see them fail."""


def is_given_up(ticket: Ticket) -> bool:
    """Whether a case went before the helpdesk had it, because its customer was forgotten."""
    return ticket.number is None and ticket.status is Status.DELETED


def key_of(ticket: Ticket) -> str:
    """Under which name a case is imported, today and after a lost ledger."""
    return f"import/{ticket.reference or ticket.ticket_id}"


def likeness(case: Case, twin: Twin) -> str:
    """Why a ticket of the helpdesk is this case; empty where it is not."""
    if twin.external_id and twin.external_id == case.ticket.reference:
        return "it carries the reference"
    if case.ticket.reference and case.ticket.reference in twin.subject:
        return "its subject names the reference"
    if twin.message_id and twin.message_id in case.message_ids:
        return "it was made from the same mail"
    came = case.ticket.created_at
    is_near = came - EARLY_BY <= twin.created_at <= came + LATE_BY
    requester = (case.ticket.customer.email or "").casefold()
    is_same = (
        bool(requester)
        and requester == twin.requester.casefold()
        and plain(twin.subject) == plain(case.ticket.subject)
        and plain(twin.words[0] if twin.words else "") == plain(case.ticket.description)
    )
    return "the same person wrote the same words" if is_near and is_same else ""


def late_copies(case: Case, twins: Sequence[Twin], known: Iterable[str]) -> tuple[Twin, ...]:
    """What the helpdesk made of the case besides its ticket, and nobody was told of."""
    told = frozenset(known)
    return tuple(
        twin
        for twin in twins
        if twin.number != case.ticket.number and twin.name not in told and likeness(case, twin)
    )


def creation_of(case: Case, default_priority: str | None) -> TicketCreation:
    """The case as the helpdesk gets it: every word in order with its true time and author."""
    ticket = case.ticket
    return TicketCreation(
        ticket_id=ticket.ticket_id,
        external_id=ticket.reference or ticket.ticket_id,
        subject=ticket.subject,
        messages=tuple(_message(each, case) for each in words_of(case.history)),
        requester=ticket.requester,
        priority=ticket.priority or default_priority,
        category=ticket.category,
        group=ticket.group,
        tags=ticket.tags,
        fields=own_fields(ticket),
        created_at=ticket.created_at,
        status=None if ticket.status.value == "deleted" else ticket.status.value,
    )


def words_of(history: Iterable[Change]) -> tuple[Change, ...]:
    """What was said in a case, in order; what the helpdesk itself showed of it left out."""
    return tuple(
        each
        for each in history
        if each.body and each.kind in (ChangeKind.CREATED, ChangeKind.COMMENT)
    )


def written_of(case: Case, creation: TicketCreation) -> Written:
    """What a creation brings, to be remembered beside it."""
    return Written(
        words=frozenset(each.key for each in words_of(case.history)),
        priority=creation.priority,
        category=creation.category,
        group=creation.group,
        tags=creation.tags,
        fields=dict(creation.fields),
        status=creation.status,
    )


def found_there(case: Case, twin: Twin) -> Written:
    """What an adopted ticket has already: the words that stand in it, as mail or as ours."""
    there = [plain(each) for each in twin.words]
    known = (
        said.key
        for said in words_of(case.history)
        if any(each.endswith(plain(said.body or "")) for each in there)
    )
    return Written(words=frozenset(known))


def lacking(case: Case, written: Written) -> tuple[Lack, ...]:
    """What the helpdesk's ticket still lacks: its values first, then each word as a note.

    Words that the helpdesk itself has shown are there. The rest are notes, never public: the
    customer wrote them, or has had them by mail. A reply that nobody answered opens the ticket.
    """
    ticket = case.ticket
    fields = {k: v for k, v in own_fields(ticket).items() if written.fields.get(k) != v}
    blank = TicketUpdate(ticket_id=ticket.ticket_id, number=ticket.number)
    values = replace(
        blank,
        priority=ticket.priority if ticket.priority != written.priority else None,
        category=ticket.category if ticket.category != written.category else None,
        group=ticket.group if ticket.group != written.group else None,
        add_tags=ticket.tags - written.tags,
        fields=fields,
    )
    known = (ticket.status, Status(written.status or Status.NEW))
    is_laid_aside = any(each.opens_by_a_reply for each in known)
    opens = unanswered_reply(case.history) if is_laid_aside else None
    notes = (
        Lack(f"note/ticket:{ticket.ticket_id}/{each.key}",
             replace(blank, comment=_told(each, ticket), mail=case.mails.get(each.key),
                     is_reopened=each == opens))
        for each in words_of(case.history)
        if each.key not in written.words and not each.key.startswith(f"ticket/{ticket.number}/")
    )  # fmt: skip
    first = Lack(f"update/ticket:{ticket.ticket_id}/backfill", values)
    return (*((first,) if values != blank else ()), *notes)


def when_it_came(case: Case, written: Written) -> tuple[Lack, ...]:
    """For an adopted ticket whose own words are the customer's mail: it is younger than the mail.

    Nothing else in it says how it is called here and since when its clocks run.
    """
    ticket = case.ticket
    first = next(iter(words_of(case.history)), None)
    if first is None or first.key not in written.words or not ticket.reference:
        return ()
    said = (
        f"{ticket.reference}: this mail reached us at {ticket.created_at:%Y-%m-%d %H:%M} UTC. "
        "The promises made to the customer count from then."
    )
    note = TicketUpdate(ticket_id=ticket.ticket_id, number=ticket.number, comment=said)
    return (Lack(f"note/ticket:{ticket.ticket_id}/came", note),)


def own_fields(ticket: Ticket) -> dict[str, str | None]:
    """The fields that our rules set; a company's own stand with the company."""
    return {k: v for k, v in ticket.fields.items() if ticket.set_by.get(k) is Actor.SELF}


def next_look(there_since: datetime, turn: int) -> datetime | None:
    """When late copies are looked for the next time; None after the last."""
    return there_since + LOOK_AGAIN[turn] if turn < len(LOOK_AGAIN) else None


def _message(said: Change, case: Case) -> TicketMessage:
    body = (said.body or "")[:LONGEST_WORDS]
    author = _author(said, case.ticket)
    return TicketMessage(body, said.is_public, author, said.at, case.mails.get(said.key))


def _author(said: Change, ticket: Ticket) -> Person | None:
    """Who said it; None for the requester."""
    if said.actor is Actor.SELF or said.actor is Actor.SYSTEM:
        return US
    who = said.person_id or ""
    if said.actor is Actor.REQUESTER:
        email = ticket.requester.email or ""
        is_other = "@" in who and who.casefold() != email.casefold()
        return Person(email=who) if is_other else None
    return Person(email=who) if "@" in who else Person(name=who or "an agent")


def _told(said: Change, ticket: Ticket) -> str:
    author = _author(said, ticket) or ticket.customer
    who = author.name or author.email or "Deskmate"
    when = f"{said.at:%Y-%m-%d %H:%M} UTC"
    named = f"{ticket.reference}: " if ticket.reference else ""
    return f"{named}{who} wrote at {when}:\n\n{(said.body or '')[:LONGEST_WORDS]}"


def plain(text: str) -> str:
    """Words as they are compared: spaces and capitals aside."""
    return " ".join(text.split()).casefold()
