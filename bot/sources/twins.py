# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the helpdesk that is back what it has of each case, one at a time and at a measured pace.

It only writes the answer down; what follows is the handler's. While the helpdesk is not surely
there it asks nothing, and goes on later with the case that waits longest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Sought, Trouble, Twins
from bot.rules.backfill import EARLY_BY
from bot.rules.backfill_state import LOOKS, PREFIX, may_go_on
from bot.rules.events import Event, TwinsSought
from bot.rules.outage_state import from_row
from bot.rules.ticket import Ticket
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.telemetry import logger

IDLE = timedelta(seconds=5)
"""How often it is looked whether a case waits."""
TROUBLED = timedelta(seconds=10)
BETWEEN_LOOKS = 4
"""Cases that go first while others are due to be looked for again: they are not there at all."""

log = logger("twins")


@dataclass(frozen=True, slots=True)
class _Due:
    ticket: Ticket
    turn: int


class TwinFinder:
    """Brings one case's twins; one `step` is one case, when one is due."""

    def __init__(
        self, helpdesk: Twins, store: Store, *, per_minute: Callable[[], int] = lambda: 60
    ) -> None:
        """`per_minute` is how many cases may be taken a minute."""
        self._helpdesk = helpdesk
        self._store = store
        self._per_minute = per_minute
        self._due: datetime | None = None
        self._since_look = 0

    def step(self, now: datetime) -> bool:
        """Ask for the next case if it is time; True if there was one."""
        if self._due is not None and now < self._due:
            return False
        with self._store.read() as reader:
            is_back = may_go_on(from_row(reader.states.load("outage")))
            found = self._next(reader) if is_back else None
        if found is None:
            self._due = now + IDLE
            return False
        ticket = found.ticket
        sought = Sought(
            ticket.reference or ticket.ticket_id,
            ticket.requester.email or "",
            ticket.created_at - EARLY_BY,
        )
        twins = self._helpdesk.twins(sought)
        if isinstance(twins, Trouble):
            wait = max(TROUBLED, timedelta(seconds=twins.retry_after or 0.0))
            self._due = now + wait
            log.warning("twins_not_read", reason=twins.reason, again_in=wait.total_seconds())
            return False
        fact = TwinsSought(ticket.ticket_id, found.turn, twins)
        stream = f"case/{ticket.ticket_id}"
        key = f"{stream}/twins/{found.turn}@{now.isoformat()}"
        self._store.receive([Event(key, stream, now, "backfill", fact)]).result()
        self._since_look = 0 if found.turn else self._since_look + 1
        self._due = now + timedelta(minutes=1) / max(1, self._per_minute())
        return True

    def _next(self, reader: Reader) -> _Due | None:
        """The case that waits longest, and between some of them one that is there already."""
        waiting = reader.tickets.cases_without_number(1, untouched=PREFIX)
        if waiting and self._since_look < BETWEEN_LOOKS:
            return _Due(waiting[0], 0)
        return _look(reader) or (_Due(waiting[0], 0) if waiting else None)


def _look(reader: Reader) -> _Due | None:
    """A case that is due to be looked for again."""
    look = reader.states.first(LOOKS)
    ticket = reader.tickets.load(look.removeprefix(LOOKS)) if look is not None else None
    if look is None or ticket is None:
        return None
    row = reader.states.load(look) or {}
    return _Due(ticket, int(row.get("turn", 1)))
