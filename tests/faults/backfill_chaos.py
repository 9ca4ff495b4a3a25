# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on the way back from an outage: crashes, a bad line, and wrong protocols of ours.

The store and the helpdesk of one crash run; `backfill_run.py` plays it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import VirtualClock
from bot.ports import (
    Delivered,
    Enclosed,
    Outcome,
    Refused,
    Sought,
    Trouble,
    TroubleKind,
    TryLater,
    Unknown,
)
from bot.rules.actions import TicketCreation, TicketUpdate
from bot.rules.backfill import Adopt, Case, Import, Planner, found_there, plan
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event
from bot.rules.mail import Twin
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.world import World
from bot.store.store import Store

BEFORE = datetime.min.replace(tzinfo=UTC)
LOOK_TWICE = timedelta(seconds=60)
ZOMBIE = timedelta(seconds=45)
"""How long a request that was given up may be alive, and nothing is doubled."""
SLOWEST = timedelta(hours=3)
"""How long the few are alive that may double, and must be told."""


class Crash(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Wrong:
    """What a wrong protocol does otherwise; the default is ours."""

    planner: Planner = plan
    lag: timedelta = timedelta()
    looks: int = 2
    settles_first: bool = False
    trusts_an_older_store: bool = False


def _never_adopts(
    case: Case, twins: Sequence[Twin], taken: frozenset[int], priority: str | None
) -> Adopt | Import:
    return plan(case, (), taken, priority)


def _person_is_enough(
    case: Case, twins: Sequence[Twin], taken: frozenset[int], priority: str | None
) -> Adopt | Import:
    free = [each for each in twins if each.number is not None and each.number not in taken]
    if free:
        return Adopt(free[0].number or 0, "the same person", found_there(case, free[0]))
    return plan(case, twins, taken, priority)


def _nameless(
    case: Case, twins: Sequence[Twin], taken: frozenset[int], priority: str | None
) -> Adopt | Import:
    decided = plan(case, twins, taken, priority)
    if isinstance(decided, Adopt):
        return decided
    return replace(decided, creation=replace(decided.creation, external_id="deskmate"))


WRONG: Mapping[str, Wrong] = {
    "looks by the search index": Wrong(lag=timedelta(minutes=5)),
    "looks once": Wrong(looks=1),
    "does not look at all": Wrong(looks=0),
    "settles before it commits": Wrong(settles_first=True),
    "never adopts": Wrong(planner=_never_adopts),
    "adopts by the person alone": Wrong(planner=_person_is_enough),
    "imports without a name of its own": Wrong(planner=_nameless),
    "trusts an older store": Wrong(trusts_an_older_store=True),
}
RIGHT = Wrong()


class CrashingStore:
    """The real store; a crash comes before a write, or after it is committed."""

    def __init__(self, store: Store, chaos: Chaos, wrong: Wrong) -> None:
        self._store, self._chaos, self._wrong = store, chaos, wrong

    def read(self) -> Any:
        return self._store.read()

    def write(self, work: Callable[[Any], Any]) -> Any:
        self._chaos.maybe_crash()
        done = self._store.write(work)
        if self._wrong.settles_first and isinstance(done, list):
            self._settle_first(done)
        self._chaos.maybe_crash()
        return done

    def submit(self, work: Callable[[Any], Any]) -> Future[Any]:
        self._chaos.maybe_crash()
        future = self._store.submit(work)
        future.exception()
        self._chaos.maybe_crash()
        return future

    def receive(self, events: Sequence[Event]) -> Future[int]:
        return self.submit(lambda tx: [tx.inbox.add(event) for event in events])

    def _settle_first(self, claimed: list[Any]) -> None:
        rows = [each for each in claimed if hasattr(each, "event")]
        now = self._chaos.clock.now()
        self._store.write(lambda tx: [tx.inbox.settle(row.row_id, "read", now) for row in rows])


class Chaos:
    """Whether something goes wrong now; calm at the end of a run."""

    def __init__(self, chance: random.Random, clock: VirtualClock) -> None:
        self.chance, self.clock, self.is_calm = chance, clock, False

    def strikes(self, share: float) -> bool:
        return not self.is_calm and self.chance.random() < share

    def maybe_crash(self) -> None:
        if self.strikes(0.04):
            raise Crash


class HostileHelpdesk(FakeHelpdesk):
    """The fake helpdesk behind a bad line; imports know no keys, and some arrive late.

    `made_at` says when each import arrived, `slow` how many of each name came too late to be seen.
    """

    def __init__(self, world: World, policy: CompiledPolicy, chaos: Chaos, wrong: Wrong) -> None:
        super().__init__(world, policy.policy.helpdesk, enclosures=self._files_of)
        self._chaos, self._wrong = chaos, wrong
        self._late: list[tuple[datetime, TicketCreation]] = []
        self._slow: list[tuple[datetime, TicketCreation]] = []
        self.made_at: dict[int, datetime] = {}
        self.slow: Counter[str] = Counter()
        self._missed_at: dict[str, datetime] = {}
        self._turn = 0
        self._is_arriving = False

    def arrive(self) -> None:
        """What was given up and is alive arrives."""
        now, self._is_arriving = self._chaos.clock.now(), True
        for _, creation in _due(self._late, now):
            self._make(creation)
        for _, creation in _due(self._slow, now):
            self._make(creation)
            self.slow[creation.external_id] += 1
        self._is_arriving = False

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        self._chaos.maybe_crash()
        if self._chaos.strikes(0.08):
            return TryLater("429", 5.0)
        self._missed_at.pop(creation.external_id, None)
        if self._chaos.strikes(0.08):
            return Unknown("lost on the way")
        if self._chaos.strikes(0.15):
            self._give_up(creation)
            return Unknown("given up")
        made = self._make(creation)
        self._chaos.maybe_crash()
        return Unknown("no answer") if self._chaos.strikes(0.15) else made

    def was_created(self, creation: TicketCreation) -> Outcome:
        self._chaos.maybe_crash()
        now = self._chaos.clock.now()
        found = [
            each.number
            for each in self._world.tickets()
            if each.external_id == creation.external_id
            and self.made_at.get(each.number, BEFORE) <= now - self._wrong.lag
        ]
        if self._wrong.looks == 0:
            return Refused("nobody looked")
        if found:
            return Delivered(str(min(found)))
        first = self._missed_at.setdefault(creation.external_id, now)
        if self._wrong.looks == 2 and now - first < LOOK_TWICE:
            return Unknown("not there yet")
        return Refused("not there")

    def was_applied(self, key: str, update: TicketUpdate) -> Outcome:
        self._chaos.maybe_crash()
        return super().was_applied(key, update)

    def update(self, updates: Mapping[str, TicketUpdate]) -> Mapping[str, Outcome]:
        self._chaos.maybe_crash()
        done = super().update(updates)
        self._chaos.maybe_crash()
        if self._chaos.strikes(0.15):
            return {key: Unknown("no answer") for key in done}
        return done

    def twins(self, sought: Sought) -> tuple[Twin, ...] | Trouble:
        self._chaos.maybe_crash()
        if self._chaos.strikes(0.1):
            return Trouble(TroubleKind.SLOW, "no answer")
        return super().twins(sought)

    def _files_of(self, mail: str) -> Sequence[Enclosed]:
        """One file, called as its mail is; the process may be gone while it is left there.

        Of a request that comes alive late the files are there already.
        """
        if not self._is_arriving:
            self._chaos.maybe_crash()
        return (Enclosed(mail, "text/plain", b"x"),)

    def _give_up(self, creation: TicketCreation) -> None:
        """It is alive all the same: mostly for less than a minute, sometimes for hours."""
        chance, now = self._chaos.chance, self._chaos.clock.now()
        if chance.random() < 0.2:
            self._slow.append((now + LOOK_TWICE + SLOWEST * chance.random(), creation))
        else:
            self._late.append((now + ZOMBIE * chance.random(), creation))

    def _make(self, creation: TicketCreation) -> Outcome:
        self._turn += 1
        made = super().create(f"{creation.external_id}/{self._turn}", creation)
        if isinstance(made, Delivered):
            self.made_at[int(made.reference)] = self._chaos.clock.now()
        return made


def _due(
    waiting: list[tuple[datetime, TicketCreation]], now: datetime
) -> list[tuple[datetime, TicketCreation]]:
    """Take out what has come to its time."""
    found = [each for each in waiting if each[0] <= now]
    waiting[:] = [each for each in waiting if each[0] > now]
    return found
