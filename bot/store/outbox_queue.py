# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the outbox: what was decided, whether it went out, and every try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Row, Text, bindparam, delete, or_, update
from sqlalchemy.engine import Connection

from bot.rules.actions import Outgoing, Urgency
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.store.codec import maybe_micros, micros
from bot.store.outbox_claims import CRITICAL_RANK, EDIT_RANK, claim
from bot.store.outbox_view import ABOUT, OutboxView
from bot.store.queues import ClaimedOutgoing, Order, OutboxState, Patience, Touched
from bot.store.ready import Ready
from bot.store.rows import body_of, clean, column, maybe_column
from bot.store.tables import attempt, hold, is_open, outbox
from bot.store.upserts import insert_once, put

DEAD = (OutboxState.REFUSED, OutboxState.EXPIRED, OutboxState.DROPPED)
"""States of messages that a person may let go again."""
NO_PATIENCE = Patience()
URGENCY_RANKS = {
    Urgency.CRITICAL: CRITICAL_RANK,
    Urgency.NORMAL: 1,
    Urgency.LOW: 2,
    Urgency.EDIT: EDIT_RANK,
}


def _superseding(*which: Any, states: tuple[str, ...] = (OutboxState.WAITING.value,)) -> Ready:
    return Ready(
        lambda _: (
            update(outbox)
            .where(*which, or_(*(outbox.c.state == state for state in states)))
            .values(
                state=OutboxState.SUPERSEDED.value,
                is_open=0,
                settled_at=bindparam("at"),
                reason=bindparam("why"),
            )
        )
    )


_OF = bindparam("of", type_=Text)
_IS_OBSOLETE = outbox.c.is_obsolete_when_done == 1
_SUPERSEDE_KEY = _superseding(outbox.c.key == _OF)
_SUPERSEDE_TICKET = _superseding(outbox.c.ticket_id == _OF, _IS_OBSOLETE)
_SUPERSEDE_EDITS = _superseding(
    outbox.c.ticket_id == _OF,
    outbox.c.urgency == EDIT_RANK,
    states=(OutboxState.WAITING.value, OutboxState.UNKNOWN.value),
)
_SUPERSEDE_THREAD = _superseding(ABOUT == _OF, _IS_OBSOLETE)


