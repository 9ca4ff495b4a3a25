# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the house in order beside the work: figures for `/metrics`, and old rows that go."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.sources.mailbox import Mailbox
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures

KEEP_SETTLED = timedelta(days=30)
KEEP_JOURNAL = timedelta(days=400)
"""Long enough to explain any decision of the year a customer may ask about."""


class Upkeep:
    """The two steps that serve no ticket: measuring and pruning."""

    def __init__(
        self, store: Store, clock: Clock, figures: Figures, mailbox: Mailbox | None
    ) -> None:
        """`mailbox` is None where no mails are read."""
        self._store = store
        self._clock = clock
        self._figures = figures
        self._mailbox = mailbox

    def measure(self) -> bool:
        """Show how much waits and whether the helpdesk is down; never work for another round."""
        with self._store.read() as reader:
            self._figures.inbox_waiting.set(reader.inbox.waiting())
            self._figures.outbox_waiting.set(sum(reader.outbox.waiting().values()))
            state = reader.states.load("outage") or {}
        self._figures.helpdesk_state.set(state.get("phase") == "down")
        return False

    def prune(self) -> bool:
        """Let go what nobody will ask about any more; never work for another round."""
        now = self._clock.now()

        def prune(tx: Transaction) -> None:
            tx.inbox.prune(now - KEEP_SETTLED)
            tx.outbox.prune(now - KEEP_SETTLED)
            tx.timers.prune(now - KEEP_SETTLED)
            tx.journal.prune(now - KEEP_JOURNAL)

        self._store.write(prune)
        if self._mailbox is not None:
            self._mailbox.sweep_spool(now)
        return False
