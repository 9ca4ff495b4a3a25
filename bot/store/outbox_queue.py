# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the outbox: what was decided, whether it went out, and every try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.engine import Connection

from bot.rules.actions import Outgoing, Urgency
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.store.codec import instant, maybe_instant, maybe_micros, micros
from bot.store.outbox_claims import claim, held_by, holds
from bot.store.queues import Attempt, ClaimedOutgoing, Order, OutboxRow, OutboxState, Touched
from bot.store.rows import body_of, clean, column, maybe_column, value_of
from bot.store.tables import attempt, hold, outbox
from bot.store.upserts import insert_once, put

URGENCY_RANKS = {Urgency.CRITICAL: 0, Urgency.NORMAL: 1, Urgency.LOW: 2}


class OutboxView:
    """What may be asked of the outbox."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def by_key(self, key: str) -> OutboxRow | None:
        """The message with this key, whatever became of it."""
        rows = self._rows(outbox.c.key == column(key))
        return rows[0] if rows else None

    def of_ticket(self, ticket_id: str) -> tuple[OutboxRow, ...]:
        """Every message about a ticket, in the order they were decided."""
        return self._rows(outbox.c.ticket_id == ticket_id)

    def of_thread(self, thread: str) -> tuple[OutboxRow, ...]:
        """Every message of one thread (`outage:3`), in the order they were decided."""
        return self._rows(outbox.c.order_key.endswith(f"/{thread}", autoescape=True))

    def all(self) -> tuple[OutboxRow, ...]:
        """Every message there is, for audits and the demo's count."""
        return self._rows(outbox.c.id.is_not(None))

    def attempts(self, row_id: int) -> tuple[Attempt, ...]:
        """Every try at sending a message, the first one first."""
        found = self._connection.execute(
            select(attempt).where(attempt.c.outbox_id == row_id).order_by(attempt.c.id)
        )
        return tuple(_attempt(row) for row in found)

    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        grouped = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        return {row[0]: row[1] for row in self._connection.execute(grouped)}

    def waiting(self) -> dict[str, int]:
        """How many rows still need work, per destination."""
        grouped = (
            select(outbox.c.destination, func.count())
            .where(outbox.c.is_open == 1)
            .group_by(outbox.c.destination)
        )
        return {row[0]: row[1] for row in self._connection.execute(grouped)}

    def next_due(self, destination_prefix: str = "") -> datetime | None:
        """The next instant at which a row may be claimed, or its lease ends; holds apart."""
        later = func.coalesce(outbox.c.lease_until, outbox.c.due_at)
        found = select(outbox.c.destination, func.min(later)).where(outbox.c.is_open == 1)
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

    def _rows(self, condition: Any) -> tuple[OutboxRow, ...]:
        found = self._connection.execute(select(outbox).where(condition).order_by(outbox.c.id))
        return tuple(_outbox_row(row) for row in found)


