# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows the helpdesk's exports, the source of truth: tickets first, then what changed in them.

Each page is one transaction with the cursor that leads to the next, so a crash repeats a page at
most, and repeated events are the same rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.ports import Helpdesk, Page, Trouble
from bot.rules.pauses import OVER, pause_of
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures, logger

TICKETS = "export/tickets"
CHANGES = "export/changes"
PAGES_PER_STEP = 4
"""Pages of one export in one step; both together stay below 10 requests a minute."""
LOOKBACK = timedelta(hours=1)
"""How far back the very first poll begins."""

log = logger("poller")

Read = Callable[[str | None, datetime], Page | Trouble]


class Poller:
    """Reads both exports every `every`; one `step` is one look at both."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        store: Store,
        *,
        every: timedelta,
        figures: Figures,
        lookback: timedelta = LOOKBACK,
    ) -> None:
        """Due at once, then every `every`, or later where the helpdesk asks for it."""
        self.every = every
        self._helpdesk = helpdesk
        self._store = store
        self._figures = figures
        self._lookback = lookback
        self._pause = OVER
        self.has_read = False
        """Whether both exports were read to their end once since the start."""

    def due_at(self, now: datetime) -> datetime:
        """When the next look is due."""
        return self._pause.end(now)

    def step(self, now: datetime) -> bool:
        """Look if it is time; True when more can be read at once."""
        if self._pause.holds(now):
            return False
        self._pause = pause_of(self.every, now)
        # A ticket's picture comes before its changes, so changes wait until tickets are read up.
        for name, read in (
            (TICKETS, self._helpdesk.tickets_since),
            (CHANGES, self._helpdesk.changes_since),
        ):
            match self._read_up(name, read, now):
                case Trouble() as trouble:
                    self._wait_out(name, trouble, now)
                    return False
                case False:
                    self._pause = OVER
                    return True
        self.has_read = True
        return False

    def _read_up(self, name: str, read: Read, now: datetime) -> bool | Trouble:
        """Read pages of one export; True at its end, False when there is more."""
        for _ in range(PAGES_PER_STEP):
            page = read(self._cursor(name), now - self._lookback)
            if isinstance(page, Trouble):
                return page
            self._write_down(name, page, now)
            if page.is_last:
                return True
        return False

    def _cursor(self, name: str) -> str | None:
        with self._store.read() as reader:
            return reader.cursors.get(name)

    def _write_down(self, name: str, page: Page, now: datetime) -> None:
        def write(tx: Transaction) -> int:
            new = sum(tx.inbox.add(event) for event in page.events)
            tx.cursors.set(name, page.cursor)
            if page.is_last:
                tx.states.save(f"read/{name}", {"at": now.isoformat()})
            return new

        new = self._store.write(write)
        if new:
            self._figures.events.labels("export").inc(new)
            log.info("page_read", export=name, rows=len(page.events), new=new)

    def _wait_out(self, name: str, trouble: Trouble, now: datetime) -> None:
        wait = max(self.every, timedelta(seconds=trouble.retry_after or 0.0))
        self._pause = pause_of(wait, now)
        log.warning(
            "export_not_read",
            export=name,
            kind=str(trouble.kind),
            reason=trouble.reason,
            again_in=wait.total_seconds(),
        )
