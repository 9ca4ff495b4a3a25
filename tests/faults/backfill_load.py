# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings five thousand mails of one outage into the helpdesk while customers go on writing.

    python tests/faults/backfill_load.py --mails 5000

The real code over a store that is a file, in virtual time, so that the pace is the real one (60 a
minute: 84 minutes). Answers in threads come every ten seconds, it is down again once for five
minutes with a hundred new cases, and some customers are refused. At each tenth of the way the
progress is read as `deskmate status` shows it, with the memory of the process and the time that a
case took. The pretend helpdesk lives in the same process; its share of memory is measured apart.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "handlers"))
from case_mails import all_clear, declare_down  # noqa: E402
from desk import POLICY, Desk, compiled_policy  # noqa: E402 - the tests' own folder is no package

from bot.commands.status import read_status, said_of_cases  # noqa: E402
from bot.handlers.backfill_notices import progress_in, sum_in  # noqa: E402
from bot.ports import Outcome, Refused  # noqa: E402
from bot.rules.actions import TicketCreation  # noqa: E402
from bot.rules.backfill_state import Progress  # noqa: E402
from bot.rules.events import Event  # noqa: E402
from bot.rules.mail import MailReceived, Trust  # noqa: E402
from bot.rules.mail_keys import Envelope, mail_key  # noqa: E402
from bot.rules.ticket import Origin, Person  # noqa: E402
from bot.sandbox.fakes import FakeHelpdesk  # noqa: E402
from bot.sandbox.world import World  # noqa: E402
from bot.sandbox.world_seed import furnish  # noqa: E402

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TENTHS = 10
REFUSED_EVERY = 80
"""The helpdesk refuses one case of so many, as it does with suspended customers."""
LATER_CASES = 100
LOOKS_EVERY = 3
"""Of ten seconds each: counting every case costs more than bringing one back."""
SLOWER, GREATER = 2.5, 40.0
"""How many times slower than the first tenth a case of the last may be, and MiB of growth."""


@dataclass
class Point:
    """How it stood at one moment of the way back."""

    minute: float
    said: str
    mebibytes: float
    ms_a_case: float
    status_ms: float


class Picky(FakeHelpdesk):
    """The pretend helpdesk, which refuses some."""

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        number = int(creation.subject.rpartition(" ")[2])
        if number % REFUSED_EVERY == 7:
            return Refused("the requester is suspended")
        return super().create(key, creation)


