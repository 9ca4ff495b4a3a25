# SPDX-License-Identifier: GPL-3.0-or-later
"""Fires what falls due, at the second: sleeps until the next timer and wakes on change.

News come first: while events wait that may have answered a promise, its clock is not told late.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.handlers.timers import fire
from bot.rules.engine import CompiledPolicy
from bot.store.store import Store
from bot.telemetry import Figures, logger

BATCH = 100
LOOK_AT_LEAST = 30.0
"""Seconds; a timer is never later than this, whatever wake-up was missed."""
NEWS_FIRST = timedelta(seconds=20)
"""How long a due timer waits for news that are being handled."""

log = logger("timekeeper")


class Timekeeper:
    """Fires due timers; one `fire_due` call is one step's piece of work."""

    def __init__(
        self,
        store: Store,
        compiled: Callable[[], CompiledPolicy],
        clock: Clock,
        figures: Figures,
        *,
        may_fire: Callable[[], bool] = lambda: True,
    ) -> None:
        """`may_fire` holds everything back, as at a start until the helpdesk was read once."""
        self._store = store
        self._compiled = compiled
        self._clock = clock
        self._figures = figures
        self._may_fire = may_fire

    def fire_due(self) -> bool:
        """Fire the timers whose instant has come, a transaction each; True if there were any."""
        now = self._clock.now()
        if not self._may_fire():
            return False
        with self._store.read() as reader:
            due = reader.timers.due(now, BATCH)
            oldest_news = reader.inbox.oldest_waiting()
        overdue = (now - due[0].due_at).total_seconds() if due else 0.0
        self._figures.timers_overdue.set(max(0.0, overdue))
        if not due:
            return False
        # Only what happened up to the deadline can have kept the promise.
        may_matter = oldest_news is not None and oldest_news <= due[0].due_at
        if may_matter and now - due[0].due_at < NEWS_FIRST:
            return False
        compiled = self._compiled()
        futures = [
            (timer, self._store.submit(partial(fire, timer, compiled=compiled, now=now)))
            for timer in due
        ]
        for timer, future in futures:
            log.info("timer_fired", timer=timer.key, outcome=future.result())
        return True

    def pause(self) -> float:
        """Seconds until the next timer, at most `LOOK_AT_LEAST`."""
        now = self._clock.now()
        with self._store.read() as reader:
            next_due = reader.timers.next_due()
        if next_due is None:
            return LOOK_AT_LEAST
        left = (next_due - now).total_seconds()
        return min(LOOK_AT_LEAST, max(0.05, left)) if left > 0 else 0.2
