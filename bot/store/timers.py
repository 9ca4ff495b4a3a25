# SPDX-License-Identifier: GPL-3.0-or-later
"""What falls due and when: one row per timer, one index over those that still run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import Connection

from bot.rules.actions import Timer
from bot.store.codec import maybe_instant, micros
from bot.store.queues import Touched
from bot.store.rows import body_of, column, maybe_column, value_of
from bot.store.tables import timer
from bot.store.upserts import dialect_of, insert_into

_runs = timer.c.is_open == 1


class TimersView:
    """What may be asked about timers."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """The running timers whose instant has come, the most overdue first."""
        return self._timers(_runs & (timer.c.due_at <= micros(now)), limit)

    def next_due(self) -> datetime | None:
        """The earliest instant at which a running timer falls due."""
        return maybe_instant(
            self._connection.scalar(
                select(timer.c.due_at).where(_runs).order_by(timer.c.due_at).limit(1)
            )
        )

    def of_ticket(self, ticket_id: str) -> list[Timer]:
        """A ticket's running timers, the earliest first."""
        return self._timers(_runs & (timer.c.ticket_id == ticket_id), None)

    def running(self) -> int:
        """How many timers run."""
        return self._connection.scalar(select(func.count()).where(_runs)) or 0

    def _timers(self, condition: Any, limit: int | None) -> list[Timer]:
        found = self._connection.execute(
            select(timer.c.body).where(condition).order_by(timer.c.due_at, timer.c.key).limit(limit)
        )
        return [value_of(Timer, body) for body in found.scalars()]


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
        if not self._move_unless_fired(row):
            return False
        self._touched.add(Touched.TIMERS)
        return True

    def stop(self, key: str) -> bool:
        """Stop a timer; False when none of that key ran."""
        return bool(self._stop(timer.c.key == column(key)))

    def stop_for_ticket(self, ticket_id: str, kinds: Collection[str]) -> int:
        """Stop a ticket's timers of these kinds; how many ran."""
        return self._stop((timer.c.ticket_id == ticket_id) & timer.c.kind.in_(list(kinds)))

    def mark_fired(self, key: str, now: datetime) -> bool:
        """Note that a timer was acted upon; False when it no longer ran."""
        statement = (
            update(timer)
            .where(timer.c.key == column(key), _runs)
            .values(is_open=0, fired_at=micros(now))
        )
        return bool(self._connection.execute(statement).rowcount)

    def prune(self, before: datetime) -> int:
        """Forget timers that stopped or fired and were due before an instant."""
        return self._connection.execute(
            delete(timer).where(timer.c.is_open == 0, timer.c.due_at < micros(before))
        ).rowcount

    def _move_unless_fired(self, row: dict[str, Any]) -> bool:
        """By the statement's text: compiling and caching it cost more than it does."""
        statement = _moved_unless_fired(self._connection.dialect.name, tuple(row))
        found = self._connection.exec_driver_sql(statement.text, statement.arguments(row))
        return found.first() is not None

    def _stop(self, condition: Any) -> int:
        return self._connection.execute(
            update(timer).where(condition, _runs).values(is_open=0)
        ).rowcount


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as its driver takes it; `order` names the arguments where they go by place."""

    text: str
    order: tuple[str, ...]

    def arguments(self, row: dict[str, Any]) -> Any:
        return tuple(row[name] for name in self.order) if self.order else row


@lru_cache(maxsize=4)
def _moved_unless_fired(dialect: str, names: tuple[str, ...]) -> _Ready:
    """One statement: insert, or move what has not fired for this very instant."""
    statement = insert_into(dialect, timer)
    changed = {name: statement.excluded[name] for name in names if name != "key"}
    has_fired = timer.c.fired_at.is_not(None) & (timer.c.due_at == statement.excluded.due_at)
    whole = statement.on_conflict_do_update(
        index_elements=["key"], set_=changed, where=~has_fired
    ).returning(timer.c.key)
    compiled = whole.compile(dialect=dialect_of(dialect), column_keys=list(names))
    return _Ready(str(compiled), tuple(compiled.positiontup or ()))
