# SPDX-License-Identifier: GPL-3.0-or-later
"""The works on services that were announced by command; they stay, for the months are told by them.

Silences and maintenance themselves are forgotten a month after their end (`silences.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.planned_works import PlannedWorks, kept_works, ordered_works
from bot.rules.silences import Silence
from bot.store.rows import body_of, value_of
from bot.store.transaction import Reader, Transaction

PREFIX = "works/"


def announced_works(reader: Reader) -> tuple[PlannedWorks, ...]:
    """Every one there ever was, the first announced first."""
    found = reader.states.starting_with(PREFIX)
    return tuple(value_of(PlannedWorks, found[name]["works"]) for name in sorted(found))


def record_works(silence: Silence, announced_at: datetime, tx: Transaction, now: datetime) -> None:
    """Write down works that an order announces; those of its name stay as far as it leaves them."""
    known = announced_works(tx)
    works = ordered_works(silence, announced_at)
    added = [works] if works is not None and works.end > now else []
    for number, each in enumerate(known, 1):
        if each.name == silence.name:
            first, *others = kept_works(each, works, now) or (replace(each, end=each.start),)
            _save(number, first, tx)
            added += others
    for number, each in enumerate(added, len(known) + 1):
        _save(number, each, tx)


def _save(number: int, works: PlannedWorks, tx: Transaction) -> None:
    tx.states.save(f"{PREFIX}{number:06}", {"works": body_of(works)})
