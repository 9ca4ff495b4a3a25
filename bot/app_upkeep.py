# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the house in order beside the work: figures for `/metrics`, and old rows that go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rules.keeping import KeepPolicy, Kept
from bot.rules.pauses import OVER, pause_of
from bot.sources.mailbox import Mailbox
from bot.store.store import Store
from bot.telemetry import Figures, logger

PRUNE_EVERY = timedelta(hours=1)
BATCH = 100
"""Rows that go in one write: the writer is held for some milliseconds."""

log = logger("upkeep")


class Upkeep:
    """The two steps that serve no ticket: measuring and pruning."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        figures: Figures,
        mailbox: Mailbox | None,
        *,
        keep: Callable[[], KeepPolicy],
    ) -> None:
        """`mailbox` is None where no mails are read; `keep` is what the policy says now."""
        self._store = store
        self._clock = clock
        self._figures = figures
        self._mailbox = mailbox
        self._keep = keep
        self._pause = OVER

    def measure(self) -> bool:
        """Show how much waits and whether the helpdesk is down; never work for another round."""
        with self._store.read() as reader:
            self._figures.inbox_waiting.set(reader.inbox.waiting())
            self._figures.outbox_waiting.set(sum(reader.outbox.waiting().values()))
            state = reader.states.load("outage") or {}
        self._figures.helpdesk_state.set(state.get("phase") == "down")
        return False

    def prune(self) -> bool:
        """Let go of what was kept long enough, a little at a time; True while there is more."""
        now = self._clock.now()
        if self._pause.holds(now):
            return False
        gone = {kind: self._let_go(kind, now) for kind in Kept}
        if any(gone.values()):
            log.info("rows_let_go", **{kind.value: count for kind, count in gone.items() if count})
            return True
        if self._mailbox is not None:
            self._mailbox.sweep_spool(now)
        self._pause = pause_of(PRUNE_EVERY, now)
        return False

    def _let_go(self, kind: Kept, now: datetime) -> int:
        span = self._keep().of(kind)
        if span is None:
            return 0
        before = now - span
        with self._store.read() as reader:
            found = reader.keeping.due(kind, before, BATCH)
        if not any(found):
            return 0
        return self._store.write(lambda tx: tx.keeping.let_go(kind, found, before=before, now=now))
