# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers rehearsals in the desk's store, so that `deskmate status` can say when the last was."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.commands.drill_values import Drill
from bot.commands.stored import look_for, stored, writable
from bot.commands.unusable import Unusable
from bot.settings import read_settings
from bot.store.problems import StoreProblem
from bot.store.transaction import Reader, Transaction

STATE = "drills"
KEPT = 20
"""So many rehearsals are remembered: five years of quarters."""
NEVER = "never rehearsed; `deskmate drill` does it on the sandbox"
UNKNOWN = "no store can be read here that would know; `deskmate drill` does it on the sandbox"


def remember(drill: Drill, clock: Clock) -> str:
    """Write it into the store of the settings; what a person is told about that."""

    def add(tx: Transaction) -> None:
        known = (tx.states.load(STATE) or {}).get("drills", [])
        tx.states.save(STATE, {"drills": [*known, _row(drill)][-KEPT:]})

    settings = read_settings(os.environ)
    if isinstance(settings, list):
        return "not remembered: the settings cannot be used (`deskmate check --online` says why)"
    try:
        look_for(settings.store)
        with writable(clock) as store:
            store.write(add)
    except (Unusable, StoreProblem) as problem:
        return f"not remembered: {str(problem).removeprefix('deskmate: ')}"
    return "remembered: `deskmate status` says when it was"


def last_drill(reader: Reader) -> dict[str, Any] | None:
    """The latest rehearsal that the store remembers, None for none."""
    known = (reader.states.load(STATE) or {}).get("drills", [])
    return known[-1] if known else None


@dataclass(frozen=True, slots=True)
class Known:
    """The latest rehearsal that is known here, if one is, and a sentence on it."""

    row: dict[str, Any] | None
    said: str


def look_up(clock: Clock) -> Known:
    """When the last rehearsal was, as far as the store of the settings says; makes no store."""
    try:
        with stored(clock, is_made=False) as reader:
            row = last_drill(reader)
    except Unusable:
        return Known(None, UNKNOWN)
    return Known(row, said_of_drill(row, clock.now()))


def said_of_drill(row: dict[str, Any] | None, now: datetime) -> str:
    """When it was, by whom, and what it came to."""
    if row is None:
        return NEVER
    days = (now - datetime.fromisoformat(row["at"])).days
    when = f"{days} days ago" if days > 1 else "yesterday" if days == 1 else "today"
    where = "on the sandbox" if row["kind"] == "sandbox" else "beside the real helpdesk"
    counts = f"{row['ok']} worked, {row['failed']} did not, {row['not_tried']} not tried"
    return f"{when}, {where}, by {row['by']}: {counts}"


def _row(drill: Drill) -> dict[str, Any]:
    return {
        "at": drill.at.isoformat(),
        "kind": drill.kind,
        "desk": drill.desk,
        "by": drill.by,
        **drill.counts(),
        "did_not_work": [each.name for each in drill.steps if each.result.value == "failed"],
    }
