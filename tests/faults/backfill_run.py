# SPDX-License-Identifier: GPL-3.0-or-later
"""One outage and the way back from it, in virtual time, on the real code, under crashes.

Some mails in the outage, the all-clear, the helpdesk's own late tickets, answers meanwhile, a
relapse, pauses; in one run of four an older copy of the store is put back on the way.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from backfill_chaos import Chaos, Crash, CrashingStore, HostileHelpdesk, Wrong
from desk import OWN

from bot.clock import VirtualClock
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.rules.backfill_state import may_go_on
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, OutageOrdered
from bot.rules.mail import MailFile, MailReceived, Trust
from bot.rules.mail_keys import Envelope, mail_key
from bot.rules.outage_state import from_row
from bot.rules.ticket import Person
from bot.sandbox.world import World
from bot.sandbox.world_seed import furnish
from bot.sources.twins import TwinFinder
from bot.store.backup import backup, restore
from bot.store.restored import RESTORED
from bot.store.store import Store
from bot.telemetry import Figures
from bot.timekeeper import Timekeeper

START = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
SECOND = timedelta(seconds=1)
PEOPLE = tuple(f"p{number}@northwind.example" for number in range(2))
POINTS = 5
"""Moments of a run at which a copy of the store may be made or put back."""


@dataclass
class Found:
    """What one run, or many, ended with; `told` are copies of slow requests that were told."""

    runs: int = 0
    crashes: int = 0
    restored: int = 0
    mails: int = 0
    adopted: int = 0
    copies: int = 0
    told: int = 0
    lost: int = 0
    doubled: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        self.examples = self.examples[:5]

    @property
    def holds(self) -> bool:
        return self.lost == 0 and self.doubled == 0


@dataclass(frozen=True)
class Sent:
    """A mail of a run: its words are its own. `answers` is the Message-ID it replies to.

    `raw` is how its spooled form and its file are called.
    """

    sender: str
    subject: str
    text: str
    message_id: str
    is_queued: bool = False
    answers: str = ""
    has_file: bool = False

    @property
    def raw(self) -> str:
        return self.message_id.strip("<>")


class Run:
    """One outage and the way back from it."""

    def __init__(self, seed: int, compiled: CompiledPolicy, wrong: Wrong) -> None:
        self.seed, self.wrong, self.compiled = seed, wrong, compiled
        self.chance = random.Random(seed)
        self.clock = VirtualClock(START)
        self.chaos = Chaos(self.chance, self.clock)
        self.world = World(self.clock)
        furnish(self.world)
        self.store = Store.open("sqlite://", clock=self.clock)
        self.helpdesk = HostileHelpdesk(self.world, compiled, self.chaos, wrong)
        self.found = Found(runs=1)
        self.mails: list[Sent] = []
        self.early: set[str] = set()
        self._mailbox: list[Event] = []
        self._copies = tempfile.TemporaryDirectory(prefix="deskmate-copy-")
        self._folder = Path(self._copies.name)
        is_restored = self.chance.random() < 0.25
        moments = sorted(self.chance.sample(range(POINTS), 2)) if is_restored else [-1, -1]
        self._copy_at, self._back_at = moments
        self._boot()

    def go(self) -> None:
        """Play it; afterwards the world and the store are there to be judged, until `close`."""
        self._older_matters()
        self._order(is_down=True)
        self._write_mails()
        self._pass(8)
        self._point(0)
        self._order(is_down=False)
        for mail in self.mails:
            if mail.is_queued and self.chance.random() < 0.5:
                self._intake(mail)
        self._pass(self.chance.randrange(2, 16))
        self._point(1)
        self._answer()
        self._pass(self.chance.randrange(2, 16))
        self._point(2)
        if self.chance.random() < 0.4:
            self._order(is_down=True)
            self._pass(5, pause=150)
            self._order(is_down=False)
        self._point(3)
        self._pass(20, pause=self.chance.choice((0, 10, 150)))
        self._point(4)
        self._end()

    def close(self) -> None:
        """Let the store go, and the copies of it."""
        self.store.close()
        self._copies.cleanup()

    def _boot(self) -> None:
        """A fresh process over the same store."""
        store: Any = CrashingStore(self.store, self.chaos, self.wrong)
        now, figures = self.clock.now(), Figures()
        self.store.write(lambda tx: (tx.inbox.free_claims(now), tx.outbox.doubt_claims(now)))
        inbox = Inbox(
            store, lambda: self.compiled, self.helpdesk, self.clock, figures,
            own=lambda: OWN, planner=self.wrong.planner,
        )  # fmt: skip
        outbox = Outbox(store, self.clock, figures, chance=random.Random(self.seed))
        timekeeper = Timekeeper(store, lambda: self.compiled, self.clock, figures)
        finder = TwinFinder(self.helpdesk, store)
        self.steps: list[Callable[[], bool]] = [
            inbox.handle,
            timekeeper.fire_due,
            lambda: finder.step(self.clock.now()),
            lambda: outbox.deliver_updates(self.helpdesk),
        ]

    def _older_matters(self) -> None:
        """Just before, each wrote to the helpdesk under the same subject of something else."""
        for who in PEOPLE:
            words = f"another matter of {who}"
            self._intake(Sent(who, "Portal is down", words, f"<older.{who}>"))
        self.clock.advance(SECOND)

    def _write_mails(self) -> None:
        for number in range(self.chance.randrange(2, 5)):
            who = self.chance.choice(PEOPLE)
            self._receive(
                Sent(who, "Portal is down", f"word-{number} of {who}", f"<{number}.{who}>",
                     is_queued=self.chance.random() < 0.3, has_file=number != 1)
            )  # fmt: skip
        self.found.mails = len(self.mails)

    def _answer(self) -> None:
        """On the way back somebody writes again in one of the threads."""
        if self.chance.random() < 0.4:
            to = self.chance.choice(self.mails)
            said = f"answer of {to.sender}"
            self._receive(
                Sent(to.sender, f"Re: {to.subject}", said, f"<a.{to.sender}>",
                     answers=to.message_id, has_file=True)
            )  # fmt: skip
            self.found.mails += 1

    def _receive(self, mail: Sent) -> None:
        now = self.clock.now()
        received = MailReceived(
            key=mail_key(mail.message_id, mail.text, Envelope(mail.sender)), raw=mail.raw, size=9,
            received_at=now, message_id=mail.message_id, sender=Person(email=mail.sender),
            references=(mail.answers,) if mail.answers else (), subject=mail.subject,
            text=mail.text, trust=Trust.PASSED,
            files=(MailFile(mail.raw, "text/plain", 1),) if mail.has_file else (),
        )  # fmt: skip
        self.mails.append(mail)
        self._mailbox.append(
            Event(f"mail/{received.key}", f"mail/{mail.sender}", now, "mailbox", received)
        )
        self._read_mailbox()
        self.clock.advance(SECOND)

    def _read_mailbox(self) -> None:
        """As the source does: what the ledger does not know is written down."""
        now = self.clock.now()
        for event in self._mailbox:
            self.store.write(
                lambda tx, event=event: tx.mails.add(event.fact, None, now) and tx.inbox.add(event)
            )

    def _intake(self, mail: Sent) -> None:
        """The helpdesk works off a mail that it had queued."""
        self.early.add(mail.message_id)
        self.world.mail_arrives(
            f"From: {mail.sender}\r\nTo: support@acme.example\r\nSubject: {mail.subject}\r\n"
            f"Message-ID: {mail.message_id}\r\n\r\n{mail.text}\r\n".encode()
        )

    def _order(self, *, is_down: bool) -> None:
        now = self.clock.now()
        fact = OutageOrdered(is_down, "as we were told", "Bo", now + timedelta(hours=23))
        event = Event(f"order/{now.isoformat()}", "outage", now, "command", fact)
        self.store.receive([event]).result()
        calm, self.chaos.is_calm = self.chaos.is_calm, True
        self.steps[0]()
        self.chaos.is_calm = calm
        self.clock.advance(SECOND)

    def _point(self, number: int) -> None:
        if number == self._copy_at:
            backup(self.store.where, self._folder / "copy")
        if number == self._back_at:
            self._put_back()

    def _put_back(self) -> None:
        """The disk is gone: minutes later the older copy stands in its place, and goes on."""
        self.store.close()
        self.clock.advance(timedelta(minutes=5))
        url = f"sqlite:///{self._folder / 'store.sqlite'}"
        restore(self._folder / "copy", url, self.clock.now())
        self.store = Store.open(url, clock=self.clock)
        if self.wrong.trusts_an_older_store:
            self.store.write(lambda tx: tx.states.forget(RESTORED))
        self.found.restored += 1
        self._boot()
        self._read_mailbox()
        with self.store.read() as reader:
            is_back = may_go_on(from_row(reader.states.load("outage")))
        if not is_back:
            self._order(is_down=False)

    def _pass(self, rounds: int, pause: int = 0) -> None:
        for _ in range(rounds):
            self.helpdesk.arrive()
            has_worked = False
            for step in self.steps:
                try:
                    has_worked |= step()
                except Crash:
                    self._crash(pause)
                    break
            # Where nothing is to be done only time passes, in longer strides.
            self.clock.advance(self.chance.randrange(1, 15 if has_worked else 40) * SECOND)

    def _crash(self, pause: int) -> None:
        self.found.crashes += 1
        gone = self.chance.randrange(1, 20)
        if pause and self.chance.random() < 0.2:
            gone += self.chance.randrange(60 * pause)
        self.clock.advance(gone * SECOND)
        self.helpdesk.arrive()
        self._boot()

    def _end(self) -> None:
        """Nothing goes wrong any more: everything comes to rest, and seven days pass."""
        self.chaos.is_calm = True
        self._boot()
        self._rest()
        for mail in self.mails:
            if mail.is_queued and mail.message_id not in self.early:
                self._intake(mail)
                self.found.copies += 1
                self.early.discard(mail.message_id)
        for hours in (1, 24, 7 * 24):
            self.clock.advance(timedelta(hours=hours))
            self._rest()

    def _rest(self) -> None:
        """Until nothing was done for seven minutes, which is longer than anything waits."""
        quiet = 0
        while quiet < 3:
            self.helpdesk.arrive()
            worked = [step() for step in self.steps]
            quiet = 0 if any(worked) else quiet + 1
            self.clock.advance(timedelta(seconds=150) if quiet else 5 * SECOND)
