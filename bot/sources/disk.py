# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks how full the disks are that hold the store and the mails, and writes down a change.

A full disk loses nothing (no row, no move, no acknowledgement), but everything stands still: our
people must hear of it while it can still be written down.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.rules.events import DiskChanged, Event
from bot.rules.pauses import OVER, pause_of
from bot.store.store import Store

EVERY = timedelta(minutes=1)
LOW = 0.10
ENOUGH = 0.12
"""Shares that are free; above `LOW`, so that a disk at the mark is not told again and again."""


def free_share(folder: Path) -> float:
    """The free share of the disk that a folder lies on, or will lie on."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    usage = shutil.disk_usage(there)
    return usage.free / usage.total


class DiskWatch:
    """Looks at some folders' disks; one `step` is one look, when one is due."""

    def __init__(
        self,
        folders: Sequence[Path],
        store: Store,
        *,
        free: Callable[[Path], float] = free_share,
    ) -> None:
        """Due at once, then every minute; `free` measures."""
        self._folders = folders
        self._store = store
        self._free = free
        self._pause = OVER
        self._is_low: bool | None = None

    def step(self, now: datetime) -> bool:
        """Look if it is time; True when a disk ran low, or none is low any more."""
        if not self._folders or self._pause.holds(now):
            return False
        self._pause = pause_of(EVERY, now)
        free, folder = min((self._free(each), each) for each in self._folders)
        is_low = free < (ENOUGH if self._is_low else LOW)
        if is_low is self._is_low:
            return False
        fact = DiskChanged(is_low, str(folder), round(free, 3))
        event = Event(f"disk/{is_low}@{now.isoformat()}", "desk", now, "probe", fact)
        self._store.receive([event]).result()
        self._is_low = is_low
        return True