class Outbox(OutboxView):
    """The outbox within a write transaction."""

    def __init__(
        self, connection: Connection, touched: set[Touched], *, is_watch_only: bool = False
    ) -> None:
        """Write over `connection`; what gets work is added to `touched`."""
        super().__init__(connection)
        self._touched = touched
        self._is_watch_only = is_watch_only

    def add(
        self,
        outgoing: Outgoing,
        now: datetime,
        *,
        is_watched: bool = False,
        untold: tuple[OutboxState, str] | None = None,
    ) -> bool:
        """Write a message down; False when one with its key was there already.

        `is_watched` records it as decided and never sends it; `untold` does so in another state,
        with what held it back.
        """
        state, reason = untold or (OutboxState.WAITING, None)
        if is_watched or self._is_watch_only:
            state = OutboxState.WATCHED
        row = {**_new_row(outgoing, now, state), "reason": reason}
        is_new = insert_once(self._connection, outbox, row)
        if is_new and state.is_open:
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
        patience: Patience = NO_PATIENCE,
    ) -> list[ClaimedOutgoing]:
        """Take what may go out now, for `lease_seconds`.

        One row per order key, the lowest; a row whose lease ended comes back as `unknown`.
        `destination_prefix` is a whole destination or a kind with its colon, `slack:`.
        """
        until = now + timedelta(seconds=lease_seconds)
        return claim(
            self._connection, destination_prefix, now=now, until=until, limit=limit, order=order,
            patience=patience,
        )  # fmt: skip

    def record(
        self, row_id: int, outcome: Outcome, now: datetime, *,
        retry_at: datetime | None = None, is_edit: bool = False,
    ) -> bool:  # fmt: skip
        """Write down how an attempt ended; False when the row had been settled meanwhile.

        `retry_at` is for `TryLater` (then sent again) and `Unknown` (then looked at again). Who
        looked and still cannot tell records `Unknown`; a `TryLater` would send it twice. An edit
        that is refused is superseded: nobody misses it.
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
                state = OutboxState.SUPERSEDED if is_edit else OutboxState.REFUSED
                changed = self._settle(row_id, state, now, reason=clean(detail))
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

    def give_back(self, row: ClaimedOutgoing, *, due_at: datetime) -> bool:
        """Put a claimed row back untried, for its destination asked us to wait until `due_at`.

        What was to be looked for before it is sent again still is, since the same instant.
        """
        changed = self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row.row_id, outbox.c.state == OutboxState.CLAIMED)
            .values(state=row.state, due_at=micros(due_at), claimed_at=maybe_micros(row.since))
        )
        self._touched.add(Touched.OUTBOX)
        return bool(changed.rowcount)

    def doubt_claims(self, now: datetime) -> int:
        """End every lease, for a daemon that has just taken over: who held them is dead."""
        changed = self._connection.execute(
            update(outbox)
            .where(is_open(outbox), outbox.c.state == OutboxState.CLAIMED)
            .values(lease_until=micros(now))
        )
        return changed.rowcount

    def supersede(
        self,
        *,
        now: datetime,
        reason: str,
        ticket_id: str | None = None,
        thread: str | None = None,
        key: str | None = None,
    ) -> int:
        """Take back what has not begun to go out; how many rows that were.

        With `ticket_id` or `thread` the rows that are obsolete once the matter is done or
        acknowledged; with `key` that one row.
        """
        values: dict[str, Any] = {"at": micros(now), "why": reason}
        if key is not None:
            statement, values["of"] = _SUPERSEDE_KEY, column(key)
        elif thread is not None:
            statement, values["of"] = _SUPERSEDE_THREAD, column(thread)
        else:
            statement, values["of"] = _SUPERSEDE_TICKET, ticket_id
        changed: int = statement.run(self._connection, values).rowcount
        return changed

    def supersede_edits(self, ticket_id: str, *, now: datetime) -> int:
        """Take back what would bring a ticket's messages up to date: a newer state follows."""
        values = {"at": micros(now), "why": "a newer state is shown", "of": ticket_id}
        changed: int = _SUPERSEDE_EDITS.run(self._connection, values).rowcount
        return changed

    def hasten(self, outgoing: Outgoing, now: datetime) -> bool:
        """Let a message that waits for its hour go at once; False when it does not wait."""
        changed = self._connection.execute(
            update(outbox)
            .where(outbox.c.key == column(outgoing.key), outbox.c.state == OutboxState.WAITING)
            .values(due_at=micros(now), fallback_at=maybe_micros(_fallback_at(outgoing, now)))
        )
        self._touched.add(Touched.OUTBOX)
        return bool(changed.rowcount)

    def pass_on(self, row_id: int, now: datetime) -> None:
        """Write down that the message goes the next way as well; it still waits for its own."""
        self._connection.execute(
            update(outbox).where(outbox.c.id == row_id).values(passed_on_at=micros(now))
        )

    def retry(self, row_id: int, now: datetime) -> bool:
        """Let a dead message go again, as if it were new; False when it is not dead, or empty."""
        changed = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.id == row_id, outbox.c.state.in_(DEAD), outbox.c.emptied_at.is_(None)
            )
            .values(
                state=OutboxState.WAITING, is_open=1, settled_at=None, due_at=micros(now),
                expires_at=None, lease_until=None, reason=None,
            )
        )  # fmt: skip
        self._touched.add(Touched.OUTBOX)
        return bool(changed.rowcount)

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
            .where(outbox.c.id == row_id, is_open(outbox))
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


def _new_row(outgoing: Outgoing, now: datetime, state: OutboxState) -> dict[str, Any]:
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
        "fallback_at": maybe_micros(_fallback_at(outgoing, due_at)),
        "settled_at": None if state.is_open else micros(now),
    }


def _fallback_at(outgoing: Outgoing, due_at: datetime) -> datetime | None:
    if not outgoing.fallback or outgoing.fallback_after is None:
        return None
    return due_at + outgoing.fallback_after
