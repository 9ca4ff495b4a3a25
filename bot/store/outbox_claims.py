# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses which messages go out next: in order per order key, urgent ones first, none twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    Text,
    and_,
    bindparam,
    insert,
    not_,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import Connection

from bot.rules.actions import Outgoing
from bot.store.codec import maybe_instant, micros
from bot.store.queues import ClaimedOutgoing, Order, OutboxState, Patience
from bot.store.ready import Ready
from bot.store.rows import value_of
from bot.store.tables import attempt, hold, is_open, outbox

CRITICAL_RANK, EDIT_RANK = 0, 3
"""The highest urgency, and that of edits, the lowest."""
_earlier = outbox.alias("earlier")
_now = bindparam("now", type_=BigInteger)


def _blocks(row: Any) -> Any:
    # A row that waits for its own hour and was never tried lets others pass; a failed one does not.
    waits = and_(row.c.state == OutboxState.WAITING, row.c.attempts == 0, row.c.due_at > _now)
    # A message never waits for an edit; an edit waits for the message that it changes.
    is_passed = and_(row.c.urgency == EDIT_RANK, outbox.c.urgency != EDIT_RANK)
    return not_(or_(waits, is_passed))


_prefix = bindparam("prefix", type_=Text)
LAST = "\U0010ffff"
"""Sorts behind whatever a destination goes on with."""


def begins_with(prefix: Any) -> Any:
    """The rows whose destination is `prefix` or goes on from there."""
    return and_(outbox.c.destination >= prefix, outbox.c.destination < prefix + LAST)


_is_there = begins_with(_prefix)
_ready = (
    select(outbox)
    .where(
        is_open(outbox),
        _is_there,
        outbox.c.state != OutboxState.CLAIMED,
        outbox.c.due_at <= _now,
        ~select(_earlier.c.id)
        .where(
            is_open(_earlier),
            _earlier.c.order_key == outbox.c.order_key,
            _earlier.c.id < outbox.c.id,
            _blocks(_earlier),
        )
        .exists(),
    )
    .limit(bindparam("limit"))
)
_is_due = and_(_is_there, outbox.c.due_at <= _now, outbox.c.state != OutboxState.CLAIMED.value)
_lease_ended = and_(outbox.c.lease_until <= _now, outbox.c.state == OutboxState.CLAIMED.value)
_is_expired = and_(outbox.c.expires_at <= _now, outbox.c.state == OutboxState.WAITING.value)
_DUE = Ready(
    lambda _: union_all(
        *(
            select(outbox.c.id).where(is_open(outbox), each)
            for each in (_is_due, _lease_ended, _is_expired)
        )
    ).limit(1)
)
"""Whether anything is to be done: most looks find nothing, and should cost next to nothing."""
_EXPIRE = Ready(
    lambda _: (
        update(outbox)
        .where(is_open(outbox), _is_expired)
        .values(
            state=OutboxState.EXPIRED.value,
            is_open=0,
            settled_at=_now,
            reason="its time passed before it could be sent",
        )
    )
)
_GIVE_BACK = Ready(
    lambda _: (
        update(outbox)
        .where(is_open(outbox), _lease_ended)
        .values(state=OutboxState.UNKNOWN.value, due_at=_now, lease_until=null())
        .returning(outbox.c.id, outbox.c.attempts, outbox.c.claimed_at)
    )
)
_HEADS = {
    Order.URGENT_FIRST: _ready.order_by(outbox.c.urgency, outbox.c.id),
    Order.WHOLE_TICKETS: _ready.order_by(outbox.c.urgency, outbox.c.id),
    Order.OLDEST_FIRST: _ready.order_by(outbox.c.id),
}


def holds(connection: Connection) -> frozenset[str]:
    """The destinations and kinds that are held."""
    return frozenset(connection.execute(select(hold.c.destination)).scalars())


def held_by(destination: str, held: frozenset[str]) -> bool:
    """True when the destination itself or its kind (what stands before the colon) is held."""
    return destination in held or destination.partition(":")[0] in held


