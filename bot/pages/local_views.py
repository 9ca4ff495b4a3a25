# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes who looked at the continuity page on the machine itself: when, at what, nobody's name.

The page is for the hours in which much is broken, so it waits for no disk: what cannot be noted is
shown all the same, and logged.
"""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta

from bot.clock import Clock
from bot.rules.pauses import OVER, Pause, pause_of
from bot.store.store import Store
from bot.store.views import LOCAL, PageView, add_local_view
from bot.telemetry import logger
from bot.texts.cleaning import one_line

SAME_VIEW = timedelta(minutes=5)
"""An open page renews itself: within this the same look is one view."""
WHO_WAITS = "who waits"
GREATEST_NAME = 60

log = logger("pages")


def case_viewed(name: str) -> str:
    """How a view of one case is written down."""
    return f"case {one_line(name, GREATEST_NAME)}"


class LocalViews:
    """Writes looks on the machine itself into the journal."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Nothing was looked at yet."""
        self._store = store
        self._clock = clock
        self._recorded: dict[str, Pause] = {}

    def note(self, page: str, address: str) -> None:
        """Write one look down soon, once in `SAME_VIEW`."""
        now = self._clock.now()
        if self._recorded.get(page, OVER).holds(now):
            return
        view = PageView(now, LOCAL, page, address)
        self._store.submit(lambda tx: add_local_view(view, tx)).add_done_callback(_told)
        kept = {each: same for each, same in self._recorded.copy().items() if same.holds(now)}
        self._recorded = {**kept, page: pause_of(SAME_VIEW, now)}


def _told(written: Future[None]) -> None:
    problem = written.exception() if not written.cancelled() else "cancelled"
    if problem is not None:
        log.warning("view_not_recorded", reason=repr(problem)[:200])
