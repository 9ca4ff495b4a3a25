# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies SQLite's log back into its database beside the writer, in a moment that is not a storm.

Left to itself SQLite does so within a commit, every 4 MiB, and whoever waits for that commit waits
for the copy. So a storm of deliveries goes into the log alone; beyond `engines.LOG_PAGES` of it
the writer copies after all.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from bot.store.engines import BUSY_SECONDS

PAUSE = 1.0
"""Seconds between a write and the look whether it is quiet."""
_STORM = 1000
"""Pieces of work in one pause that are a storm."""


class Checkpointer:
    """Hears of what is written and copies the log back when it is quiet."""

    def __init__(self, path: Path, *, pause: float = PAUSE) -> None:
        """Work on the database at `path`, in a thread of its own, until `stop`.

        `pause` is in seconds.
        """
        self._path, self._pause, self._written = path, pause, 0
        self._has_work, self._is_stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-checkpoints", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def wrote(self, pieces: int) -> None:
        """Hear of a commit; called by the writer alone."""
        self._written += pieces
        if not self._has_work.is_set():
            self._has_work.set()

    def stop(self) -> None:
        """End after what is under way; closing the database copies the rest."""
        self._is_stopping.set()
        self._has_work.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self._has_work.wait() and not self._is_stopping.is_set():
            before = self._written
            self._is_stopping.wait(self._pause)
            if self._written - before > _STORM or self._is_stopping.is_set():
                continue
            self._has_work.clear()
            try:
                self.copy()
            except sqlite3.Error:
                # The writer meets the same trouble with its next commit and reports it.
                continue

    def copy(self) -> None:
        """Copy what can be copied without making anybody wait."""
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
