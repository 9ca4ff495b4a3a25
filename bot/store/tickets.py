# SPDX-License-Identifier: GPL-3.0-or-later
"""The tickets: latest values, history and clocks, under an identity of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Text, bindparam, delete, func, literal_column, select
from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.rules.history import Change
from bot.rules.ticket import Origin, Status, Ticket
from bot.store.codec import micros
from bot.store.ready import Ready
from bot.store.rows import body_of, column, from_json, maybe_column, to_json, value_of
from bot.store.tables import UNNUMBERED, change, counter, is_open, machine, ticket, ticket_clock
from bot.store.upserts import insert_once, put

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 8
_ID_START = datetime(2025, 1, 1, tzinfo=UTC)
_COUNTER = "ticket_id"
GREATEST_NUMBER = 2**63 - 1
"""The greatest number that a column holds."""


def _by(key: Any) -> Ready:
    return Ready(
        lambda _: (
            select(ticket.c.body)
            .where(key == bindparam("of"))
            .order_by(ticket.c.ticket_id.desc())
            .limit(1)
        )
    )


_BY_ID, _BY_NUMBER = _by(ticket.c.ticket_id), _by(ticket.c.number)
_BY_REFERENCE = _by(ticket.c.reference)
_LAST_ID = Ready(
    lambda _: select(counter.c.value).where(counter.c.name == bindparam("of")).with_for_update()
)
_WITHOUT_NUMBER: tuple[Any, ...] = (
    literal_column(UNNUMBERED),
    ticket.c.origin == Origin.MAILBOX,
    ticket.c.status != Status.DELETED,
)


def _untouched() -> Any:
    named = bindparam("prefix", type_=Text) + ticket.c.ticket_id
    return ~select(machine.c.name).where(machine.c.name == named).exists()


_UNTOUCHED = Ready(
    lambda _: (
        select(ticket.c.body)
        .where(*_WITHOUT_NUMBER, _untouched())
        .order_by(ticket.c.ticket_id)
        .limit(bindparam("limit"))
    )
)
_COUNT_UNTOUCHED = Ready(
    lambda _: select(func.count()).select_from(ticket).where(*_WITHOUT_NUMBER, _untouched())
)
_HISTORY = Ready(
    lambda _: (
        select(change.c.body)
        .where(change.c.ticket_id == bindparam("of"))
        .order_by(change.c.at, change.c.id)
    )
)
_CLOCKS = Ready(
    lambda _: select(ticket_clock.c.name, ticket_clock.c.body).where(
        ticket_clock.c.ticket_id == bindparam("of")
    )
)
_FORGET_CLOCK = Ready(
    lambda _: delete(ticket_clock).where(
        ticket_clock.c.ticket_id == bindparam("of"), ticket_clock.c.name == bindparam("clock")
    )
)


class TicketsView:
    """What may be asked about tickets."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def load(self, ticket_id: str) -> Ticket | None:
        """The ticket with our own id."""
        return self._one(_BY_ID, ticket_id)

    def by_number(self, number: int) -> Ticket | None:
        """The ticket that the helpdesk calls by this number; none has one that is too great."""
        return self._one(_BY_NUMBER, number) if abs(number) <= GREATEST_NUMBER else None

    def by_reference(self, reference: str) -> Ticket | None:
        """The latest case that a customer was given this reference for."""
        return self._one(_BY_REFERENCE, column(reference))

    def open_tickets(self) -> tuple[Ticket, ...]:
        """Every ticket that is not done, the oldest first."""
        return self._many(is_open(ticket))

    def all(self) -> tuple[Ticket, ...]:
        """Every ticket there is, the oldest first."""
        return self._many(ticket.c.ticket_id.is_not(None))

    def created_since(self, since: datetime) -> tuple[Ticket, ...]:
        """Every ticket that came at an instant or later, the oldest first."""
        return self._many(ticket.c.created_at >= micros(since))

    def solved_since(self, since: datetime, most: int) -> tuple[Ticket, ...]:
        """Tickets that are solved or closed and moved since then, the latest first."""
        found = self._connection.execute(
            select(ticket.c.body)
            .where(
                ticket.c.status.in_((Status.SOLVED, Status.CLOSED)),
                ticket.c.updated_at >= micros(since),
            )
            .order_by(ticket.c.updated_at.desc(), ticket.c.ticket_id)
            .limit(most)
        )
        return tuple(value_of(Ticket, body) for body in found.scalars())

    def count(self) -> int:
        """How many tickets are known."""
        return self._connection.scalar(select(func.count()).select_from(ticket)) or 0

    def cases_without_number(self, limit: int, *, untouched: str = "") -> tuple[Ticket, ...]:
        """Cases that the helpdesk does not have, the oldest first.

        With `untouched` only those of which no machine of that prefix knows.
        """
        if untouched:
            asked = {"prefix": untouched, "limit": limit}
            bodies = [row[0] for row in _UNTOUCHED.run(self._connection, asked)]
        else:
            unnumbered = select(ticket.c.body).where(*_WITHOUT_NUMBER)
            wanted = unnumbered.order_by(ticket.c.ticket_id).limit(limit)
            bodies = list(self._connection.execute(wanted).scalars())
        return tuple(value_of(Ticket, body) for body in bodies)

    def count_cases_without_number(self, *, untouched: str) -> int:
        """How many cases the helpdesk does not have and no machine of that prefix knows of."""
        row = _COUNT_UNTOUCHED.run(self._connection, {"prefix": untouched}).fetchone()
        return int(row[0]) if row is not None else 0

    def history(self, ticket_id: str) -> tuple[Change, ...]:
        """Everything that happened to a ticket, in the order it happened."""
        found = _HISTORY.run(self._connection, {"of": ticket_id})
        return tuple(value_of(Change, body) for (body,) in found)

    def clocks(self, ticket_id: str) -> dict[str, dict[str, Any]]:
        """The stored state of each of a ticket's clocks, by its name."""
        return {name: from_json(body) for name, body in self._clock_bodies(ticket_id)}

    def _clock_bodies(self, ticket_id: str) -> Any:
        return _CLOCKS.run(self._connection, {"of": ticket_id})

    def _one(self, statement: Ready, of: str | int) -> Ticket | None:
        row = statement.run(self._connection, {"of": of}).fetchone()
        return None if row is None else value_of(Ticket, row[0])

    def _many(self, condition: Any) -> tuple[Ticket, ...]:
        found = self._connection.execute(
            select(ticket.c.body).where(condition).order_by(ticket.c.ticket_id)
        )
        return tuple(value_of(Ticket, body) for body in found.scalars())


