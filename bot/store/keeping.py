# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets rows go whose time is over: first the words, much later the keys; nothing that is open.

A reader finds what may go, the writer lets go of a few at a time and looks at each once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, func, not_, or_, select, update
from sqlalchemy.engine import Connection

from bot.rules.actions import Outgoing
from bot.rules.events import Event
from bot.rules.history import Change
from bot.rules.keeping import (
    NOBODYS,
    Kept,
    emptied_change,
    emptied_event,
    emptied_message,
    emptied_ticket,
)
from bot.rules.mail import Fate
from bot.rules.ticket import Status, Ticket
from bot.store.codec import maybe_instant, micros
from bot.store.outages import HELPDESK
from bot.store.outbox_queue import DEAD
from bot.store.queues import InboxState
from bot.store.rows import body_of, value_of
from bot.store.tables import (
    alert,
    attempt,
    change,
    contact,
    inbox,
    incident_entry,
    is_open,
    journal,
    mail,
    outbox,
    ticket,
    timer,
)

MAILBOX = "mailbox"
"""The source of events that are mails."""
LINKS = "incident/"
"""Alerts that make a ticket a part of an incident; they stay as long as its timeline may."""
LetGo = Callable[[Connection, Sequence[Any], int], None]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows of one table that are one kind of data, or a part of it.

    `at` is the instant from which their age counts, `holds` are the rows that still have something
    to let go, `may_go` those of them that nobody needs any more once they are old.
    """

    table: Table
    at: Any
    holds: Any
    may_go: Any
    let_go: LetGo


@dataclass(frozen=True, slots=True)
class Stock:
    """How much of a kind is there, how old the oldest is, and how much of it may go now."""

    count: int
    oldest: datetime | None
    due: int


class KeepingView:
    """What may be asked about the age of data."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def stock(self, kind: Kept, before: datetime | None) -> Stock:
        """What is there of a kind; nothing of it is due where `before` is None."""
        count, oldest, due = 0, None, 0
        for shelf in SHELVES[kind]:
            counted = select(func.count(), func.min(shelf.at)).where(shelf.holds)
            number, first = self._connection.execute(counted).one()
            count += number
            oldest = min((each for each in (oldest, first) if each is not None), default=None)
            if before is not None:
                waiting = select(func.count()).where(_is_due(shelf, before))
                due += self._connection.scalar(waiting) or 0
        return Stock(count, maybe_instant(oldest), due)

    def due(self, kind: Kept, before: datetime, limit: int) -> tuple[tuple[Any, ...], ...]:
        """What may go, a tuple of row keys for each of the kind's tables, `limit` of each."""
        return tuple(
            tuple(
                self._connection.scalars(
                    select(_key(shelf)).where(_is_due(shelf, before)).limit(limit)
                )
            )
            for shelf in SHELVES[kind]
        )


class Keeping(KeepingView):
    """The same within a write transaction."""

    def let_go(
        self, kind: Kept, found: Sequence[Sequence[Any]], *, before: datetime, now: datetime
    ) -> int:
        """Let go of what `due` found and what may still go; how many rows those were."""
        count = 0
        for shelf, keys in zip(SHELVES[kind], found, strict=True):
            if not keys:
                continue
            still = select(_key(shelf)).where(_is_due(shelf, before), _key(shelf).in_(keys))
            going = self._connection.scalars(still).all()
            if going:
                shelf.let_go(self._connection, going, micros(now))
            count += len(going)
        return count


def _key(shelf: Shelf) -> Any:
    return next(iter(shelf.table.primary_key))


def _is_due(shelf: Shelf, before: datetime) -> Any:
    return and_(shelf.holds, shelf.may_go, shelf.at < micros(before))


def _delete(table: Table, connection: Connection, keys: Sequence[Any], _now: int) -> None:
    key = next(iter(table.primary_key))
    connection.execute(delete(table).where(key.in_(keys)))


def empty_events(connection: Connection, keys: Sequence[Any], now: int) -> None:
    """Drop what settled events said."""
    left = {
        key: emptied_event(value_of(Event, body)) for key, body in _bodies(connection, inbox, keys)
    }
    rows = [{"of": key, "new_body": body_of(event)} for key, event in left.items()]
    _rewrite(connection, inbox, rows, stream=NOBODYS, emptied_at=now)


def empty_messages(connection: Connection, keys: Sequence[Any], now: int) -> None:
    """Drop what settled messages said, and what was heard when they were sent."""
    left = {
        key: emptied_message(value_of(Outgoing, body))
        for key, body in _bodies(connection, outbox, keys)
    }
    rows = [
        {"of": key, "new_body": body_of(each), "new_destination": each.destination}
        for key, each in left.items()
    ]
    _rewrite(connection, outbox, rows, emptied_at=now)
    connection.execute(update(attempt).where(attempt.c.outbox_id.in_(keys)).values(detail=""))


def empty_tickets(connection: Connection, keys: Sequence[Any], now: int) -> None:
    """Drop the words of tickets and of their histories."""
    rows = [
        {"of": key, "new_body": body_of(emptied_ticket(value_of(Ticket, body)))}
        for key, body in _bodies(connection, ticket, keys)
    ]
    _rewrite(connection, ticket, rows, emptied_at=now)
    history = select(change.c.id, change.c.body).where(change.c.ticket_id.in_(keys))
    said = [
        {"of": row.id, "new_body": body_of(emptied_change(value_of(Change, row.body)))}
        for row in connection.execute(history)
    ]
    _rewrite(connection, change, said)


