# SPDX-License-Identifier: GPL-3.0-or-later
"""SQLite's log is copied back in a quiet moment, and never stands in anybody's way."""

from __future__ import annotations

import threading
from pathlib import Path

from store_samples import event

from bot.clock import VirtualClock
from bot.store.checkpoints import Checkpointer
from bot.store.store import Store


class Watched(Checkpointer):
    """A checkpointer that says when it copied."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, pause=0.01)
        self.has_copied = threading.Event()

    def copy(self) -> None:
        super().copy()
        self.has_copied.set()


def test_quiet_moment_copies_the_log(tmp_path: Path, clock: VirtualClock) -> None:
    """What was committed reaches the database itself without waiting for its end."""
    path = tmp_path / "store.sqlite"
    with Store.open(f"sqlite:///{path}", clock=clock) as store:
        before = path.stat().st_size
        store.receive([event(f"{'x' * 400}{number}") for number in range(400)]).result()
        assert path.stat().st_size == before

        checkpointer = Watched(path)
        checkpointer.start()
        checkpointer.wrote(1)
        assert checkpointer.has_copied.wait(10)
        checkpointer.stop()

        assert path.stat().st_size > before
    with Store.open(f"sqlite:///{path}", clock=clock) as store, store.read() as reader:
        assert reader.inbox.waiting() == 400


def test_vanished_database_does_not_end_the_thread(tmp_path: Path) -> None:
    """Trouble with the disk is the writer's to report; this thread waits for better times."""
    checkpointer = Watched(tmp_path / "nowhere" / "store.sqlite")
    checkpointer.start()
    checkpointer.wrote(1)
    checkpointer.stop()

    assert not checkpointer.has_copied.is_set()