class Tickets(TicketsView):
    """The tickets within a write transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        """Write over `connection`; `clock` only makes new ids sortable."""
        super().__init__(connection)
        self._clock = clock

    def new_id(self) -> str:
        """A new ticket id: eight characters that sort by age and are never given twice.

        Later than every earlier one even when the machine's clock was set back, and not given
        again after an older backup was restored.
        """
        row = _LAST_ID.run(self._connection, {"of": _COUNTER}).fetchone()
        last = row[0] if row is not None else 0
        since_start = (self._clock.now() - _ID_START) // timedelta(milliseconds=1)
        value = max(since_start, last + 1, 1)
        put(self._connection, counter, {"name": _COUNTER, "value": value})
        return _base32(value)

    def save(self, saved: Ticket) -> None:
        """Write a ticket's latest values, new or known."""
        row = {
            "ticket_id": saved.ticket_id,
            "origin": saved.origin,
            "number": saved.number,
            "reference": maybe_column(saved.reference),
            "status": saved.status,
            "is_open": int(not saved.status.is_done),
            "created_at": micros(saved.created_at),
            "updated_at": micros(saved.updated_at),
            "body": body_of(saved),
            "emptied_at": None,
        }
        put(self._connection, ticket, row)

    def add_change(self, ticket_id: str, added: Change) -> bool:
        """Add an entry to a ticket's history; False when it was there already."""
        row = {
            "ticket_id": ticket_id,
            "key": column(added.key),
            "at": micros(added.at),
            "body": body_of(added),
        }
        return insert_once(self._connection, change, row)

    def save_clocks(self, ticket_id: str, clocks: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the state of a ticket's clocks; those that are not named are forgotten."""
        known = dict(iter(self._clock_bodies(ticket_id)))
        for name in known.keys() - clocks.keys():
            _FORGET_CLOCK.run(self._connection, {"of": ticket_id, "clock": name})
        for name, state in clocks.items():
            body = to_json(dict(state))
            if known.get(name) != body:
                row = {"ticket_id": ticket_id, "name": name, "body": body}
                put(self._connection, ticket_clock, row)


def _base32(value: int) -> str:
    letters = []
    for _ in range(_ID_LENGTH):
        value, rest = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(reversed(letters))
