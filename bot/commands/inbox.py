# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate inbox`: the events that came in, and those that wait for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.by_hand import change_row
from bot.commands.status import safe
from bot.commands.stored import stored
from bot.commands.unusable import Unusable
from bot.rules.events import Unreadable
from bot.rules.keeping import GONE
from bot.store.queues import InboxRow, InboxState
from bot.store.transaction import Reader, Transaction

WAITING = (InboxState.WAITING, InboxState.CLAIMED)
LONGEST_VALUE = 500
"""Characters of each part of an event that are shown; a mail's text may have millions."""


def show_events(*, parked: bool, waiting: bool, limit: int, as_json: bool) -> int:
    """Print the newest events; 1 where parked ones are among them, 2 for what is unusable."""
    states = (InboxState.PARKED,) if parked else WAITING if waiting else tuple(InboxState)
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            rows = reader.inbox.in_states(states, limit)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps({"events": [_row(each) for each in rows]}, ensure_ascii=False))  # noqa: T201
    elif not rows:
        console.print("No event is parked." if parked else "There are no such events.")
    else:
        console.print(_table(rows))
    return 1 if any(row.state is InboxState.PARKED for row in rows) else 0


def show_event(key: str, *, as_json: bool) -> int:
    """Print one event with what it says; 2 where there is none."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            row = _find(reader, key)
    except Unusable as problem:
        problem.show(console)
        return 2
    said = {each.name: getattr(row.event.fact, each.name) for each in fields(row.event.fact)}
    shown = {name: str(value)[:LONGEST_VALUE] for name, value in said.items()}
    if as_json:
        print(json.dumps({**_row(row), "said": shown}, ensure_ascii=False))  # noqa: T201
        return 0
    for name, value in [*_row(row).items(), *shown.items()]:
        if value not in (None, ""):
            console.print(f"[dim]{name.replace('_', ' '):<13}[/] {safe(str(value))}")
    return 0


def retry_event(key: str) -> int:
    """Let it be handled again; 1 where it is not parked, 2 where there is none."""

    def retry(row: InboxRow, tx: Transaction, now: datetime) -> str | None:
        del now
        if row.state is InboxState.PARKED and _is_emptied(row):
            return f"is parked, and {GONE}"
        return None if tx.inbox.unpark(row.row_id) else f"is {row.state}, not parked"

    return _change(key, retry, done="is handled again")


def drop_event(key: str, because: str) -> int:
    """Give it up; 1 where it is not parked, 2 where there is none."""

    def drop(row: InboxRow, tx: Transaction, now: datetime) -> str | None:
        is_dropped = tx.inbox.drop(row.row_id, f"dropped by hand: {because}", now)
        return None if is_dropped else f"is {row.state}, not parked"

    return _change(key, drop, done="is dropped")


def _change(
    key: str, change: Callable[[InboxRow, Transaction, datetime], str | None], *, done: str
) -> int:
    return change_row(
        lambda reader: _find(reader, key), change, name=lambda row: row.event.key, done=done
    )


def _find(reader: Reader, key: str) -> InboxRow:
    row = reader.inbox.by_id(int(key)) if key.isdecimal() else reader.inbox.by_key(key)
    if row is None:
        raise Unusable(f"deskmate: no event {key}; `deskmate inbox list` shows those there are")
    return row


def _is_emptied(row: InboxRow) -> bool:
    return isinstance(row.event.fact, Unreadable) and row.event.fact.reason == GONE


def _row(row: InboxRow) -> dict[str, Any]:
    return {
        "number": row.row_id,
        "key": row.event.key,
        "state": row.state.value,
        "what": _what(row),
        "source": row.event.source,
        "stream": row.event.stream,
        "happened_at": row.event.at.isoformat(),
        "attempts": row.attempts,
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "reason": row.reason,
        "outcome": row.outcome,
    }


def _what(row: InboxRow) -> str:
    """The fact's name in words, and its ticket: `comment added #7`."""
    name = type(row.event.fact).__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    number = getattr(row.event.fact, "number", None)
    return words.strip() + (f" #{number}" if isinstance(number, int) else "")


def _table(rows: tuple[InboxRow, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("no.", "when", "state", "what", "key", "why"):
        table.add_column(heading, no_wrap=heading in ("no.", "when", "state"))
    for row in rows:
        table.add_row(
            str(row.row_id),
            f"{row.event.at:%Y-%m-%d %H:%M}Z",
            row.state.value,
            safe(_what(row)),
            safe(row.event.key),
            safe((row.reason or row.outcome or "")[:80]),
        )
    return table