class Outbox(OutboxView):
    """The outbox within a write transaction."""

    def __init__(
        self, connection: Connection, touched: set[Touched], *, is_watch_only: bool = False
    ) -> None:
        """Write over `connection`; what gets work is added to `touched`."""
        super().__init__(connection)
        self._touched = touched
        self._is_watch_only = is_watch_only

    def add(self, outgoing: Outgoing, now: datetime, *, is_watched: bool = False) -> bool:
        """Write a message down; False when one with its key was there already.

        `is_watched` records it as decided and never sends it.
        """
        is_watched = is_watched or self._is_watch_only
        is_new = insert_once(self._connection, outbox, _new_row(outgoing, now, is_watched))
        if is_new and not is_watched:
            self._touched.add(Touched.OUTBOX)
        return is_new

    def claim(
        self,
        *,
        destination_prefix: str,
        now: datetime,
        lease_seconds: float,
        limit: int,
        order: Order = Order.URGENT_FIRST,
    ) -> list[ClaimedOutgoing]:
        """Take what may go out now, for `lease_seconds`.

        One row per order key, the lowest; a row whose lease ended comes back as `unknown`.
        `destination_prefix` is a whole destination or a kind with its colon, `slack:`.
        """
        until = now + timedelta(seconds=lease_seconds)
        return claim(
            self._connection, destination_prefix, now=now, until=until, limit=limit, order=order
        )

    def record(
        self, row_id: int, outcome: Outcome, now: datetime, *, retry_at: datetime | None = None
    ) -> bool:
        """Write down how an attempt ended; False when the row had been settled meanwhile.

        `retry_at` is for `TryLater` (then sent again) and `Unknown` (then looked at again). Who
        looked and still cannot tell records `Unknown`; a `TryLater` would send it twice.
        """
        match outcome:
            case Delivered(reference):
                changed = self._settle(
                    row_id, OutboxState.DELIVERED, now, reference=clean(reference)
                )
                detail = reference
            case Accepted(reference):
                changed = self._settle(
                    row_id, OutboxState.ACCEPTED, now, reference=clean(reference)
                )
                detail = reference
            case Refused(reason, advice):
                detail = f"{reason}: {advice}" if advice else reason
                changed = self._settle(row_id, OutboxState.REFUSED, now, reason=clean(detail))
            case TryLater(detail, after):
                due = retry_at or now + timedelta(seconds=after or 0)
                changed = self._again(row_id, OutboxState.WAITING, due, detail)
            case Unknown(detail):
                changed = self._again(row_id, OutboxState.UNKNOWN, retry_at or now, detail)
            case _:
                assert_never(outcome)
        if changed is not None:
            self._log(changed, now, type(outcome).__name__, detail)
        return changed is not None

    def give_back(self, row_id: int, *, due_at: datetime) -> bool:
        """Put a claimed row back untried, for its destination asked us to wait until `due_at`."""
        changed = self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row_id, outbox.c.state == OutboxState.CLAIMED)
            .values(state=OutboxState.WAITING, due_at=micros(due_at))
        )
        self._touched.add(Touched.OUTBOX)
        return bool(changed.rowcount)

    def doubt_claims(self, now: datetime) -> int:
        """End every lease, for a daemon that has just taken over: who held them is dead."""
        changed = self._connection.execute(
            update(outbox)
            .where(outbox.c.is_open == 1, outbox.c.state == OutboxState.CLAIMED)
            .values(lease_until=micros(now))
        )
        return changed.rowcount

    def supersede(
        self, *, now: datetime, reason: str, ticket_id: str | None = None, key: str | None = None
    ) -> int:
        """Take back what has not begun to go out; how many rows that were.

        With `ticket_id` the rows that are obsolete once a ticket is done or acknowledged; with
        `key` that one row.
        """
        which = outbox.c.key == column(key or "")
        if key is None:
            which = (outbox.c.ticket_id == ticket_id) & (outbox.c.is_obsolete_when_done == 1)
        changed = self._connection.execute(
            update(outbox)
            .where(which, outbox.c.state == OutboxState.WAITING)
            .values(state=OutboxState.SUPERSEDED, is_open=0, settled_at=micros(now), reason=reason)
        )
        return changed.rowcount

    def drop(self, row_id: int, reason: str, now: datetime) -> bool:
        """Give a message up for good, saying why."""
        changed = self._settle(row_id, OutboxState.DROPPED, now, reason=clean(reason))
        if changed is not None:
            self._log(changed, now, "Dropped", reason)
        return changed is not None

    def hold(self, destination: str, reason: str) -> None:
        """Keep messages back: for one destination, or by its kind (`slack`) for all of them."""
        put(self._connection, hold, {"destination": destination, "reason": reason})

    def release(self, destination: str) -> bool:
        """Let them go again; False when nothing was held."""
        gone = self._connection.execute(delete(hold).where(hold.c.destination == destination))
        self._touched.add(Touched.OUTBOX)
        return bool(gone.rowcount)

    def prune(self, before: datetime) -> int:
        """Forget messages that were settled before an instant, with their attempts."""
        return self._connection.execute(
            delete(outbox).where(outbox.c.is_open == 0, outbox.c.settled_at < micros(before))
        ).rowcount

    def _settle(
        self, row_id: int, state: OutboxState, now: datetime, **values: Any
    ) -> Row[Any] | None:
        self._touched.add(Touched.OUTBOX)
        return self._set(row_id, state=state, is_open=0, settled_at=micros(now), **values)

    def _again(
        self, row_id: int, state: OutboxState, due_at: datetime, reason: str
    ) -> Row[Any] | None:
        self._touched.add(Touched.OUTBOX)
        return self._set(row_id, state=state, due_at=micros(due_at), reason=clean(reason))

    def _set(self, row_id: int, **values: Any) -> Row[Any] | None:
        return self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row_id, outbox.c.is_open == 1)
            .values(lease_until=None, **values)
            .returning(outbox.c.id, outbox.c.attempts, outbox.c.claimed_at)
        ).one_or_none()

    def _log(self, row: Row[Any], now: datetime, outcome: str, detail: str) -> None:
        self._connection.execute(
            attempt.insert().values(
                outbox_id=row.id,
                number=row.attempts,
                started_at=row.claimed_at,
                ended_at=micros(now),
                outcome=outcome,
                detail=clean(detail),
            )
        )


def _new_row(outgoing: Outgoing, now: datetime, is_watched: bool) -> dict[str, Any]:
    state = OutboxState.WATCHED if is_watched else OutboxState.WAITING
    due_at = max(now, outgoing.not_before) if outgoing.not_before else now
    return {
        "key": column(outgoing.key),
        "destination": column(outgoing.destination),
        "order_key": column(outgoing.order_key),
        "urgency": URGENCY_RANKS[outgoing.urgency],
        "ticket_id": maybe_column(outgoing.ticket_id),
        "body": body_of(outgoing),
        "is_obsolete_when_done": int(outgoing.is_obsolete_when_done),
        "state": state,
        "is_open": int(state.is_open),
        "attempts": 0,
        "created_at": micros(now),
        "due_at": micros(due_at),
        "expires_at": maybe_micros(outgoing.expires_at),
        "settled_at": micros(now) if is_watched else None,
    }


def _outbox_row(row: Row[Any]) -> OutboxRow:
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
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        number=row.number,
        started_at=maybe_instant(row.started_at),
        ended_at=instant(row.ended_at),
        outcome=row.outcome,
        detail=row.detail,
    )
