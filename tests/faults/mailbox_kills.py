# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the daemon at random moments through a whole outage: mails, return, backfill, relapse.

    python tests/faults/mailbox_kills.py --kills 300

A real Dovecot, a real SMTP server, the helpdesk's own API over HTTP, the daemon as a process of its
own; each kill is a SIGKILL. The helpdesk is down while customers write; it comes back, on a line
that drops requests and answers of imports and notes; it falls down once more on the way. In the end
each mail must be in exactly one ticket, in order and at its true time, each customer must have one
ticket, and an acknowledgement. A mail cannot be read back: at most one acknowledgement may come
twice per kill, with the same Message-ID.
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
from dataclasses import dataclass
from pathlib import Path

from mailbox_customers import BadLine, Customers
from mailbox_judge import Found, compare

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.handlers.backfill_notices import progress_in
from bot.sandbox.stage import Stage
from bot.sandbox.zendesk_limits import Limits
from bot.store.store import Store

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mailbox"))
from dovecot import dovecot  # noqa: E402 - the tests' own folder is no package

POLICY = HERE / "mailbox_policy"
LIMITS = Limits(account=100_000, tickets_update=100_000, incremental=6000, tickets_index=100_000)
BETWEEN_KILLS = (0.3, 3.0)
AWAKE = 0.7
"""The share of kills for which the daemon is awake; the others mostly meet it at its start."""
AWAKE_WITHIN = 20.0
SETTLE_WITHIN = 420.0
PHASE_WITHIN = 60.0


@dataclass(frozen=True)
class Leg:
    """A part of the outage with its share of the kills; each waits until it is `awaited`."""

    share: float
    is_there: bool
    awaited: str = ""


LEGS = (
    Leg(0.35, is_there=False),
    Leg(0.10, is_there=True),
    Leg(0.30, is_there=True, awaited="backfill"),
    Leg(0.10, is_there=False, awaited="down"),
    Leg(0.05, is_there=True),
    Leg(0.10, is_there=True, awaited="backfill"),
)


class Outage:
    """One outage from its beginning to the last case's return, with kills all along."""

    def __init__(self, stage: Stage, customers: Customers, folder: Path, mailbox: str) -> None:
        settings = {
            **stage.environment(),
            "DESKMATE_MAILBOX_URL": mailbox,
            "DESKMATE_CASE_SECRET": "a secret for this run alone",
            "DESKMATE_MAIL_SPOOL": str(folder / "mails"),
        }
        self.stage, self.customers = stage, customers
        self.daemon = DaemonProcess(settings, POLICY, stage.places.log)
        self.kills: Counter[str] = Counter()

    def go(
        self, kills: int, chance: random.Random, line: BadLine, tell: Callable[[str], None]
    ) -> None:
        """From the first failing round until nothing is under way any more."""
        self.stage.helpdesk_fails()
        self.daemon.start()
        self.wait(lambda: self.phase() == "down", PHASE_WITHIN)
        self.customers.start()
        for number, leg in enumerate(LEGS):
            if leg.is_there:
                self.stage.helpdesk_works()
            elif number:
                self.stage.helpdesk_fails()
            if number == 1:
                self.customers.are_known = True
                line.start()
            for _ in range(max(1, round(kills * leg.share))):
                self._kill(leg, chance)
            tell(f"{len(self.customers.words)} customers, kills {dict(self.kills)}")
        self.customers.stop()
        line.stop()
        self.stage.helpdesk_works()

    def phase(self) -> str:
        """Where the outage is: the machine's phase, or `backfill` while cases are on their way."""
        if not self.stage.places.store.exists():
            return "none"
        with self.store() as store, store.read() as reader:
            phase = str((reader.states.load("outage") or {}).get("phase"))
            is_through = progress_in(reader).is_through
        return "backfill" if phase == "healthy" and not is_through else phase

    def is_settled(self) -> bool:
        """Whether every case is there and nothing waits."""
        return self.phase() == "healthy" and self.stage.is_daemon_idle()

    def store(self) -> Store:
        """The daemon's store, to look into."""
        return Store.open(f"sqlite:///{self.stage.places.store}", clock=SystemClock())

    def wait(self, until: Callable[[], bool], within: float) -> None:
        """Until it holds, or the time is over, which the judge will notice."""
        deadline = time.monotonic() + within
        while not until():
            self.daemon.check()
            if time.monotonic() > deadline:
                return
            time.sleep(0.5)

    def _kill(self, leg: Leg, chance: random.Random) -> None:
        """One SIGKILL, counted by what was going on, and a new daemon."""
        if chance.random() < AWAKE:
            self.wait(self.stage.is_daemon_up, AWAKE_WITHIN)
        if leg.awaited:
            self.wait(lambda: self.phase() in (leg.awaited, "healthy"), PHASE_WITHIN)
        time.sleep(chance.uniform(*BETWEEN_KILLS))
        self.daemon.check()
        self.kills[self.phase()] += 1
        self.daemon.kill()
        self.daemon.start()


def run(kills: int, seed: int, tell: Callable[[str], None]) -> Found:
    """Kill the daemon `kills` times, let it finish, and compare what it did with what was said."""
    began, chance = time.monotonic(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="deskmate-mails-") as name, dovecot() as server:
        stage = Stage(
            SystemClock(), Path(name), categories=("incident", "question", "other"),
            export_delay=1, limits=LIMITS,
        )  # fmt: skip
        customers, line = (
            Customers(server, random.Random(seed + 1)),
            BadLine(stage, random.Random(seed + 2)),
        )
        outage = Outage(stage.open(), customers, Path(name), server.url)
        try:
            outage.go(kills, chance, line, tell)
            tell(f"no more kills, {dict(outage.kills)}; letting it finish")
            outage.wait(lambda: server.count() == 0 and outage.is_settled(), SETTLE_WITHIN)
            outage.wait(
                lambda: False, 12.0
            )  # The last words follow ten seconds after their ticket.
            outage.wait(outage.is_settled, SETTLE_WITHIN)
            outage.daemon.stop()
            words = sum(map(len, customers.words.values()))
            found = Found(outage.kills, len(customers.words), words, customers.copies, line.spoilt)
            with outage.store() as store, store.read() as reader:
                compare(customers, stage, reader, found)
        finally:
            outage.daemon.kill()
            stage.close()
    found.seconds = time.monotonic() - began
    return found


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20260302)
    options = parser.parse_args()
    found = run(options.kills, options.seed, lambda line: print(line, file=sys.stderr, flush=True))
    print(json.dumps(found.figures()))
    for line in found.problems[:20]:
        print(f"  {line}")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
