# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes one person out of the store: their own rows lose all words, other rows lose their name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, func, select, update

from bot.rules.backfill_state import PREFIX, TIMER
from bot.rules.forgetting import Scrubber
from bot.rules.history import Change
from bot.rules.mail import Fate
from bot.rules.ticket import Status, Ticket
from bot.store.codec import micros
from bot.store.keeping import empty_events, empty_messages
from bot.store.queues import InboxState, OutboxState
from bot.store.rows import body_of, column, reasons_body, reasons_of, value_of
from bot.store.tables import (
    alert,
    change,
    contact,
    inbox,
    is_open,
    journal,
    machine,
    mail,
    outbox,
    ticket,
    timer,
)
from bot.store.traces import Keys, Traces, TracesView, is_case, text_columns

WHY = "forgotten"
LADDERS = "ladder/"
"""Alerts that hold the message they repeat."""
UNIQUE = (inbox.c.key, outbox.c.key)
"""Keys that are no primary keys and stand once all the same."""


class Forgetting(TracesView):
    """Forgets within a write transaction; each method takes a few rows, and may run twice."""

    def give_up(self, traces: Traces, now: datetime) -> bool:
        """What is under way goes no further: unsent, unhandled, never brought to the helpdesk.

        False, and nothing is changed, while a ticket of theirs may just be made there.
        """
        cases = [each for each in traces.tickets if is_case(each)]
        if self.doubtful(cases):
            return False
        settled = {"is_open": 0, "settled_at": micros(now), "lease_until": None, "reason": WHY}
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(traces.messages), is_open(outbox))
            .values(state=OutboxState.DROPPED, **settled)
        )
        self._connection.execute(
            update(inbox)
            .where(inbox.c.id.in_(traces.events), is_open(inbox))
            .values(state=InboxState.SETTLED, outcome=WHY, **settled)
        )
        self._connection.execute(
            update(mail)
            .where(mail.c.id.in_(traces.mails), mail.c.fate == Fate.WAITING)
            .values(fate=Fate.NOTED, decided_at=micros(now))
        )
        for case in cases:
            left = body_of(replace(case, status=Status.DELETED))
            self._connection.execute(
                update(ticket)
                .where(ticket.c.ticket_id == case.ticket_id)
                .values(status=Status.DELETED, is_open=0, body=left)
            )
        ids = [case.ticket_id for case in cases]
        self._connection.execute(update(timer).where(timer.c.ticket_id.in_(ids)).values(is_open=0))
        ways = machine.c.name.in_([f"{PREFIX}{each}" for each in ids])
        self._connection.execute(delete(machine).where(ways))
        return True

    def messages(self, keys: Sequence[Any], now: datetime) -> None:
        """Messages to them or about their tickets: that something was sent stays."""
        which = and_(outbox.c.id.in_(keys), outbox.c.is_open == 0)
        closed = self._connection.scalars(select(outbox.c.id).where(which)).all()
        empty_messages(self._connection, closed, micros(now))

    def events(self, keys: Sequence[Any], now: datetime) -> None:
        """Events of theirs: that something came stays; parked ones go with their words too."""
        which = and_(inbox.c.id.in_(keys), inbox.c.is_open == 0)
        closed = self._connection.scalars(select(inbox.c.id).where(which)).all()
        empty_events(self._connection, closed, micros(now))

    def reasons(self, keys: Sequence[Any]) -> None:
        """Why their tickets were decided so: the rules stay, their words as evidence go."""
        for row in self._connection.execute(select(journal).where(journal.c.id.in_(keys))):
            bare = tuple(replace(each, evidence=()) for each in reasons_of(row.reasons))
            left = reasons_body(bare)
            which = update(journal).where(journal.c.id == row.id)
            self._connection.execute(which.values(reasons=left))

    def alerts(self, keys: Sequence[Any]) -> None:
        """Ladders repeat what was said; who took a ticket stays."""
        theirs = and_(alert.c.key.in_(keys), alert.c.key.startswith(LADDERS))
        self._connection.execute(delete(alert).where(theirs))

    def timers(self, keys: Sequence[Any]) -> None:
        """Timers that ended."""
        ended = and_(timer.c.key.in_(keys), timer.c.is_open == 0)
        self._connection.execute(delete(timer).where(ended))

    def mails(self, keys: Sequence[Any], scrubber: Scrubber) -> None:
        """Mails of their cases: the key and the fate stay, so that none is a case again."""
        left = {"raw": "", "subject": "", "message_id": None, "reason": WHY}
        self._connection.execute(update(mail).where(mail.c.id.in_(keys)).values(left))
        theirs = and_(mail.c.id.in_(keys), mail.c.sender.in_(scrubber.addresses))
        self._connection.execute(update(mail).where(theirs).values(sender=scrubber.address))

    def without_raws(self, raws: Sequence[str]) -> tuple[str, ...]:
        """Let mails of others that name them lose their files too, where they are done with.

        Answers those files that no row speaks of any more.
        """
        done = select(ticket.c.ticket_id).where(ticket.c.number.is_not(None))
        free = and_(
            mail.c.raw.in_(raws),
            mail.c.fate != Fate.WAITING,
            mail.c.ticket_id.is_(None) | mail.c.ticket_id.in_(done),
        )
        self._connection.execute(update(mail).where(free).values(raw=""))
        spoken = set(self._connection.scalars(select(mail.c.raw).where(mail.c.raw.in_(raws))))
        return tuple(each for each in raws if each not in spoken)

    def tickets(self, theirs: Sequence[Ticket], scrubber: Scrubber, now: datetime) -> None:
        """Their tickets: numbers, states, instants and clocks stay, under a pseudonym.

        Late copies of a case are no longer looked for: the answer would bring them back.
        """
        ids = [each.ticket_id for each in theirs]
        looks = and_(timer.c.ticket_id.in_(ids), timer.c.kind == TIMER)
        self._connection.execute(update(timer).where(looks).values(is_open=0))
        for each in theirs:
            body = self._connection.scalar(
                select(ticket.c.body).where(ticket.c.ticket_id == each.ticket_id)
            )
            left = body_of(scrubber.ticket(value_of(Ticket, body or body_of(each))))
            which = update(ticket).where(ticket.c.ticket_id == each.ticket_id)
            self._connection.execute(which.values(body=left, emptied_at=micros(now)))
            self._history(each.ticket_id, scrubber)

    def contacts(self, keys: Sequence[Any]) -> None:
        """Nobody knows them any more."""
        self._connection.execute(delete(contact).where(contact.c.email.in_(keys)))

    def scrub(self, table: Table, keys: Sequence[Keys], scrubber: Scrubber) -> None:
        """Put the pseudonym into rows that name them, keys included."""
        columns = text_columns(table)
        for key in keys:
            which = _at(table, key)
            row = self._connection.execute(select(*columns).where(which)).one_or_none()
            if row is None:
                continue
            left = {
                each.name: scrubber.column(text)
                for each, text in zip(columns, row, strict=True)
                if text and scrubber.column(text) != text
            }
            if left:
                self._replace(table, key, left)

    def _replace(self, table: Table, key: Keys, left: Mapping[str, str]) -> None:
        which = _at(table, key)
        for each in (*table.primary_key, *UNIQUE):
            name = each.name
            if each.table is not table or name not in left:
                continue
            left = {**left, name: column(left[name])}
            is_taken = select(func.count()).select_from(table).where(each == left[name])
            if self._connection.scalar(is_taken):
                # What would stand there twice under one pseudonym stands there once.
                self._connection.execute(delete(table).where(which))
                return
        self._connection.execute(update(table).where(which).values(left))

    def _history(self, ticket_id: str, scrubber: Scrubber) -> None:
        found = select(change.c.id, change.c.body).where(change.c.ticket_id == ticket_id)
        for row in self._connection.execute(found).all():
            left = body_of(scrubber.change(value_of(Change, row.body)))
            self._connection.execute(update(change).where(change.c.id == row.id).values(body=left))


def _at(table: Table, key: Keys) -> Any:
    return and_(*(part == value for part, value in zip(table.primary_key, key, strict=True)))
