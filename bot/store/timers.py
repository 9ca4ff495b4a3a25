# SPDX-License-Identifier: GPL-3.0-or-later
"""What falls due and when: one row per timer, one index over those that still run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.engine import Connection

from bot.rules.actions import Timer
from bot.store.codec import maybe_instant, micros
from bot.store.queues import Touched
from bot.store.ready import Ready
from bot.store.rows import body_of, column, maybe_column, value_of
from bot.store.tables import is_open, timer
from bot.store.upserts import insert_into

_runs = is_open(timer)
_DUE = Ready(
    lambda _: (
        select(timer.c.body)
        .where(_runs, timer.c.due_at <= bindparam("now"))
        .order_by(timer.c.due_at, timer.c.key)
        .limit(bindparam("most"))
    )
)
_NEXT = Ready(lambda _: select(timer.c.due_at).where(_runs).order_by(timer.c.due_at).limit(1))
_OF_TICKET = Ready(
    lambda _: (
        select(timer.c.body)
        .where(_runs, timer.c.ticket_id == bindparam("of"))
        .order_by(timer.c.due_at, timer.c.key)
    )
)
_STOP = Ready(
    lambda _: update(timer).where(timer.c.key == bindparam("of"), _runs).values(is_open=0)
)
_FIRED = Ready(
    lambda _: (
        update(timer)
        .where(timer.c.key == bindparam("of"), _runs, timer.c.due_at <= bindparam("at"))
        .values(is_open=0, fired_at=bindparam("at"))
    )
)


class TimersView:
    """What may be asked about timers."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """The running timers whose instant has come, the most overdue first."""
        found = _DUE.run(self._connection, {"now": micros(now), "most": limit})
        return [value_of(Timer, body) for (body,) in found]

    def next_due(self) -> datetime | None:
        """The earliest instant at which a running timer falls due."""
        row = _NEXT.run(self._connection, {}).fetchone()
        return None if row is None else maybe_instant(row[0])

    def of_ticket(self, ticket_id: str) -> list[Timer]:
        """A ticket's running timers, the earliest first."""
        found = _OF_TICKET.run(self._connection, {"of": ticket_id})
        return [value_of(Timer, body) for (body,) in found]

    def running(self) -> int:
        """How many timers run."""
        return self._connection.scalar(select(func.count()).where(_runs)) or 0


class Timers(TimersView):
    """The timers within a write transaction."""

    def __init__(self, connection: Connection, touched: set[Touched]) -> None:
        """Write over `connection`; what gets work is added to `touched`."""
        super().__init__(connection)
        self._touched = touched

    def set(self, wanted: Timer) -> bool:
        """Let a timer run to its instant; a key that is known is moved.

        False when it fired already for this very instant: it does not fire twice.
        """
        row = {
            "key": column(wanted.key),
            "kind": wanted.kind,
            "due_at": micros(wanted.due_at),
            "ticket_id": maybe_column(wanted.ticket_id),
            "body": body_of(wanted),
            "is_open": 1,
            "fired_at": None,
        }
        if _SET.run(self._connection, row).fetchone() is None:
            return False
        self._touched.add(Touched.TIMERS)
        return True

    def stop(self, key: str) -> bool:
        """Stop a timer; False when none of that key ran."""
        return bool(_STOP.run(self._connection, {"of": column(key)}).rowcount)

    def mark_fired(self, key: str, now: datetime) -> bool:
        """Note that a timer is acted upon; False when it was stopped, or moved to after `now`."""
        values = {"of": column(key), "at": micros(now)}
        return bool(_FIRED.run(self._connection, values).rowcount)


def _moved_unless_fired(dialect: str) -> Any:
    """One statement: insert, or move what has not fired for this very instant."""
    statement = insert_into(dialect, timer)
    changed = {name: statement.excluded[name] for name in _COLUMNS if name != "key"}
    has_fired = timer.c.fired_at.is_not(None) & (timer.c.due_at == statement.excluded.due_at)
    return statement.on_conflict_do_update(
        index_elements=["key"], set_=changed, where=~has_fired
    ).returning(timer.c.key)


_COLUMNS = ("key", "kind", "due_at", "ticket_id", "body", "is_open", "fired_at")
_SET = Ready(_moved_unless_fired, _COLUMNS)
