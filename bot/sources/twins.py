# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the helpdesk that is back what it has of each case, one at a time and at a measured pace.

It only writes the answer down; what follows is the handler's. While the helpdesk is not surely
there it asks nothing, and goes on later with the case that waits longest. A case that it fails to
answer about waits longer each time, and keeps no other waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Sought, Trouble, TroubleKind, Twins
from bot.rules.backfill import EARLY_BY
from bot.rules.backfill_state import LOOKS, PREFIX, may_go_on
from bot.rules.events import Event, TwinsSought
from bot.rules.outage_state import from_row
from bot.rules.pauses import OVER, pause_of
from bot.rules.ticket import Ticket
from bot.sources.twins_put_off import PutOff
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

    @property
    def name(self) -> str:
        """The first look at a case, and its later ones, fail each for themselves."""
        return f"{LOOKS if self.turn else ''}{self.ticket.ticket_id}"


class TwinFinder:
    """Brings one case's twins; one `step` is one case, when one is due."""

    def __init__(
        self, helpdesk: Twins, store: Store, *, per_minute: Callable[[], int] = lambda: 60
    ) -> None:
        """`per_minute` is how many cases may be taken a minute."""
        self._helpdesk = helpdesk
        self._store = store
        self._per_minute = per_minute
        self._pause = OVER
        self._since_look = 0
        self._put_off = PutOff()

    def step(self, now: datetime) -> bool:
        """Ask for the next case if it is time; True if there was one."""
        if self._pause.holds(now):
            return False
        with self._store.read() as reader:
            is_back = may_go_on(from_row(reader.states.load("outage")))
            found = self._next(reader, now) if is_back else None
        if not is_back:
            self._put_off.forget_all()
        if found is None:
            self._pause = pause_of(IDLE, now)
            return False
        ticket = found.ticket
        sought = Sought(
            ticket.reference or ticket.ticket_id,
            ticket.customer.email or "",
            ticket.created_at - EARLY_BY,
            ticket.subject,
            ticket.description,
        )
        twins = self._helpdesk.twins(sought)
        self._since_look = 0 if found.turn else self._since_look + 1
        if isinstance(twins, Trouble):
            self._after_trouble(found, twins, now)
            return False
        self._put_off.answered(found.name)
        fact = TwinsSought(ticket.ticket_id, found.turn, twins)
        self._write_down(fact, f"twins/{found.turn}@{now.isoformat()}", now)
        self._pause = pause_of(timedelta(minutes=1) / max(1, self._per_minute()), now)
        return True

    def _after_trouble(self, found: _Due, trouble: Trouble, now: datetime) -> None:
        """Go on with the next soon; who asks for patience gets it, and it is no case's fault."""
        wait = max(TROUBLED, timedelta(seconds=trouble.retry_after or 0.0))
        self._pause = pause_of(wait, now)
        case = found.ticket.reference or found.ticket.ticket_id
        log.warning("twins_not_read", case=case, reason=trouble.reason,
                    again_in=wait.total_seconds())  # fmt: skip
        if trouble.kind is TroubleKind.THROTTLED or not self._put_off.failed(found.name, now):
            return
        fact = TwinsSought(found.ticket.ticket_id, found.turn, trouble=trouble.reason[:300])
        self._write_down(fact, f"unread/{found.turn}", now)

    def _write_down(self, fact: TwinsSought, name: str, now: datetime) -> None:
        stream = f"case/{fact.ticket_id}"
        event = Event(f"{stream}/{name}", stream, now, "backfill", fact)
        self._store.receive([event]).result()

    def _next(self, reader: Reader, now: datetime) -> _Due | None:
        """The case that waits longest, and between some of them one that is there already."""
        away = self._put_off.away(now)
        cases = reader.tickets.cases_without_number(len(away) + 1, untouched=PREFIX)
        waiting = next((_Due(each, 0) for each in cases if each.ticket_id not in away), None)
        if waiting is not None and self._since_look < BETWEEN_LOOKS:
            return waiting
        return _look(reader, away) or waiting


def _look(reader: Reader, away: frozenset[str]) -> _Due | None:
    """A case that is due to be looked for again."""
    looks = reader.states.first(LOOKS, len(away) + 1)
    look = next((each for each in looks if each not in away), None)
    ticket = reader.tickets.load(look.removeprefix(LOOKS)) if look is not None else None
    if look is None or ticket is None:
        return None
    row = reader.states.load(look) or {}
    return _Due(ticket, int(row.get("turn", 1)))
