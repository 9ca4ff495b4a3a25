# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of a case on its way into the helpdesk, and the figures over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.rules.backfill import Stage, Written
from bot.rules.outage_state import Blind, OutageState, Phase

PREFIX = "backfill/"
TIMER = "backfill"
LOOKS = "look/"
"""Cases that are due to be looked for again, as states of their own: few, and soon gone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one case is: `since` when the stage began, `turn` the next look for late copies.

    `told` names the late copies that our people know of.
    """

    stage: Stage
    since: datetime
    written: Written
    turn: int = 0
    told: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many cases are where."""

    waiting: int = 0
    importing: int = 0
    imported: int = 0
    adopted: int = 0
    parked: int = 0

    @property
    def total(self) -> int:
        """Every case there is."""
        return self.waiting + self.importing + self.there + self.parked

    @property
    def there(self) -> int:
        """Those that the helpdesk has."""
        return self.imported + self.adopted

    @property
    def is_through(self) -> bool:
        """Whether nothing is on its way any more."""
        return self.waiting + self.importing == 0


def may_go_on(outage: OutageState) -> bool:
    """Whether cases may be brought back now: after the all-clear, until it fails or refuses us."""
    is_there = outage.phase is Phase.HEALTHY and outage.blind is Blind.NO
    return is_there and outage.is_released


def progress_of(stages: Iterable[str], waiting: int) -> Progress:
    """The figures, from the stage of each case that is under way or done."""
    counted = dict.fromkeys(Stage, 0)
    for each in stages:
        counted[Stage(each)] += 1
    return Progress(waiting, **{stage.value: number for stage, number in counted.items()})


def to_row(standing: Standing) -> dict[str, Any]:
    """A standing as plain JSON values."""
    written = standing.written
    return {
        "stage": standing.stage.value,
        "since": standing.since.isoformat(),
        "turn": standing.turn,
        "told": list(standing.told),
        "reason": standing.reason,
        "words": sorted(written.words),
        "priority": written.priority,
        "category": written.category,
        "group": written.group,
        "tags": sorted(written.tags),
        "fields": dict(written.fields),
        "status": written.status,
    }


def from_row(row: Mapping[str, Any]) -> Standing:
    """The standing that `to_row` wrote."""
    written = Written(
        words=frozenset(row["words"]),
        priority=row["priority"],
        category=row["category"],
        group=row["group"],
        tags=frozenset(row["tags"]),
        fields=dict(row["fields"]),
        status=row.get("status"),
    )
    since = datetime.fromisoformat(row["since"])
    return Standing(
        Stage(row["stage"]), since, written, row["turn"], tuple(row["told"]), row["reason"]
    )
