# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's journal: what happened in the world, in order, with its instant."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `what` in the past tense (`ticket_created`), `detail` around it."""

    sequence: int
    at: datetime
    what: str
    detail: Mapping[str, object]


class Journal:
    """A growing list of entries that readers follow by sequence number, from any thread."""

    def __init__(self, clock: Clock) -> None:
        """Begin empty; entries take their instants from `clock`."""
        self._clock = clock
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, what: str, **detail: object) -> Entry:
        """Write down that `what` happened now."""
        with self._lock:
            entry = Entry(len(self._entries) + 1, self._clock.now(), what, detail)
            self._entries.append(entry)
            return entry

    def since(self, sequence: int = 0) -> tuple[Entry, ...]:
        """Everything after `sequence`; 0 brings all."""
        with self._lock:
            return tuple(self._entries[sequence:])

    def of(self, what: str) -> tuple[Entry, ...]:
        """Every entry of one kind."""
        return tuple(each for each in self.since() if each.what == what)

    @property
    def last(self) -> int:
        """The latest sequence number, 0 while nothing happened."""
        with self._lock:
            return len(self._entries)