def _bodies(connection: Connection, table: Table, keys: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    key = next(iter(table.primary_key))
    for row in connection.execute(select(key, table.c.body).where(key.in_(keys))):
        yield row[0], row[1]


def _rewrite(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], **same: Any
) -> None:
    """Give each row its `new_` values, and all of them the same others; one call of the driver."""
    if not rows:
        return
    own: dict[str, Any] = {
        name.removeprefix("new_"): bindparam(name) for name in rows[0] if name != "of"
    }
    key = next(iter(table.primary_key))
    statement = update(table).where(key == bindparam("of")).values({**own, **same})
    connection.execute(statement, [dict(row) for row in rows])


def _let_raw_go(connection: Connection, keys: Sequence[Any], _now: int) -> None:
    """The row forgets the file; the sweep of the spool removes files that no row knows."""
    connection.execute(update(mail).where(mail.c.id.in_(keys)).values(raw=""))


def _let_senders_go(connection: Connection, keys: Sequence[Any], _now: int) -> None:
    left = {"sender": "", "subject": "", "message_id": None}
    connection.execute(update(mail).where(mail.c.id.in_(keys)).values(left))


_settled = and_(inbox.c.state == InboxState.SETTLED, inbox.c.emptied_at.is_(None))
_closed = and_(outbox.c.is_open == 0, outbox.c.emptied_at.is_(None))
_is_dead = outbox.c.state.in_(DEAD)
_is_mail = inbox.c.source == MAILBOX
_is_done = and_(
    ticket.c.is_open == 0, or_(ticket.c.number.is_not(None), ticket.c.status == Status.DELETED)
)
"""A case that the helpdesk does not have is never done."""
_waits = select(outbox.c.id).where(is_open(outbox), outbox.c.ticket_id == ticket.c.ticket_id)
_of_done = select(ticket.c.ticket_id).where(_is_done)
_brought_back = and_(
    mail.c.fate != Fate.WAITING, or_(mail.c.ticket_id.is_(None), mail.c.ticket_id.in_(_of_done))
)
_has_sender = or_(mail.c.sender != "", mail.c.subject != "")
_its_ticket_at = (
    select(ticket.c.updated_at).where(ticket.c.ticket_id == alert.c.ticket_id).scalar_subquery()
)
_tells = and_(alert.c.ticket_id.is_not(None), not_(alert.c.key.startswith(LINKS)))
_of_matter = incident_entry.alias()
_newest = (
    select(func.max(_of_matter.c.incident))
    .where(_of_matter.c.matter == incident_entry.c.matter)
    .scalar_subquery()
)
_last_at = (
    select(func.max(_of_matter.c.at))
    .where(
        _of_matter.c.matter == incident_entry.c.matter,
        _of_matter.c.incident == incident_entry.c.incident,
    )
    .scalar_subquery()
)
"""A timeline goes as a whole: without its beginning an interruption would be none."""
_was_closed = select(_of_matter.c.id).where(
    _of_matter.c.matter == incident_entry.c.matter,
    _of_matter.c.incident == incident_entry.c.incident,
    _of_matter.c.kind.in_(("closed", "joined")),
)


def _deleting(table: Table, at: Any, holds: Any, may_go: Any = None) -> Shelf:
    return Shelf(table, at, holds, holds if may_go is None else may_go, partial(_delete, table))


SHELVES: Mapping[Kept, tuple[Shelf, ...]] = {
    Kept.TICKETS: (
        Shelf(
            ticket, ticket.c.updated_at, ticket.c.emptied_at.is_(None),
            and_(_is_done, ~_waits.exists()), empty_tickets,
        ),
    ),
    Kept.EVENTS: (
        Shelf(inbox, inbox.c.settled_at, _settled & not_(_is_mail), _settled, empty_events),
        _deleting(timer, timer.c.due_at, timer.c.is_open == 0),
    ),
    Kept.MESSAGES: (
        Shelf(outbox, outbox.c.settled_at, _closed & not_(_is_dead), _closed, empty_messages),
    ),
    Kept.DEAD_LETTERS: (
        Shelf(outbox, outbox.c.settled_at, _closed & _is_dead, _closed, empty_messages),
    ),
    Kept.KEYS: (
        _deleting(inbox, inbox.c.settled_at, inbox.c.emptied_at.is_not(None)),
        _deleting(outbox, outbox.c.settled_at, outbox.c.emptied_at.is_not(None)),
    ),
    Kept.MAILS: (
        Shelf(mail, mail.c.decided_at, mail.c.raw != "", _brought_back, _let_raw_go),
        Shelf(inbox, inbox.c.settled_at, _settled & _is_mail, _settled, empty_events),
    ),
    Kept.SENDERS: (
        Shelf(mail, mail.c.decided_at, _has_sender, _brought_back, _let_senders_go),
    ),
    Kept.JOURNAL: (_deleting(journal, journal.c.at, journal.c.id.is_not(None)),),
    Kept.ALERTS: (
        _deleting(
            alert, _its_ticket_at, _tells, alert.c.ticket_id.in_(_of_done)
        ),
    ),
    Kept.INCIDENTS: (
        _deleting(
            incident_entry, _last_at, incident_entry.c.id.is_not(None),
            and_(
                incident_entry.c.incident < _newest,
                or_(incident_entry.c.matter == HELPDESK, _was_closed.exists()),
            ),
        ),
    ),
    Kept.CONTACTS: (_deleting(contact, contact.c.as_of, contact.c.email.is_not(None)),),
}  # fmt: skip
