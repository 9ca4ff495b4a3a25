# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that only looks does not wait for a daemon that writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.clock import SystemClock
from bot.store.store import Store


def test_store_opens_while_another_writes(tmp_path: Path) -> None:
    """Opening and reading work in the middle of somebody else's transaction."""
    url = f"sqlite:///{tmp_path}/desk.sqlite3"
    Store.open(url, clock=SystemClock()).close()

    with closing(sqlite3.connect(tmp_path / "desk.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
            assert reader.tickets.count() == 0
        other.execute("ROLLBACK")
