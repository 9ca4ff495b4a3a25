# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases that the helpdesk neither takes nor refuses: our people hear of them.

A right that is missing (403) is repaired by a person, and then nothing has to be let go again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.handlers.backfill_notices import MOST, tell_of_stuck
from bot.handlers.outage import load_state
from bot.rules.backfill import key_of
from bot.rules.backfill_state import Standing, may_go_on
from bot.rules.engine import CompiledPolicy
from bot.rules.pauses import Pause
from bot.rules.ticket import Ticket
from bot.store.queues import OutboxRow
from bot.store.transaction import Reader, Transaction

STUCK_AFTER = timedelta(hours=1)
STUCK_TRIES = 12
"""Both: a case may wait long for its turn, and be tried while the helpdesk is away again."""
AGAIN = timedelta(hours=24)
TOLD = "stuck"
"""The state that says when our people were told last."""


def look_at_stuck(
    ticket: Ticket,
    standing: Standing,
    row: OutboxRow,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> bool:
    """Whether a case is stuck; tells of all that are, at once and then once a day.

    A case that was sent after the last message is a matter of its own.
    """
    if not (_is_stuck(standing, row, now) and may_go_on(load_state(tx))):
        return False
    told = (tx.states.load(TOLD) or {}).get("at")
    at = datetime.fromisoformat(told) if told else None
    if at is not None and standing.since <= at and Pause(at, at + AGAIN).holds(now):
        return True
    tx.states.save(TOLD, {"at": now.isoformat()})
    waiting = (each for each in tx.tickets.cases_without_number(MOST) if each != ticket)
    others = sum(_is_tried(each, tx) for each in waiting)
    tell_of_stuck(ticket, row.reason or "", others, tx, compiled, now=now)
    return True


def _is_tried(ticket: Ticket, reader: Reader) -> bool:
    """Whether a case waits after many tries too."""
    row = reader.outbox.by_key(key_of(ticket))
    return row is not None and row.state.is_open and row.attempts >= STUCK_TRIES


def _is_stuck(standing: Standing, row: OutboxRow, now: datetime) -> bool:
    is_tried = row.state.is_open and row.attempts >= STUCK_TRIES
    return is_tried and now - standing.since >= STUCK_AFTER
