# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies SQLite's log back into its database beside the writer, so that no delivery waits for it.

Left to itself SQLite does so within a commit, every 4 MiB, for some 10 ms. If this thread cannot
keep up the writer does it after all (`engines.LOG_PAGES`).
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from bot.store.engines import BUSY_SECONDS

_ROWS = 500
"""Rows between two rounds: some 4 MiB of webhooks."""


class Checkpointer:
    """Counts what is written and copies the log back now and then."""

    def __init__(self, path: Path) -> None:
        """Work on the database at `path`, in a thread of its own, until `stop`."""
        self._path, self._rows = path, 0
        self._is_wanted, self._is_stopped = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="store-checkpoints", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def wrote(self, rows: int) -> None:
        """Hear of a commit; called by the writer alone."""
        self._rows += rows
        if self._rows >= _ROWS:
            self._rows = 0
            self._is_wanted.set()

    def stop(self) -> None:
        """End after what is under way; closing the database copies the rest."""
        self._is_stopped = True
        self._is_wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._is_wanted.wait()
            self._is_wanted.clear()
            if self._is_stopped:
                return
            try:
                self._copy()
            except sqlite3.Error:
                # The writer meets the same trouble with its next commit and reports it.
                continue

    def _copy(self) -> None:
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
