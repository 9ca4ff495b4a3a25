# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops the daemon while 500 promises break, starts it again and counts what people are told.

    python tests/faults/restart.py            a daemon of its own, real sockets, short promises
    python tests/faults/restart.py --virtual  an hour of downtime in virtual time

Each promise must be told once, at the highest level of its ladder; in virtual time within 30
seconds of the start, over real sockets the seconds are printed. The levels stand on thirty
addresses: no way carries 500 messages to one of them in 30 seconds, and more than twenty a minute
are a storm.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.sandbox.stage import Stage
from bot.sandbox.zendesk_limits import Limits
from bot.store.store import Store

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "handlers"))
from desk import MONDAY, Desk, compiled_policy

LANES = 30
WITHIN = 30.0
LIMITS = Limits(
    account=100_000, tickets_update=100_000, per_ticket=1000, incremental=6000, jobs=300
)
CUSTOMERS = ("contoso", "fabrikam", "northwind")


@dataclass(frozen=True, slots=True)
class Told:
    """What people heard: how often per address and matter, and when the last of it was sent."""

    messages: Counter[tuple[str, str]]
    seconds: float

    def holds(self, count: int, *, within: float = WITHIN) -> bool:
        """Whether each matter was told once, to a director, in time (seconds)."""
        are_directors = all(address.startswith("director") for address, _ in self.messages)
        is_once = len(self.messages) == count == self.messages.total()
        return is_once and are_directors and self.seconds <= within


def policy(target: str, second: str, third: str) -> str:
    """Thirty priorities, each with a promise, a ladder of three levels and a director."""
    numbers = [f"{number:02d}" for number in range(LANES)]

    def lines(pattern: str) -> str:
        return "\n".join(pattern.replace("NN", number) for number in numbers)

    return "\n".join(
        (
            "desk: restart",
            "poll_every: 1s",
            "hours: {always: {always: true}}",
            "helpdesk: {canary: 1}",
            "priorities:",
            lines("  pNN: urgent"),
            "words:",
            lines("  laneNN: {en: [lane-NN]}"),
            "people:",
            lines("  teamNN: {mail: teamNN@acme.example}"),
            lines("  directorNN: {mail: directorNN@acme.example}"),
            "ladders:",
            lines(
                "  ladderNN: {levels: [{after: 0m, tell: teamNN}, "
                f"{{after: {second}, tell: teamNN}}, {{after: {third}, tell: directorNN}}]}}"
            ),
            "promises:",
            lines(
                f"  answerNN: {{from: created, to: public_reply, within: {{pNN: {target}}}, "
                "hours: always, warn: [50%, 75%], tell: teamNN, breached: {page: ladderNN}}"
            ),
            "rules:",
            lines("  ruleNN: {if: {says: laneNN}, then: {priority: pNN}}"),
        )
    )


def subject_of(number: int) -> str:
    """What a ticket is called; it says which lane it takes."""
    return f"Question {number} of lane-{number % LANES:02d}"


def virtual(count: int, folder: Path) -> Told:
    """An hour of downtime in virtual time, then half a minute with a look every second."""
    desk = Desk(compiled_policy(folder, policy("20m", "10m", "30m")))
    for number in range(count):
        desk.write(subject_of(number), who=CUSTOMERS[number % len(CUSTOMERS)])
    desk.run(timedelta(minutes=2))
    before = len(desk.channel.delivered)
    started = desk.clock.move_to(MONDAY + timedelta(minutes=62))
    desk.run(timedelta(seconds=WITHIN), look_every=timedelta(seconds=1))
    desk.run(timedelta(hours=6), look_every=timedelta(hours=1))
    told = [(out.destination.removeprefix("mail:"), out.message.thread, at)
            for at, out in desk.channel.delivered[before:]]  # fmt: skip
    desk.close()
    return _told([(address, thread, at) for address, thread, at in told], started)


def real(count: int) -> Told:
    """A daemon that is killed before the promises break and started when all of them did."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="deskmate-restart-") as name:
        folder = Path(name)
        (folder / "policy").mkdir()
        text = policy("120s", "5s", "10s")
        (folder / "policy" / "rules.yaml").write_text(text, encoding="utf-8")
        stage = Stage(clock, folder, export_delay=1, limits=LIMITS).open()
        daemon = DaemonProcess(stage.environment(), folder / "policy", stage.places.log)
        try:
            daemon.start()
            time.sleep(3)
            customers = list(stage.furniture.customers.values())
            for number in range(count):
                stage.world.create_ticket(
                    subject_of(number), "Hello", requester=customers[number % len(customers)]
                )
            created = clock.now()
            _wait_until_known(stage, count)
            daemon.kill()
            before = len(stage.world.mail.sent())
            time.sleep(max(0.0, (created - clock.now()).total_seconds() + 140))
            started = clock.now()
            daemon.start()
            _wait_for_mails(stage, before + count)
            daemon.stop()
            sent = stage.world.mail.sent()[before:]
        finally:
            daemon.kill()
            stage.close()
    rows = [
        (mail.recipients[0], message_from_bytes(mail.raw, policy=modern)["Subject"], mail.at)
        for mail in sent
    ]
    return _told(rows, started)


def _told(rows: list[tuple[str, str, datetime]], started: datetime) -> Told:
    last = max((at for _, _, at in rows), default=started)
    return Told(Counter((who, what) for who, what, _ in rows), (last - started).total_seconds())


def _wait_until_known(stage: Stage, count: int) -> None:
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline:
        time.sleep(1)
        with (
            Store.open(f"sqlite:///{stage.places.store}", clock=SystemClock()) as store,
            store.read() as reader,
        ):
            if reader.timers.running() >= 3 * count:
                return
    raise SystemExit("the daemon did not come to know all tickets in time")


def _wait_for_mails(stage: Stage, count: int) -> None:
    """Until all were sent, and ten seconds more for one too many."""
    deadline = time.monotonic() + 180
    while len(stage.world.mail.sent()) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(10)


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--virtual", action="store_true")
    options = parser.parse_args()
    if options.virtual:
        with tempfile.TemporaryDirectory() as name:
            told = virtual(options.tickets, Path(name))
    else:
        told = real(options.tickets)
    figures = {
        "promises": options.tickets,
        "told": told.messages.total(),
        "told twice": sum(count > 1 for count in told.messages.values()),
        "addresses": len({address for address, _ in told.messages}),
        "seconds": round(told.seconds, 1),
    }
    print(json.dumps(figures))
    within = WITHIN if options.virtual else float("inf")
    return 0 if told.holds(options.tickets, within=within) else 1


if __name__ == "__main__":
    sys.exit(main())