def claim(
    connection: Connection,
    prefix: str,
    *,
    now: datetime,
    until: datetime,
    limit: int,
    order: Order,
    patience: Patience,
) -> list[ClaimedOutgoing]:
    """Lease up to `limit` rows until `until`.

    1. what expired unsent is settled as such; 2. an ended lease turns its row to unknown;
    3. the heads of their order keys are taken, and with `WHOLE_TICKETS` those behind them.
    """
    if _DUE.run(connection, {"now": micros(now), "prefix": prefix}).fetchone() is None:
        return []
    _EXPIRE.run(connection, {"now": micros(now)})
    _give_back(connection, now)
    rows = _heads(connection, prefix, now=now, limit=limit, order=order, patience=patience)
    if rows and order is Order.WHOLE_TICKETS:
        rows = _with_followers(connection, rows, now=now, limit=limit)
    if rows:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(
                state=OutboxState.CLAIMED,
                lease_until=micros(until),
                claimed_at=micros(now),
                attempts=outbox.c.attempts + 1,
            )
        )
    return [_claimed(row) for row in rows]


def _give_back(connection: Connection, now: datetime) -> None:
    ended = _GIVE_BACK.run(connection, {"now": micros(now)}).fetchall()
    if ended:
        connection.execute(
            insert(attempt),
            [
                {
                    "outbox_id": row_id,
                    "number": attempts,
                    "started_at": claimed_at,
                    "ended_at": micros(now),
                    "outcome": "LeaseEnded",
                    "detail": "the sender vanished before it wrote down how it went",
                }
                for row_id, attempts, claimed_at in ended
            ],
        )


def _heads(
    connection: Connection,
    prefix: str,
    *,
    now: datetime,
    limit: int,
    order: Order,
    patience: Patience,
) -> list[Row[Any]]:
    statement = _HEADS[order]
    if patience.wholly:
        statement = statement.where(outbox.c.destination.not_in(sorted(patience.wholly)))
    if patience.unless_critical:
        is_calm = outbox.c.destination.not_in(sorted(patience.unless_critical))
        statement = statement.where(or_(is_calm, outbox.c.urgency == 0))
    if patience.without_edits:
        statement = statement.where(outbox.c.urgency != EDIT_RANK)
    for held in holds(connection):
        below = outbox.c.destination.startswith(f"{held}:", autoescape=True)
        statement = statement.where(not_(or_(outbox.c.destination == held, below)))
    parameters = {"now": micros(now), "prefix": prefix, "limit": limit}
    return list(connection.execute(statement, parameters))


def _with_followers(
    connection: Connection, heads: list[Row[Any]], *, now: datetime, limit: int
) -> list[Row[Any]]:
    merging = [row.order_key for row in heads if row.state == OutboxState.WAITING]
    behind: dict[str, list[Row[Any]]] = {key: [] for key in merging}
    found = connection.execute(
        select(outbox)
        .where(
            is_open(outbox),
            outbox.c.order_key.in_(merging),
            outbox.c.state == OutboxState.WAITING,
            outbox.c.due_at <= micros(now),
            outbox.c.id.not_in([row.id for row in heads]),
        )
        .order_by(outbox.c.id)
    )
    for row in found:
        behind[row.order_key].append(row)
    taken: list[Row[Any]] = []
    for head in heads:
        followers = [
            row for row in behind.get(head.order_key, []) if row.destination == head.destination
        ]
        if taken and len(taken) + 1 + len(followers) > limit:
            continue
        taken += [head, *followers][:limit]
    return taken


def _claimed(row: Row[Any]) -> ClaimedOutgoing:
    return ClaimedOutgoing(
        row_id=row.id,
        outgoing=value_of(Outgoing, row.body),
        attempts=row.attempts + 1,
        state=OutboxState(row.state),
        since=maybe_instant(row.claimed_at),
    )
