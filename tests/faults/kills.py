# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the daemon at random moments under load and counts what was lost and what came twice.

    python tests/faults/kills.py --kills 60

The daemon is a process of its own beside the sandbox, over real sockets; each kill is a SIGKILL.
Lost must be 0, and so must duplicates of ticket updates and Slack messages. Teams and mail cannot
be read back: at most one each per kill, between "accepted" and "recorded", counted apart. What
waits its turn at a Teams room that has had its whole burst is not lost; `in_turn` counts it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from load import Load

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.rules.lanes import RATES, RESERVE
from bot.sandbox.audit import Audit, audit
from bot.sandbox.stage import Stage
from bot.sandbox.world_values import NewComment, Refusal
from bot.sandbox.zendesk_limits import Limits
from bot.store.queues import OutboxState
from bot.store.store import Store
from bot.store.transaction import Reader

POLICY = Path(__file__).resolve().parent / "policy"
LIMITS = Limits(
    account=100_000, tickets_update=100_000, per_ticket=1000, incremental=6000, jobs=300
)
CATEGORIES = ("incident", "question", "other")
WORDS = ("the portal is down", "an error in the export", "how can I print", "hello")
BETWEEN = (0.3, 2.5)
SETTLE_WITHIN = 150.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of kills came to."""

    kills: int
    tickets: int
    comments: int
    found: Audit
    in_turn: int
    seconds: float

    def figures(self) -> dict[str, object]:
        """The figures as printed."""
        return {
            "kills": self.kills,
            "tickets": self.tickets,
            "replies": self.comments,
            "lost": len(self.found.lost),
            "duplicates": len(self.found.duplicates),
            "duplicates_teams_and_mail": len(self.found.allowed_duplicates),
            "in_turn": self.in_turn,
            "seconds": round(self.seconds, 1),
        }

    @property
    def holds(self) -> bool:
        """Whether the promise was kept."""
        few = len(self.found.allowed_duplicates) <= self.kills * 2
        return not self.found.lost and not self.found.duplicates and few


class Tickets(Load):
    """Customers and agents who go on writing while the daemon is killed."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        super().__init__(chance)
        self.tickets = 0
        self.comments = 0
        self._stage = stage
        self._numbers: list[int] = []

    def once(self) -> None:
        customers = list(self._stage.furniture.customers.values())
        agents = list(self._stage.furniture.agents.values())
        world, who = self._stage.world, self._chance.choice(customers)
        if not self._numbers or self._chance.random() < 0.6:
            words = self._chance.choice(WORDS)
            ticket = world.create_ticket(f"{words} {self.tickets}", words, requester=who)
            self._numbers.append(ticket.number)
            self.tickets += 1
            return
        number = self._chance.choice(self._numbers[-30:])
        by = self._chance.choice([*agents, who])
        done = world.change_ticket(number, by=by, comment=NewComment("One more word."))
        self.comments += not isinstance(done, Refusal)


def run(kills: int, seed: int, tell: Callable[[str], None]) -> Result:
    """Kill the daemon `kills` times, let it finish, and compare the world with its store."""
    began = time.monotonic()
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="deskmate-kills-") as name:
        clock = SystemClock()
        stage = Stage(clock, Path(name), categories=CATEGORIES, export_delay=1, limits=LIMITS)
        stage.open()
        daemon = DaemonProcess(stage.environment(), POLICY, stage.places.log)
        load = Tickets(stage, chance)
        try:
            daemon.start()
            load.start()
            for number in range(1, kills + 1):
                time.sleep(chance.uniform(*BETWEEN))
                daemon.check()
                daemon.kill()
                daemon.start()
                if number % 10 == 0:
                    tell(f"{number} kills, {load.tickets} tickets so far")
            load.stop()
            _settle(stage, daemon, tell)
            daemon.stop()
            with (
                Store.open(f"sqlite:///{stage.places.store}", clock=clock) as store,
                store.read() as reader,
            ):
                found = audit(stage.world, reader, without=frozenset({stage.furniture.canary}))
                found, in_turn = _without_turns(found, reader)
        finally:
            daemon.kill()
            stage.close()
    return Result(kills, load.tickets, load.comments, found, in_turn, time.monotonic() - began)


def _without_turns(found: Audit, reader: Reader) -> tuple[Audit, int]:
    """What waits its turn is not lost."""
    in_turn = _in_turn(reader)
    lost = tuple(each for each in found.lost if each.partition(" is ")[0] not in in_turn)
    return replace(found, lost=lost), len(found.lost) - len(lost)


def _in_turn(reader: Reader) -> frozenset[str]:
    """Teams takes 80 an hour after a burst: what waits behind a spent burst waits its turn.

    Tries are counted, not cards: one that a kill cut off has spent its part of the burst too.
    Of the burst a part is kept for what is critical.
    """
    spent = RATES["teams"].burst * (1 - RESERVE)
    rows, tried = reader.outbox.all(), Counter[str]()
    for row in rows:
        tried[row.outgoing.destination] += reader.outbox.tries(row.row_id)
    return frozenset(
        row.outgoing.key
        for row in rows
        if row.state is OutboxState.WAITING
        and row.outgoing.destination.startswith("teams:")
        and tried[row.outgoing.destination] >= spent
    )


def _settle(stage: Stage, daemon: DaemonProcess, tell: Callable[[str], None]) -> None:
    """Wait until nothing is left to do: leases of killed daemons must end first."""
    tell("no more kills; letting it finish")
    deadline, quiet = time.monotonic() + SETTLE_WITHIN, 0
    while quiet < 8 and time.monotonic() < deadline:
        daemon.check()
        quiet = quiet + 1 if stage.is_daemon_idle() or _is_only_in_turn(stage) else 0
        time.sleep(1.0)


def _is_only_in_turn(stage: Stage) -> bool:
    """Whether nothing is left but what waits its turn; that would take an hour."""
    store = Store.open(f"sqlite:///{stage.places.store}", clock=SystemClock())
    with store, store.read() as reader:
        left = sum(reader.outbox.waiting().values())
        return not reader.inbox.waiting() and left == len(_in_turn(reader))


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20260302)
    options = parser.parse_args()
    result = run(options.kills, options.seed, lambda line: print(line, file=sys.stderr))
    print(json.dumps(result.figures()))
    for line in (*result.found.lost[:20], *result.found.duplicates[:20]):
        print(f"  {line}")
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
