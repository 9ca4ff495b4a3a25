# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be asked of the outbox: what became of a message, what waits, what died."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Text, bindparam, func, literal_column, select
from sqlalchemy.engine import Connection

from bot.rules.actions import Outgoing
from bot.store.codec import instant, maybe_instant, micros
from bot.store.outbox_claims import CRITICAL_RANK, EDIT_RANK, begins_with, held_by, holds
from bot.store.queues import Attempt, OutboxRow, OutboxState
from bot.store.ready import Ready
from bot.store.rows import column, value_of
from bot.store.tables import THREAD, attempt, hold, is_open, outbox

ABOUT: Any = literal_column(THREAD)
"""What a message is about, found by its index."""
_PREFIX = bindparam("prefix", type_=Text)
_PASSED_BY = Ready(
    lambda _: (
        select(outbox.c.id)
        .where(
            is_open(outbox),
            outbox.c.state == OutboxState.WAITING,
            outbox.c.passed_on_at > 0,
            outbox.c.due_at <= bindparam("now", type_=BigInteger),
            # Not as a range: few rows were passed on, and many may wait for a kind of way.
            func.substr(outbox.c.destination, 1, func.length(_PREFIX)) == _PREFIX,
        )
        .limit(1)
    )
)


class OutboxView:
    """What may be asked of the outbox."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def by_reference(self, reference: str) -> OutboxRow | None:
        """The message that the other side knows by this name, the first one that was sent."""
        rows = self._rows(outbox.c.reference == reference)
        return rows[0] if rows else None

    def by_key(self, key: str) -> OutboxRow | None:
        """The message with this key, whatever became of it."""
        rows = self._rows(outbox.c.key == column(key))
        return rows[0] if rows else None

    def by_id(self, row_id: int) -> OutboxRow | None:
        """The message with this number."""
        rows = self._rows(outbox.c.id == row_id)
        return rows[0] if rows else None

    def of_ticket(self, ticket_id: str) -> tuple[OutboxRow, ...]:
        """Every message about a ticket, in the order they were decided."""
        return self._rows(outbox.c.ticket_id == ticket_id)

    def of_thread(self, thread: str) -> tuple[OutboxRow, ...]:
        """Every message of one thread (`outage:3`), in the order they were decided."""
        return self._rows(column(thread) == ABOUT)

    def first_reference(self, destination: str, thread: str) -> str | None:
        """By what name the other side knows the first message about a thing there."""
        return self._connection.scalar(
            select(outbox.c.reference)
            .where(
                column(thread) == ABOUT,
                outbox.c.order_key == column(f"{destination}/{thread}"),
                outbox.c.reference.is_not(None),
                outbox.c.reference != "",
            )
            .order_by(outbox.c.id)
            .limit(1)
        )

    def all(self) -> tuple[OutboxRow, ...]:
        """Every message there is, for audits and the demo's count."""
        return self._rows(outbox.c.id.is_not(None))

    def attempts(self, row_id: int) -> tuple[Attempt, ...]:
        """Every try at sending a message, the first one first."""
        found = self._connection.execute(
            select(attempt).where(attempt.c.outbox_id == row_id).order_by(attempt.c.id)
        )
        return tuple(attempt_of(row) for row in found)

    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        grouped = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        return {row[0]: row[1] for row in self._connection.execute(grouped)}

    def waiting(self) -> dict[str, int]:
        """How many rows still need work, per destination."""
        grouped = (
            select(outbox.c.destination, func.count())
            .where(is_open(outbox))
            .group_by(outbox.c.destination)
        )
        return {row[0]: row[1] for row in self._connection.execute(grouped)}

    def next_due(self, destination_prefix: str = "") -> datetime | None:
        """The next instant at which a row may be claimed, or its lease ends; holds apart."""
        later = func.coalesce(outbox.c.lease_until, outbox.c.due_at)
        found = select(outbox.c.destination, func.min(later)).where(is_open(outbox))
        held = holds(self._connection)
        instants = [
            at
            for destination, at in self._connection.execute(found.group_by(outbox.c.destination))
            if destination.startswith(destination_prefix) and not held_by(destination, held)
        ]
        return maybe_instant(min(instants, default=None))

    def is_held(self, destination: str) -> bool:
        """True while messages for this destination, or for its whole kind, wait for a release."""
        return held_by(destination, holds(self._connection))

    def held(self) -> dict[str, str]:
        """What is held, and why."""
        return {row.destination: row.reason for row in self._connection.execute(select(hold))}

    def late(self, now: datetime) -> tuple[OutboxRow, ...]:
        """Open messages whose next way is due, and that were not passed on to it yet."""
        return self._rows(
            is_open(outbox)
            & (outbox.c.fallback_at <= micros(now))
            & outbox.c.passed_on_at.is_(None)
        )

    def backlog(self, prefix: str, now: datetime) -> tuple[OutboxRow, ...]:
        """What waits for a kind of way (`slack:`) or one destination, and was due by now."""
        return self._rows(
            is_open(outbox)
            & (outbox.c.state == OutboxState.WAITING)
            & (outbox.c.due_at <= micros(now))
            & begins_with(prefix)
        )

    def was_passed_by(self, prefix: str, now: datetime) -> bool:
        """Whether anything of such a backlog went the next way meanwhile."""
        row = _PASSED_BY.run(self._connection, {"prefix": prefix, "now": micros(now)}).fetchone()
        return row is not None

    def tries(self, row_id: int) -> int:
        """How often a row was really tried; claims that were given back are none."""
        tried = select(func.count()).where(attempt.c.outbox_id == row_id)
        return self._connection.scalar(tried) or 0

    def unsent(self, destination: str, now: datetime) -> tuple[OutboxRow, ...]:
        """What waits for one destination, due by now or tried before: no edit, nothing critical."""
        return self._rows(
            is_open(outbox)
            & (outbox.c.state == OutboxState.WAITING)
            & ((outbox.c.due_at <= micros(now)) | (outbox.c.attempts > 0))
            & (outbox.c.destination == destination)
            & (outbox.c.urgency > CRITICAL_RANK)
            & (outbox.c.urgency < EDIT_RANK)
        )

    def newest_at(self, destination: str, since: datetime, *, limit: int) -> tuple[OutboxRow, ...]:
        """What was decided for a destination since an instant, the newest first."""
        found = self._connection.execute(
            select(outbox)
            .where(outbox.c.destination == destination, outbox.c.created_at >= micros(since))
            .order_by(outbox.c.id.desc())
            .limit(limit)
        )
        return tuple(outbox_row(row) for row in found)

    def decided_since(self, since: datetime, most: int | None = None) -> tuple[OutboxRow, ...]:
        """What was decided for people since an instant, or its newest; the helpdesk's apart."""
        found = self._connection.execute(
            select(outbox)
            .where(outbox.c.created_at >= micros(since), outbox.c.destination != "helpdesk")
            .order_by(outbox.c.id.desc())
            .limit(most)
        )
        return tuple(outbox_row(row) for row in reversed(found.all()))

    def silenced(self, reason_begins: str, since: datetime) -> tuple[OutboxRow, ...]:
        """What a silence has hidden since an instant."""
        return self._rows(
            (outbox.c.state == OutboxState.SILENCED)
            & (outbox.c.created_at >= micros(since))
            & outbox.c.reason.startswith(reason_begins, autoescape=True)
        )

    def dead_since(self, since: datetime) -> tuple[OutboxRow, ...]:
        """Messages that were refused or ran out of time since an instant."""
        return self._rows(
            outbox.c.state.in_((OutboxState.REFUSED, OutboxState.EXPIRED))
            & (outbox.c.settled_at > micros(since))
        )

    def in_states(self, states: Sequence[OutboxState], limit: int) -> tuple[OutboxRow, ...]:
        """The newest messages in any of these states, the newest last."""
        found = self._connection.execute(
            select(outbox)
            .where(outbox.c.state.in_(states))
            .order_by(outbox.c.id.desc())
            .limit(limit)
        )
        return tuple(reversed([outbox_row(row) for row in found]))

    def _rows(self, condition: Any) -> tuple[OutboxRow, ...]:
        found = self._connection.execute(select(outbox).where(condition).order_by(outbox.c.id))
        return tuple(outbox_row(row) for row in found)


def outbox_row(row: Row[Any]) -> OutboxRow:
    """A row of the table as a value."""
    return OutboxRow(
        row_id=row.id,
        outgoing=value_of(Outgoing, row.body),
        state=OutboxState(row.state),
        attempts=row.attempts,
        created_at=instant(row.created_at),
        due_at=instant(row.due_at),
        settled_at=maybe_instant(row.settled_at),
        reference=row.reference,
        reason=row.reason,
        passed_on_at=maybe_instant(row.passed_on_at),
        is_emptied=row.emptied_at is not None,
    )


def attempt_of(row: Row[Any]) -> Attempt:
    """A row of the tries as a value."""
    return Attempt(
        number=row.number,
        started_at=maybe_instant(row.started_at),
        ended_at=instant(row.ended_at),
        outcome=row.outcome,
        detail=row.detail,
    )
