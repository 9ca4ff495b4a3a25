# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds everything that the store holds of one person, in every table that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Text, func, or_, select
from sqlalchemy.engine import Connection

from bot.rules.backfill import key_of
from bot.rules.forgetting import KnownAs, Scrubber, full_name
from bot.rules.ticket import Origin, Status, Ticket
from bot.store.queues import OutboxState
from bot.store.rows import column, contact_of, to_json, value_of
from bot.store.tables import (
    alert,
    change,
    contact,
    counter,
    inbox,
    is_open,
    journal,
    lease,
    mail,
    mail_place,
    metadata,
    outbox,
    ticket,
    timer,
)

OURS = frozenset({counter.name, lease.name, mail_place.name})
"""Tables that speak of nobody."""
IDENTIFYING = frozenset({ticket.name, contact.name})
"""Tables that say by what else a person is known; they are changed last."""
MOST_CONDITIONS = 500
"""SQLite takes 1,000 in one statement; a shared address may have been many people's."""
Keys = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """What of a person is still under way."""

    cases: int = 0
    tickets: int = 0
    messages: int = 0
    events: int = 0
    doubtful: int = 0
    """Of the cases: nobody can say yet whether the helpdesk has just made their ticket."""

    def __bool__(self) -> bool:
        """True when there is any."""
        return any((self.cases, self.tickets, self.messages, self.events))


@dataclass(frozen=True, slots=True)
class Traces:
    """The rows that are a person's own, by their keys; `raws` are their mails in the spool.

    `mentions` counts the other rows that name them.
    """

    known: KnownAs
    tickets: tuple[Ticket, ...]
    messages: Keys
    events: Keys
    journal: Keys
    alerts: Keys
    timers: Keys
    mails: Keys
    contacts: Keys
    raws: frozenset[str]
    mentions: int
    under_way: Open

    def __bool__(self) -> bool:
        """True when anything is known."""
        return any((self.tickets, self.messages, self.events, self.journal, self.alerts,
                    self.mails, self.contacts, self.mentions))  # fmt: skip


