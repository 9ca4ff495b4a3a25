# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the daemon at random moments while customers write to the mailbox of a dead helpdesk.

    python tests/faults/mailbox_kills.py --kills 60

A real Dovecot, a real SMTP server, the daemon as a process of its own; each kill is a SIGKILL. Each
mail must be in the ledger once and moved, each customer must have one case with every word of
theirs in order, and an acknowledgement. A mail cannot be read back: at most one acknowledgement may
come twice per kill, with the same Message-ID.
"""

from __future__ import annotations

import argparse
import email
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate
from bot.rules.ticket import Actor, Origin
from bot.sandbox.stage import Stage
from bot.store.store import Store
from bot.store.transaction import Reader

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mailbox"))
from dovecot import Dovecot, dovecot  # noqa: E402 - the tests' own folder is no package

POLICY = HERE / "mailbox_policy"
BETWEEN_KILLS = (0.3, 3.0)
BETWEEN_MAILS = (1.1, 1.8)
"""Fewer than sixty mails a minute, which is how many acknowledgements may go out."""
SETTLE_WITHIN = 180.0
DOWN_WITHIN = 60.0


@dataclass
class Found:
    """What was found in the end; every list must be empty but `twice`."""

    kills: int
    customers: int
    words: int
    copies: int
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    twice: int = 0

    def figures(self) -> dict[str, object]:
        """The figures as printed."""
        return {
            "kills": self.kills, "customers": self.customers, "mails": self.words,
            "delivered_twice": self.copies, "problems": len(self.problems),
            "acknowledged_twice": self.twice, "seconds": round(self.seconds, 1),
        }  # fmt: skip

    @property
    def holds(self) -> bool:
        """Whether the promise was kept."""
        return not self.problems and self.twice <= self.kills


class Customers:
    """Write, write again in the same thread, and are sometimes delivered twice."""

    def __init__(self, server: Dovecot, chance: random.Random) -> None:
        self.words: dict[str, list[str]] = {}
        self.copies = 0
        self._server = server
        self._chance = chance
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="customers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._chance.uniform(*BETWEEN_MAILS)):
            known = list(self.words)
            if known and self._chance.random() < 0.4:
                self._write(self._chance.choice(known[-10:]))
            else:
                self._write(f"customer{len(known)}@northwind{len(known)}.example")

    def _write(self, who: str) -> None:
        said = self.words.setdefault(who, [])
        named = f"<{len(said)}.{who}>"
        answered = f"In-Reply-To: <0.{who}>\r\n" if said else ""
        said.append(f"Word {len(said)}: the portal is down")
        raw = (
            f"From: {who}\r\nTo: escalations@acme.example\r\nSubject: Portal\r\n"
            f"Message-ID: {named}\r\n{answered}\r\n{said[-1]}\r\n"
        ).encode()
        self._server.deliver(raw)
        if self._chance.random() < 0.2:
            self.copies += 1
            self._server.deliver(b"Delivered-To: another@acme.example\r\n" + raw)


def run(kills: int, seed: int, tell: Callable[[str], None]) -> Found:
    """Kill the daemon `kills` times, let it finish, and compare what it has with what was said."""
    began, chance = time.monotonic(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="deskmate-mails-") as name, dovecot() as server:
        stage = Stage(SystemClock(), Path(name), categories=("incident", "question", "other"))
        stage.open()
        settings = {
            **stage.environment(),
            "DESKMATE_MAILBOX_URL": server.url,
            "DESKMATE_CASE_SECRET": "a secret for this run alone",
            "DESKMATE_MAIL_SPOOL": str(Path(name) / "mails"),
        }
        daemon = DaemonProcess(settings, POLICY, stage.places.log)
        customers = Customers(server, chance)
        try:
            stage.helpdesk_fails()
            daemon.start()
            _wait(lambda: _is_down(stage), DOWN_WITHIN, daemon)
            customers.start()
            for number in range(1, kills + 1):
                time.sleep(chance.uniform(*BETWEEN_KILLS))
                daemon.check()
                daemon.kill()
                daemon.start()
                if number % 10 == 0:
                    tell(f"{number} kills, {len(customers.words)} customers so far")
            customers.stop()
            tell("no more kills; letting it finish")
            settled = lambda: server.count() == 0 and stage.is_daemon_idle()  # noqa: E731
            _wait(settled, SETTLE_WITHIN, daemon)
            daemon.stop()
            words = sum(map(len, customers.words.values()))
            found = Found(kills, len(customers.words), words, customers.copies)
            with _store(stage) as store, store.read() as reader:
                _compare(customers, reader, found)
            _compare_acknowledgements(customers, stage, found)
        finally:
            daemon.kill()
            stage.close()
    found.seconds = time.monotonic() - began
    return found


def _compare(customers: Customers, reader: Reader, found: Found) -> None:
    """Ledger and cases against what the customers wrote."""
    counts = reader.mails.counts()
    rows = sum(counts.values())
    if rows != found.words:
        found.problems.append(f"{found.words} mails were written, {rows} are in the ledger")
    if set(counts) - {Fate.CASE, Fate.REPLY}:
        found.problems.append(f"odd fates: {counts}")
    cases = [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]
    of = Counter(each.requester.email for each in cases)
    for who, said in customers.words.items():
        if of[who] != 1:
            found.problems.append(f"{who} has {of[who]} cases")
            continue
        case = next(each for each in cases if each.requester.email == who)
        heard = [
            change.body
            for change in reader.tickets.history(case.ticket_id)
            if change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT)
            and change.actor is Actor.REQUESTER
        ]
        if heard != said:
            found.problems.append(f"{who} said {said} and was heard {heard}")


def _compare_acknowledgements(customers: Customers, stage: Stage, found: Found) -> None:
    """One each; a second one only as the very same mail."""
    for who in customers.words:
        sent = [email.message_from_bytes(each.raw) for each in stage.world.mail.sent(who)]
        if not sent:
            found.problems.append(f"{who} heard nothing")
        if len({each["Message-ID"] for each in sent}) > 1:
            found.problems.append(f"{who} was acknowledged by different mails")
        found.twice += max(0, len(sent) - 1)


def _store(stage: Stage) -> Store:
    return Store.open(f"sqlite:///{stage.places.store}", clock=SystemClock())


def _is_down(stage: Stage) -> bool:
    if not stage.places.store.exists():
        return False
    with _store(stage) as store, store.read() as reader:
        return (reader.states.load("outage") or {}).get("phase") == "down"


def _wait(until: Callable[[], bool], within: float, daemon: DaemonProcess) -> None:
    deadline = time.monotonic() + within
    while not until():
        daemon.check()
        if time.monotonic() > deadline:
            return
        time.sleep(0.5)


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20260302)
    options = parser.parse_args()
    found = run(options.kills, options.seed, lambda line: print(line, file=sys.stderr))
    print(json.dumps(found.figures()))
    for line in found.problems[:20]:
        print(f"  {line}")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
