# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backtest found: one field of one ticket at a time, and the alerts of each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FIELDS = ("category", "priority")


@dataclass(frozen=True, slots=True)
class Judged:
    """One field of one ticket: what the policy decides, what stands in the end, and by whom."""

    ticket: str
    field: str
    ours: str | None
    final: str | None
    is_persons: bool


@dataclass(frozen=True, slots=True)
class Backtest:
    """Every judged field, and how many alerts would have been told on each local day.

    `days` is the length of the span that was looked at, from its first ticket on.
    """

    tickets: int
    judged: tuple[Judged, ...]
    alerts: Mapping[date, int]
    days: int

    def of(self, field: str) -> list[Judged]:
        """What was judged of one field."""
        return [each for each in self.judged if each.field == field]