class TracesView:
    """What may be asked of one person."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def of(self, address: str) -> Traces:
        """Everything that is known of who has this address."""
        known, tickets = self._known_as(address)
        ids = [each.ticket_id for each in tickets]
        subjects = [f"ticket:{each}" for each in ids]
        mine = or_(
            outbox.c.ticket_id.in_(ids),
            func.lower(outbox.c.destination).in_([f"mail:{each}" for each in known.addresses]),
        )
        messages = self._keys(outbox, mine)
        events = self._keys(inbox, inbox.c.stream.in_(_streams(known, tickets)))
        mails = self._keys(mail, or_(mail.c.sender.in_(known.addresses), mail.c.ticket_id.in_(ids)))
        open_messages = self._count(outbox, mine, is_open(outbox))
        open_events = self._count(inbox, inbox.c.id.in_(events), is_open(inbox))
        raws = select(mail.c.raw).where(mail.c.id.in_(mails), mail.c.raw != "")
        reasons = self._keys(journal, journal.c.subject.in_(subjects))
        alerts = self._keys(alert, alert.c.ticket_id.in_(ids))
        timers = self._keys(timer, timer.c.ticket_id.in_(ids))
        contacts = self._keys(contact, contact.c.email.in_(known.addresses))
        own = {
            outbox: messages, inbox: events, mail: mails, journal: reasons, alert: alerts,
            timer: timers, contact: contacts, ticket: tuple(ids),
            change: self._keys(change, change.c.ticket_id.in_(ids)),
        }  # fmt: skip
        return Traces(
            known=known,
            tickets=tickets,
            messages=messages,
            events=events,
            journal=reasons,
            alerts=alerts,
            timers=timers,
            mails=mails,
            contacts=contacts,
            raws=frozenset(self._connection.scalars(raws)),
            mentions=self._mentions(Scrubber(known, ""), own),
            under_way=_under_way(tickets, open_messages, open_events, self.doubtful(tickets)),
        )

    def doubtful(self, tickets: Sequence[Ticket]) -> int:
        """How many of their cases are being imported, or were without an answer."""
        keys = [column(key_of(each)) for each in tickets if is_case(each)]
        is_doubtful = outbox.c.state.in_((OutboxState.CLAIMED, OutboxState.UNKNOWN))
        return self._count(outbox, outbox.c.key.in_(keys), is_doubtful)

    def naming(self, table: Table, scrubber: Scrubber) -> tuple[Keys, ...]:
        """The rows of a table that may name the person, by their primary keys."""
        columns, needles = text_columns(table), sorted(scrubber.needles)
        width, at_once = len(table.primary_key.columns), max(1, MOST_CONDITIONS // len(columns))
        naming: dict[Keys, None] = {}
        for start in range(0, len(needles), at_once):
            some = needles[start : start + at_once]
            holds = or_(
                *(func.lower(column).contains(each, autoescape=True)
                  for column in columns for each in some)
            )  # fmt: skip
            found = self._connection.execute(select(*table.primary_key, *columns).where(holds))
            for row in found:
                if any(scrubber.column(text) != text for text in row[width:] if text):
                    naming[tuple(row[:width])] = None
        return tuple(naming)

    def _mentions(self, scrubber: Scrubber, own: Mapping[Table, Keys]) -> int:
        return sum(
            key[0] not in own.get(table, ())
            for table in personal_tables()
            for key in self.naming(table, scrubber)
        )

    def _known_as(self, address: str) -> tuple[KnownAs, tuple[Ticket, ...]]:
        """Their tickets say by what else they are known, and that leads to more tickets."""
        known = KnownAs(frozenset({address.casefold()}))
        body = self._connection.scalar(
            select(contact.c.body).where(contact.c.email == address.casefold())
        )
        if body is not None:
            shown = contact_of(body)
            ids = frozenset({shown.person_id} if shown.person_id else ())
            known = KnownAs(known.addresses, full_name(shown.name), ids)
        while True:
            tickets = tuple(self._tickets(known))
            wider = known
            for each in tickets:
                wider = wider.with_ticket(each)
            if wider == known:
                return known, tickets
            known = wider

    def _tickets(self, known: KnownAs) -> Iterator[Ticket]:
        marks = [f'"email":{to_json(each)}' for each in known.addresses]
        marks += [f'"person_id":{to_json(each)}' for each in known.ids]
        holds = or_(
            *(func.lower(ticket.c.body).contains(mark.lower(), autoescape=True) for mark in marks)
        )
        found = select(ticket.c.body).where(holds).order_by(ticket.c.ticket_id)
        for body in self._connection.scalars(found):
            read = value_of(Ticket, body)
            if known.is_of(read):
                yield read

    def _keys(self, table: Table, which: Any) -> Keys:
        key = next(iter(table.primary_key))
        return tuple(self._connection.scalars(select(key).where(which).order_by(key)))

    def _count(self, table: Table, *which: Any) -> int:
        return self._connection.scalar(select(func.count()).select_from(table).where(*which)) or 0


def personal_tables() -> tuple[Table, ...]:
    """Every table that may speak of somebody; those of later programs too."""
    return tuple(each for each in metadata.sorted_tables if each.name not in OURS)


def text_columns(table: Table) -> tuple[Any, ...]:
    """The columns that hold text; a ticket's own id names nobody."""
    return tuple(
        each for each in table.columns if isinstance(each.type, Text) and each.name != "ticket_id"
    )


def is_case(each: Ticket) -> bool:
    """Whether a ticket is a case that the helpdesk does not have yet."""
    is_ours = each.origin is Origin.MAILBOX and each.number is None
    return is_ours and each.status is not Status.DELETED


def _streams(known: KnownAs, tickets: Sequence[Ticket]) -> list[str]:
    streams = [f"mail/{each}" for each in known.addresses]
    streams += [f"case/{each.ticket_id}" for each in tickets]
    return streams + [f"ticket/{each.number}" for each in tickets if each.number is not None]


def _under_way(tickets: Sequence[Ticket], messages: int, events: int, doubtful: int) -> Open:
    cases = [each for each in tickets if is_case(each)]
    still = [each for each in tickets if not each.status.is_done and not is_case(each)]
    return Open(len(cases), len(still), messages, events, doubtful)
