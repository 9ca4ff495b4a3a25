# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases as the command line and scripts show them, from the store alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot.handlers.backfill_notices import progress_in
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate
from bot.rules.ticket import Actor, Ticket
from bot.store.transaction import Reader
from bot.store.waiting import TICKETS, as_of, next_due, waits_since


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One line: instants are ISO-8601, None for none; `name` is reference or #number."""

    name: str
    status: str
    subject: str
    customer: str | None
    priority: str | None
    category: str | None
    waits_since: str | None
    clock: str | None
    due_at: str | None
    owner: str | None
    is_case: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that is open, and how old the helpdesk's part of it is."""

    tickets_as_of: str | None
    contacts_as_of: str | None
    held: int
    progress: dict[str, int]
    cases: tuple[ListedCase, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One message of a case."""

    at: str
    who: str
    is_public: bool
    text: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case word by word; a ticket of the helpdesk is as old as its last reading."""

    listed: ListedCase
    email: str | None
    words: tuple[Word, ...]
    tickets_as_of: str | None = None


def list_cases(reader: Reader, *, everything: bool) -> Listing:
    """The cases, and with `everything` the helpdesk's open tickets too; who waits longest first."""
    tickets = [each for each in reader.tickets.open_tickets() if everything or each.number is None]
    listed = [listed_case(each, reader) for each in tickets]
    listed.sort(key=lambda each: (each.due_at is None, each.due_at or "", each.waits_since or ""))
    counts = reader.mails.counts()
    return Listing(
        tickets_as_of=as_of(TICKETS, reader),
        contacts_as_of=as_of("contacts", reader),
        progress=asdict(progress_in(reader)),
        held=counts.get(Fate.HELD, 0) + counts.get(Fate.PARKED, 0),
        cases=tuple(listed),
    )


def view_case(ticket: Ticket, reader: Reader) -> CaseView:
    """Every message of a case in the order in which it was said."""
    words = []
    for change in reader.tickets.history(ticket.ticket_id):
        if change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT) and change.body:
            who = ticket.customer.name or ticket.customer.email or "the customer"
            if change.actor is not Actor.REQUESTER:
                who = change.person_id or ("Deskmate" if change.actor is Actor.SELF else "an agent")
            words.append(Word(change.at.isoformat(), who, change.is_public, change.body))
    read_at = as_of(TICKETS, reader) if ticket.number is not None else None
    return CaseView(listed_case(ticket, reader), ticket.customer.email, tuple(words), read_at)


def listed_case(ticket: Ticket, reader: Reader) -> ListedCase:
    """One line of the list."""
    due = next_due(ticket, reader)
    waits = waits_since(ticket, reader)
    taken = reader.alerts.load(f"taken/{ticket.ticket_id}")
    owner = str(taken["by"]) if taken else ticket.assignee.name if ticket.assignee else None
    return ListedCase(
        name=ticket.reference or f"#{ticket.number}",
        status=ticket.status,
        subject=ticket.subject,
        customer=ticket.organisation or ticket.customer.name or ticket.customer.email,
        priority=ticket.priority,
        category=ticket.category,
        waits_since=waits.isoformat() if waits else None,
        clock=due.clock if due else None,
        due_at=due.at.isoformat() if due else None,
        owner=owner,
        is_case=ticket.number is None,
    )
