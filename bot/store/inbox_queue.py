# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the inbox: written down once, handled one at a time per stream, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update
from sqlalchemy.engine import Connection

from bot.rules.events import Event
from bot.store.codec import maybe_instant, micros
from bot.store.queues import Claimed, InboxRow, InboxState, Touched
from bot.store.ready import Ready
from bot.store.rows import body_of, clean, column, value_of
from bot.store.tables import inbox, is_open
from bot.store.upserts import insert_once

PARK_AFTER = 8
"""An event that failed so often waits for a person instead of blocking its stream."""

_earlier = inbox.alias("earlier")
_is_open = is_open(inbox)
_heads = (
    select(inbox.c.id, inbox.c.body, inbox.c.attempts)
    .where(
        _is_open,
        or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= bindparam("now")),
        or_(inbox.c.retry_at.is_(None), inbox.c.retry_at <= bindparam("now")),
        ~select(_earlier.c.id)
        .where(
            is_open(_earlier),
            _earlier.c.stream == inbox.c.stream,
            _earlier.c.id < inbox.c.id,
        )
        .exists(),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
)

_OLDEST = Ready(lambda _: select(inbox.c.at).where(_is_open).order_by(inbox.c.id).limit(1))


class InboxView:
    """What may be asked of the inbox."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def waiting(self) -> int:
        """How many events are neither settled nor parked."""
        return self._count(_is_open)

    def parked(self) -> tuple[InboxRow, ...]:
        """The events that failed too often, for a person to look at."""
        return self._rows(inbox.c.state == InboxState.PARKED)

    def by_key(self, key: str) -> InboxRow | None:
        """The event with this key, whatever became of it."""
        rows = self._rows(inbox.c.key == column(key))
        return rows[0] if rows else None

    def by_id(self, row_id: int) -> InboxRow | None:
        """The event with this number, whatever became of it."""
        rows = self._rows(inbox.c.id == row_id)
        return rows[0] if rows else None

    def in_states(self, states: Sequence[InboxState], limit: int) -> tuple[InboxRow, ...]:
        """The newest events in any of these states, the newest last."""
        found = self._connection.execute(
            select(inbox).where(inbox.c.state.in_(states)).order_by(inbox.c.id.desc()).limit(limit)
        )
        return tuple(reversed([_inbox_row(row) for row in found]))

    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        grouped = select(inbox.c.state, func.count()).group_by(inbox.c.state)
        return {row[0]: row[1] for row in self._connection.execute(grouped)}

    def oldest_waiting(self) -> datetime | None:
        """The instant of the oldest event still to be handled."""
        row = _OLDEST.run(self._connection, {}).fetchone()
        return None if row is None else maybe_instant(row[0])

    def next_due(self) -> datetime | None:
        """When the next event may be claimed that cannot be yet: a retry or a lease that ends."""
        later = func.coalesce(inbox.c.lease_until, inbox.c.retry_at)
        return maybe_instant(
            self._connection.scalar(select(func.min(later)).where(_is_open, later.is_not(None)))
        )

    def _count(self, condition: Any) -> int:
        return self._connection.scalar(select(func.count()).where(condition)) or 0

    def _rows(self, condition: Any) -> tuple[InboxRow, ...]:
        found = self._connection.execute(select(inbox).where(condition).order_by(inbox.c.id))
        return tuple(_inbox_row(row) for row in found)


class Inbox(InboxView):
    """The inbox within a write transaction."""

    def __init__(self, connection: Connection, touched: set[Touched]) -> None:
        """Write over `connection`; what gets work is added to `touched`."""
        super().__init__(connection)
        self._touched = touched

    def add(self, event: Event) -> bool:
        """Write an event down; False when one with its key was there already."""
        is_new = insert_once(self._connection, inbox, new_row(event))
        if is_new:
            self._touched.add(Touched.INBOX)
        return is_new

    def claim(self, *, now: datetime, lease_seconds: float, limit: int) -> list[Claimed]:
        """Take the oldest event of each free stream, up to `limit`, for `lease_seconds`."""
        parameters = {"now": micros(now), "limit": limit}
        rows = self._connection.execute(_heads, parameters).all()
        if rows:
            until = micros(now + timedelta(seconds=lease_seconds))
            self._connection.execute(
                update(inbox)
                .where(inbox.c.id.in_([row.id for row in rows]))
                .values(state=InboxState.CLAIMED, lease_until=until, attempts=inbox.c.attempts + 1)
            )
        return [Claimed(row.id, value_of(Event, row.body), row.attempts + 1) for row in rows]

    def settle(self, row_id: int, outcome: str, now: datetime) -> bool:
        """Mark an event as handled; False when somebody else did so meanwhile."""
        return self._close(row_id, InboxState.SETTLED, now=now, outcome=clean(outcome))

    def fail(self, row_id: int, reason: str, *, retry_at: datetime) -> InboxState:
        """Put an event back for later, or park it when it failed `PARK_AFTER` times."""
        attempts = self._connection.scalar(select(inbox.c.attempts).where(inbox.c.id == row_id))
        if (attempts or 0) >= PARK_AFTER:
            self.park(row_id, reason, now=retry_at)
            return InboxState.PARKED
        self._set(
            row_id,
            state=InboxState.WAITING,
            lease_until=None,
            retry_at=micros(retry_at),
            reason=clean(reason),
        )
        return InboxState.WAITING

    def free_claims(self, now: datetime) -> int:
        """End every lease, for a daemon that has just taken over: who held them is dead."""
        changed = self._connection.execute(
            update(inbox).where(inbox.c.state == InboxState.CLAIMED).values(lease_until=micros(now))
        )
        self._touched.add(Touched.INBOX)
        return changed.rowcount

    def postpone(self, row_id: int, reason: str, *, retry_at: datetime) -> bool:
        """Put an event back for later without counting it as a failure of its own."""
        return self._set(
            row_id,
            state=InboxState.WAITING,
            retry_at=micros(retry_at),
            lease_until=None,
            reason=clean(reason),
            attempts=0,
        )

    def park(self, row_id: int, reason: str, *, now: datetime) -> bool:
        """Lay an event aside for a person; its stream goes on without it."""
        return self._close(row_id, InboxState.PARKED, now=now, reason=clean(reason))

    def unpark(self, row_id: int) -> bool:
        """Give a parked event another try, with its attempts counted anew."""
        changed = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == row_id, inbox.c.state == InboxState.PARKED)
            .values(
                state=InboxState.WAITING,
                is_open=1,
                attempts=0,
                retry_at=None,
                lease_until=None,
                settled_at=None,
            )
        )
        self._touched.add(Touched.INBOX)
        return bool(changed.rowcount)

    def drop(self, row_id: int, reason: str, now: datetime) -> bool:
        """Give a parked event up for good, saying why; False where it is not parked."""
        changed = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == row_id, inbox.c.state == InboxState.PARKED)
            .values(state=InboxState.SETTLED, outcome=clean(reason), settled_at=micros(now))
        )
        return bool(changed.rowcount)

    def _close(self, row_id: int, state: InboxState, *, now: datetime, **values: Any) -> bool:
        return self._set(
            row_id, state=state, is_open=0, settled_at=micros(now), lease_until=None, **values
        )

    def _set(self, row_id: int, **values: Any) -> bool:
        self._touched.add(Touched.INBOX)
        given = {f"new_{name}": value for name, value in values.items()}
        statement = _changing(tuple(values))
        return bool(statement.run(self._connection, {"of": row_id, **given}).rowcount)


@lru_cache(maxsize=16)
def _changing(names: tuple[str, ...]) -> Ready:
    values = {name: bindparam(f"new_{name}", type_=inbox.c[name].type) for name in names}
    return Ready(
        lambda _: update(inbox).where(inbox.c.id == bindparam("of"), _is_open).values(values)
    )


def new_row(event: Event) -> dict[str, Any]:
    """The columns of an event that was just seen."""
    return {
        "key": column(event.key),
        "stream": column(event.stream),
        "at": micros(event.at),
        "source": column(event.source),
        "body": body_of(event),
    }


def _inbox_row(row: Row[Any]) -> InboxRow:
    return InboxRow(
        row_id=row.id,
        event=value_of(Event, row.body),
        state=InboxState(row.state),
        attempts=row.attempts,
        outcome=row.outcome,
        reason=row.reason,
        settled_at=maybe_instant(row.settled_at),
    )
