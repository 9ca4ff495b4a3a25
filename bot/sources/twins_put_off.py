# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cases the helpdesk fails to answer about, and when each may be asked about again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.pauses import Pause, pause_of

SHORTEST = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)
MANY = 6
"""Failures of one case that a person hears of: the last comes 15.5 minutes after the first.

By then a helpdesk that is down, or that refuses us, is known as such, and asked nothing.
"""
MOST_TOLD = 5
"""Cases that are told before one is read again: beyond that it is no matter of single cases."""


@dataclass(frozen=True, slots=True)
class _Failed:
    times: int
    pause: Pause


class PutOff:
    """Remembers failures by name; a restart forgets them, and asks about all of them at once."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._failed: dict[str, _Failed] = {}
        self._told = 0

    def failed(self, name: str, now: datetime) -> bool:
        """Let it wait, longer each time; True where a person should hear of it, once."""
        before = self._failed.get(name)
        times = before.times + 1 if before is not None else 1
        wait = min(LONGEST, SHORTEST * (1 << min(times - 1, MANY)))
        self._failed[name] = _Failed(times, pause_of(wait, now))
        is_told = times == MANY and self._told < MOST_TOLD
        self._told += is_told
        return is_told

    def answered(self, name: str) -> None:
        """It is no trouble any more."""
        self._failed.pop(name, None)
        self._told = 0

    def away(self, now: datetime) -> frozenset[str]:
        """Those that wait; a few dozen at most, because each failure takes its time."""
        return frozenset(name for name, each in self._failed.items() if each.pause.holds(now))

    def forget_all(self) -> None:
        """The helpdesk itself was away: that was no matter of single cases."""
        self._failed.clear()
        self._told = 0
