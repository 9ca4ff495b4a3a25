# SPDX-License-Identifier: GPL-3.0-or-later
"""Crashes the way back from an outage at random moments, in virtual time, on the real code.

    python tests/faults/backfill_crashes.py --runs 2000
    python tests/faults/backfill_crashes.py --runs 200 --wrong all

Each run: some mails in an outage, the all-clear, and then the inbox, the outbox, the timekeeper
and the finder crash before and after each of their writes and calls; requests are lost, answers
are lost, requests come alive up to 45 s after they were given up; updates lose their answers; the
helpdesk's own intake works off some of the same mails; it is down again once; pauses last up to
150 minutes. Imports are never protected by a key. In the end each case must be one ticket with
every word once. `--wrong` sets a wrong protocol in place of ours: it must not pass.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "handlers"))
from desk import OWN, compiled_policy  # noqa: E402 - the tests' own folder is no package

from bot.clock import VirtualClock  # noqa: E402
from bot.inbox import Inbox  # noqa: E402
from bot.outbox import Outbox  # noqa: E402
from bot.ports import (  # noqa: E402
    Delivered,
    Outcome,
    Refused,
    Sought,
    Trouble,
    TroubleKind,
    TryLater,
    Unknown,
)
from bot.rules.actions import TicketCreation, TicketUpdate  # noqa: E402
from bot.rules.backfill import Adopt, Case, Import, Planner, found_there, plan  # noqa: E402
from bot.rules.engine import CompiledPolicy  # noqa: E402
from bot.rules.events import Event, OutageOrdered  # noqa: E402
from bot.rules.mail import MailReceived, Trust, Twin  # noqa: E402
from bot.rules.mail_keys import Envelope, mail_key  # noqa: E402
from bot.rules.ticket import Origin, Person, Ticket  # noqa: E402
from bot.sandbox.fakes import FakeChannel, FakeHelpdesk  # noqa: E402
from bot.sandbox.world import World  # noqa: E402
from bot.sandbox.world_seed import furnish  # noqa: E402
from bot.sources.twins import TwinFinder  # noqa: E402
from bot.store.store import Store  # noqa: E402
from bot.telemetry import Figures  # noqa: E402
from bot.timekeeper import Timekeeper  # noqa: E402

START = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
LOOK_TWICE = timedelta(seconds=60)
ZOMBIE = timedelta(seconds=45)
SECOND = timedelta(seconds=1)
PEOPLE = tuple(f"p{number}@northwind.example" for number in range(2))


class Crash(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Wrong:
    """What a wrong protocol does otherwise; the default is ours."""

    planner: Planner = plan
    lag: timedelta = timedelta()
    looks: int = 2
    settles_first: bool = False


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
    """The fake helpdesk behind a bad line; imports know no keys, and some arrive late."""

    def __init__(self, world: World, policy: CompiledPolicy, chaos: Chaos, wrong: Wrong) -> None:
        super().__init__(world, policy.policy.helpdesk)
        self._chaos, self._wrong = chaos, wrong
        self._late: list[tuple[datetime, TicketCreation]] = []
        self._made_at: dict[int, datetime] = {}
        self._missed_at: dict[str, datetime] = {}
        self._turn = 0

    def arrive(self) -> None:
        """What was given up and is alive arrives."""
        now = self._chaos.clock.now()
        due = [each for each in self._late if each[0] <= now]
        self._late = [each for each in self._late if each[0] > now]
        for _, creation in due:
            self._make(creation)

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        self._chaos.maybe_crash()
        if self._chaos.strikes(0.08):
            return TryLater("429", 5.0)
        if self._chaos.strikes(0.08):
            return Unknown("lost on the way")
        if self._chaos.strikes(0.15):
            late = self._chaos.clock.now() + ZOMBIE * self._chaos.chance.random()
            self._late.append((late, creation))
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
            and self._made_at.get(each.number, START) <= now - self._wrong.lag
        ]
        if self._wrong.looks == 0:
            return Refused("nobody looked")
        if found:
            return Delivered(str(min(found)))
        first = self._missed_at.setdefault(creation.external_id, now)
        if self._wrong.looks == 2 and now - first < LOOK_TWICE:
            return Unknown("not there yet")
        del self._missed_at[creation.external_id]
        return Refused("not there")

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

    def _make(self, creation: TicketCreation) -> Outcome:
        self._turn += 1
        made = super().create(f"{creation.external_id}/{self._turn}", creation)
        if isinstance(made, Delivered):
            self._made_at[int(made.reference)] = self._chaos.clock.now()
        return made


@dataclass
class Found:
    """What one run, or many, ended with."""

    runs: int = 0
    crashes: int = 0
    mails: int = 0
    adopted: int = 0
    copies: int = 0
    lost: int = 0
    doubled: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        for name in ("runs", "crashes", "mails", "adopted", "copies", "lost", "doubled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples = (self.examples + other.examples)[:5]

    @property
    def holds(self) -> bool:
        return self.lost == 0 and self.doubled == 0


@dataclass(frozen=True)
class Sent:
    """A mail of a run: its words are its own."""

    sender: str
    subject: str
    text: str
    message_id: str
    is_queued: bool


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
        self.channel = FakeChannel(self.world)
        self.found = Found(runs=1)
        self.mails: list[Sent] = []
        self.early: set[str] = set()
        self._boot()

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

    def go(self) -> Found:
        try:
            self._older_matters()
            self._order(is_down=True)
            self._write_mails()
            self._pass(20)
            self._order(is_down=False)
            for mail in self.mails:
                if mail.is_queued and self.chance.random() < 0.5:
                    self._intake(mail)
            self._pass(self.chance.randrange(5, 40))
            if self.chance.random() < 0.4:
                self._order(is_down=True)
                self._pass(5, pause=150)
                self._order(is_down=False)
            self._pass(30, pause=self.chance.choice((0, 10, 150)))
            self._end()
            self._judge()
            return self.found
        finally:
            self.store.close()

    def _older_matters(self) -> None:
        """Just before, each wrote to the helpdesk under the same subject of something else."""
        for number, who in enumerate(PEOPLE):
            words = f"another matter of {who}"
            self._intake(Sent(who, "Portal is down", words, f"<older.{number}@a.example>", True))
        self.clock.advance(SECOND)

    def _write_mails(self) -> None:
        for number in range(self.chance.randrange(2, 5)):
            who = self.chance.choice(PEOPLE)
            mail = Sent(who, "Portal is down", f"word-{number} of {who}", f"<{number}.{who}>",
                        self.chance.random() < 0.3)  # fmt: skip
            self.mails.append(mail)
            self._receive(mail)
        self.found.mails = len(self.mails)

    def _receive(self, mail: Sent) -> None:
        now = self.clock.now()
        received = MailReceived(
            key=mail_key(mail.message_id, mail.text, Envelope(mail.sender)), raw="0" * 64, size=9,
            received_at=now, message_id=mail.message_id, sender=Person(email=mail.sender),
            subject=mail.subject, text=mail.text, trust=Trust.PASSED,
        )  # fmt: skip
        event = Event(f"mail/{received.key}", f"mail/{mail.sender}", now, "mailbox", received)
        self.store.write(lambda tx: tx.mails.add(received, None, now) and tx.inbox.add(event))
        self.clock.advance(SECOND)

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

    def _pass(self, rounds: int, pause: int = 0) -> None:
        for _ in range(rounds):
            self.helpdesk.arrive()
            for step in self.steps:
                try:
                    step()
                except Crash:
                    self.found.crashes += 1
                    gone = self.chance.randrange(1, 20)
                    if pause and self.chance.random() < 0.2:
                        gone += self.chance.randrange(60 * pause)
                    self.clock.advance(gone * SECOND)
                    self.helpdesk.arrive()
                    self._boot()
                    break
            self.clock.advance(self.chance.randrange(1, 15) * SECOND)

    def _end(self) -> None:
        """Nothing goes wrong any more: everything comes to rest, and seven days pass."""
        self.chaos.is_calm = True
        self._boot()
        for _ in range(60):
            self._pass(1)
            self.clock.advance(20 * SECOND)
        queued = [each for each in self.mails if each.is_queued]
        for mail in queued:
            if mail.message_id not in self.early:
                self._intake(mail)
                self.found.copies += 1
                self.early.discard(mail.message_id)
        for hours in (1, 24, 7 * 24):
            self.clock.advance(timedelta(hours=hours))
            self._pass(12)

    def _judge(self) -> None:
        with self.store.read() as reader:
            cases = [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]
            told = {str(getattr(row.outgoing.message, "reason", "")) for row in reader.outbox.all()}
            by_mail = {row.message_id: row.ticket_id for row in reader.mails.since(START)}
        known = {each.ticket_id: each for each in cases}
        for mail in self.mails:
            self._judge_mail(mail, known.get(by_mail.get(mail.message_id) or ""), told)

    def _judge_mail(self, mail: Sent, case: Ticket | None, told: set[str]) -> None:
        if case is None or case.number is None:
            self._wrong(0, 1, f"{mail.text} is nowhere")
            return
        ours = [each.number for each in self.world.tickets() if each.external_id == case.reference]
        is_adopted = case.number not in ours
        self.found.adopted += is_adopted
        shown = [each.body for each in self.world.comments(case.number)]
        said = sum(mail.text in each for each in shown)
        if said != 1:
            self._wrong(said > 1, said == 0, f"{mail.text} stands {said} times in #{case.number}")
        if mail.text not in shown[0]:
            self._wrong(1, 0, f"{mail.text} stands in #{case.number}, which is another matter")
        if len(ours) > (0 if is_adopted else 1):
            self._wrong(1, 0, f"{mail.text} was imported as {ours} and is #{case.number}")
        theirs = [
            each.number
            for each in self.world.tickets()
            if each.external_id is None
            and any(mail.text in said.body for said in self.world.comments(each.number))
            and each.number != case.number
        ]
        if mail.message_id in self.early and theirs:
            self._judge_early(mail, case, theirs)
        for number in theirs:
            if not any(each.startswith(f"late_copy:#{number} ") for each in told):
                self._wrong(1, 0, f"the copy #{number} of {mail.text} was not told")

    def _judge_early(self, mail: Sent, case: Ticket, theirs: list[int]) -> None:
        """It was there before anything of ours: had we looked, it would have been adopted."""
        first = self.helpdesk._made_at.get(case.number or 0)
        made = self.world.ticket(theirs[0])
        if first is None or made is None or made.created_at + ZOMBIE < self._asked_at(case):
            self._wrong(1, 0, f"{mail.text} was there as #{theirs[0]}, and imported all the same")

    def _asked_at(self, case: Ticket) -> datetime:
        """When it was decided for the case; before that its twin could be seen."""
        with self.store.read() as reader:
            rows = reader.outbox.of_ticket(case.ticket_id)
        decided = [row.created_at for row in rows if row.outgoing.key.startswith("import/")]
        return min(decided, default=START)

    def _wrong(self, doubled: int, lost: int, example: str) -> None:
        self.found.doubled += int(doubled)
        self.found.lost += int(lost)
        self.found.examples.append(f"seed {self.seed}: {example}")


def run_many(seeds: Sequence[int], wrong: Wrong = RIGHT) -> Found:
    """Many runs, one after the other."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="deskmate-crashes-") as folder:
        compiled = compiled_policy(Path(folder))
    for seed in seeds:
        found.add(Run(seed, compiled, wrong).go())
    return found


def _quietly() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def main() -> int:
    """Print the figures; 0 when ours held and every wrong one was seen to fail."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", default="", help="a wrong protocol by name, or all")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    names = list(WRONG) if asked.wrong == "all" else [asked.wrong] if asked.wrong else [""]
    is_well = True
    for name in names:
        began, found = time.monotonic(), Found()
        seeds = range(asked.seed, asked.seed + asked.runs)
        shares = [list(seeds)[n :: asked.processes * 8] for n in range(asked.processes * 8)]
        one = partial(run_many, wrong=WRONG[name] if name else RIGHT)
        with ProcessPoolExecutor(asked.processes, initializer=_quietly) as pool:
            for each in pool.map(one, [share for share in shares if share]):
                found.add(each)
        is_well &= found.holds != bool(name)
        shown = {**vars(found), "seconds": round(time.monotonic() - began)}
        print(json.dumps({"protocol": name or "ours", **shown}, ensure_ascii=False))
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