@dataclass
class Load:
    """The desk, and what was measured."""

    desk: Desk
    mails: int
    points: list[Point] = field(default_factory=list)
    answers: int = 0
    sent: int = 0

    def write(self) -> float:
        """The mails of the outage, one a second; ms a mail."""
        began = time.process_time()
        for number in range(self.mails):
            self.one_more()
            if number % 20 == 19:
                self.desk.run(SECOND)
        self.desk.run(MINUTE)
        return (time.process_time() - began) * 1000 / self.mails

    def one_more(self) -> None:
        """A customer's first mail."""
        number, self.sent = self.sent, self.sent + 1
        who = f"c{number}@n{number}.example"
        self._arrive(f"Word 0 of {who}: it is down", f"Matter {number}", who, f"<0.{who}>")

    def answer(self) -> None:
        """A customer of somewhere in the line writes again."""
        number = (self.answers * 37) % self.mails
        who = f"c{number}@n{number}.example"
        self.answers += 1
        self._arrive(f"Word again of {who}, {self.answers}", f"Re: Matter {number}", who,
                     f"<{self.answers}.{who}>", f"<0.{who}>")  # fmt: skip

    def _arrive(self, text: str, subject: str, who: str, named: str, *answered: str) -> None:
        """As the mailbox writes a mail down."""
        now = self.desk.clock.now()
        mail = MailReceived(
            key=mail_key(named, text, Envelope(who)), raw="0" * 64, size=len(text),
            received_at=now, message_id=named, sender=Person(email=who), references=answered,
            subject=subject, text=text, trust=Trust.PASSED,
        )  # fmt: skip
        event = Event(f"mail/{mail.key}", f"mail/{who}", now, "mailbox", mail)
        self.desk.store.write(lambda tx: tx.mails.add(mail, None, now) and tx.inbox.add(event))
        self.desk.clock.advance(SECOND)

    def come_back(self) -> None:
        """Until every case is there, with a measurement at each tenth."""
        desk, start = self.desk, self.desk.clock.now()
        began, done, is_relapsed = time.process_time(), 0, False
        while not (progress := self.progress()).is_through:
            for _ in range(LOOKS_EVERY):
                self._ten_seconds()
            there = progress.there + progress.parked
            if there - done >= self.mails / TENTHS:
                minute = (desk.clock.now() - start) / MINUTE
                spent = (time.process_time() - began) * 1000 / (there - done)
                self.points.append(self.point(minute, spent))
                print(self.points[-1], file=sys.stderr, flush=True)
                began, done = time.process_time(), there
            if not is_relapsed and there > self.mails / 2:
                is_relapsed = True
                declare_down(desk)
                for _ in range(LATER_CASES):
                    self.one_more()
                desk.run(5 * MINUTE)
                all_clear(desk, SECOND)
                began = time.process_time()

    def _ten_seconds(self) -> None:
        """One more answer of a customer, and everything looks once."""
        for _ in range(9):
            self._second()
        self.answer()
        self.desk.run(timedelta())

    def _second(self) -> None:
        """What has work every second on the way back; all the others look every ten."""
        desk = self.desk
        desk.finder.step(desk.clock.now())
        desk.inbox.handle()
        desk.outbox.deliver_updates(desk.helpdesk)
        desk.clock.advance(SECOND)

    def progress(self) -> Progress:
        """How many cases are where."""
        with self.desk.store.read() as reader:
            return progress_in(reader)

    def point(self, minute: float, ms_a_case: float) -> Point:
        """What a person sees now, and what it costs."""
        began = time.process_time()
        with self.desk.store.read() as reader:
            said = said_of_cases(read_status(reader).cases)
        shown = (time.process_time() - began) * 1000
        return Point(round(minute, 1), said, round(_resident(), 1), round(ms_a_case, 1),
                     round(shown))  # fmt: skip

    def problems(self) -> list[str]:
        """What is not as it must be."""
        desk = self.desk
        with desk.store.read() as reader:
            cases = [t for t in reader.tickets.all() if t.origin is Origin.MAILBOX]
            summed = [off for n in range(1, (reader.incidents.latest() or 0) + 1)
                      for off in sum_in(reader, n).off]  # fmt: skip
            progress = progress_in(reader)
        names = Counter(t.external_id for t in desk.world.tickets() if t.external_id)
        numbered = {each.reference for each in cases if each.number is not None}
        said = Counter(
            line.body.rpartition("\n")[2]
            for each in cases
            if each.number is not None
            for line in desk.world.comments(each.number)
            if "Word " in line.body
        )
        refused = sum(number % REFUSED_EVERY == 7 for number in range(self.sent))
        told = [out for _, out in desk.channel.delivered if "backfilled:" in _reason(out)]
        found = [*summed]
        found += [f"{name} is {count} tickets" for name, count in names.items() if count > 1]
        found += [f"{text} stands {count} times" for text, count in said.items() if count > 1]
        if len(cases) != self.sent:
            found.append(f"{self.sent} customers have {len(cases)} cases")
        if numbered != names.keys() - {None} or progress.parked != refused:
            found.append(f"{len(numbered)} cases, {len(names)} tickets, {progress}")
        if not told:
            found.append("nobody was told that it is through")
        return found


def _reason(outgoing: object) -> str:
    return str(getattr(getattr(outgoing, "message", None), "reason", ""))


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _of_the_world(desk: Desk) -> float:
    """MiB that the pretend helpdesk takes for a thousand tickets of two words each."""
    world = World(desk.clock)
    furniture, before = furnish(world), _resident()
    who = furniture.customers["contoso"]
    for number in range(1000):
        world.create_ticket(f"Matter {number}", f"Word {number}: it is down", requester=who)
    return _resident() - before


def run(mails: int) -> dict[str, object]:
    """The figures, with every problem by name."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="deskmate-load-") as name:
        folder = Path(name)
        desk = Desk(compiled_policy(folder, POLICY), url=f"sqlite:///{folder / 'store.sqlite'}")
        try:
            desk.helpdesk = Picky(desk.world, desk.compiled.policy.helpdesk, withhold=SECOND)
            world = _of_the_world(desk)
            load = Load(desk, mails)
            declare_down(desk)
            ms_a_mail = load.write()
            all_clear(desk, SECOND)
            load.come_back()
            desk.run(MINUTE, look_every=SECOND * 5)
            problems = load.problems()
        finally:
            desk.close()
    first, last = load.points[0], load.points[-1]
    growth = last.mebibytes - first.mebibytes
    if last.ms_a_case > first.ms_a_case * SLOWER:
        problems.append(f"a case took {first.ms_a_case} ms, then {last.ms_a_case} ms")
    if growth - world * mails / 1000 > GREATER:
        problems.append(f"the memory grew by {growth} MiB")
    return {
        "mails": load.sent + load.answers, "cases": load.sent, "answers": load.answers,
        "ms_a_mail": round(ms_a_mail, 1), "minutes": last.minute,
        "grown_mib": round(growth, 1), "of_which_helpdesk_mib": round(world * mails / 1000, 1),
        "points": [vars(each) for each in load.points], "problems": problems,
        "seconds": round(time.monotonic() - began),
    }  # fmt: skip


def main() -> int:
    """Print the figures; 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=5000)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    figures = run(asked.mails)
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 1 if figures["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
