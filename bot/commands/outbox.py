# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate outbox`: the messages to people and to the helpdesk, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.by_hand import change_row
from bot.commands.status import safe
from bot.commands.stored import stored
from bot.commands.unusable import Unusable
from bot.rules.actions import Banner, Notice, TicketUpdate
from bot.rules.keeping import GONE
from bot.store.outbox_queue import DEAD
from bot.store.queues import Attempt, OutboxRow, OutboxState
from bot.store.transaction import Reader, Transaction

WAITING = tuple(state for state in OutboxState if state.is_open)


def show_messages(*, dead: bool, waiting: bool, limit: int, as_json: bool) -> int:
    """Print the newest messages; 1 where dead ones are among them, 2 for what is unusable."""
    states = DEAD if dead else WAITING if waiting else tuple(OutboxState)
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            rows = reader.outbox.in_states(states, limit)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps({"messages": [_row(each) for each in rows]}, ensure_ascii=False))  # noqa: T201
    elif not rows:
        console.print("No message is dead." if dead else "There are no such messages.")
    else:
        console.print(_table(rows))
    return 1 if any(row.state in DEAD for row in rows) else 0


def show_message(key: str, *, as_json: bool) -> int:
    """Print one message with its tries; 2 where there is none."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            row = _find(reader, key)
            attempts = reader.outbox.attempts(row.row_id)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        shown = {**_row(row), "attempts": [_attempt(each) for each in attempts]}
        print(json.dumps(shown, ensure_ascii=False))  # noqa: T201
        return 0
    for name, value in _row(row).items():
        if value not in (None, "", []):
            console.print(f"[dim]{name.replace('_', ' '):<13}[/] {safe(str(value))}")
    for each in attempts:
        console.print(f"[dim]try {each.number}[/] {each.ended_at:%Y-%m-%d %H:%M:%S}Z "
                      f"{each.outcome} {safe(each.detail)}")  # fmt: skip
    return 0


def retry_message(key: str) -> int:
    """Let it go again; 1 where it is not dead, 2 where there is none."""

    def retry(row: OutboxRow, tx: Transaction, now: datetime) -> str | None:
        if row.is_emptied:
            return f"is {row.state}, and {GONE}"
        return None if tx.outbox.retry(row.row_id, now) else f"is {row.state}, not dead"

    return _change(key, retry, done="goes again")


def drop_message(key: str, because: str) -> int:
    """Give it up; 1 where it is settled already, 2 where there is none."""

    def drop(row: OutboxRow, tx: Transaction, now: datetime) -> str | None:
        is_dropped = tx.outbox.drop(row.row_id, f"dropped by hand: {because}", now)
        return None if is_dropped else f"is {row.state} already"

    return _change(key, drop, done="is dropped")


def _change(
    key: str, change: Callable[[OutboxRow, Transaction, datetime], str | None], *, done: str
) -> int:
    return change_row(
        lambda reader: _find(reader, key), change, name=lambda row: row.outgoing.key, done=done
    )


def _find(reader: Reader, key: str) -> OutboxRow:
    row = reader.outbox.by_id(int(key)) if key.isdecimal() else reader.outbox.by_key(key)
    if row is None:
        raise Unusable(f"deskmate: no message {key}; `deskmate outbox list` shows those there are")
    return row


def _row(row: OutboxRow) -> dict[str, Any]:
    outgoing = row.outgoing
    return {
        "number": row.row_id,
        "key": outgoing.key,
        "state": row.state.value,
        "to": outgoing.destination,
        "what": _what(row),
        "urgency": outgoing.urgency.value,
        "attempts": row.attempts,
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.state.is_open else None,
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "next_ways": list(outgoing.fallback),
        "passed_on_at": row.passed_on_at.isoformat() if row.passed_on_at else None,
        "reason": row.reason,
        "reference": row.reference,
    }


def _attempt(each: Attempt) -> dict[str, Any]:
    return {
        "number": each.number,
        "started_at": each.started_at.isoformat() if each.started_at else None,
        "ended_at": each.ended_at.isoformat(),
        "outcome": each.outcome,
        "detail": each.detail,
    }


def _what(row: OutboxRow) -> str:
    match row.outgoing.message:
        case Notice() as notice:
            about = f" #{notice.number}" if notice.number is not None else ""
            return f"{notice.kind}{about} {notice.title}".strip()
        case TicketUpdate() as update:
            kind = "reply" if update.is_public else "note" if update.comment else "fields"
            return f"{kind} #{update.number}" if update.number is not None else kind
        case Banner() as banner:
            return "banner shown" if banner.is_shown else "banner withdrawn"
        case other:
            return type(other).__name__


def _table(rows: tuple[OutboxRow, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("no.", "when", "state", "to", "what", "why"):
        table.add_column(heading, no_wrap=heading in ("no.", "when", "state"))
    for row in rows:
        table.add_row(
            str(row.row_id),
            f"{row.settled_at or row.created_at:%Y-%m-%d %H:%M}Z",
            row.state.value,
            safe(row.outgoing.destination),
            safe(_what(row)[:60]),
            safe((row.reason or "")[:80]),
        )
    return table
