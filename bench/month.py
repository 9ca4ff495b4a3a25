# SPDX-License-Identifier: GPL-3.0-or-later
"""Lives through a month of tickets in virtual time, then makes its report and checks every figure.

    python bench/month.py [--tickets 20000]

The daemon's own inbox, rules, clocks and timekeeper work on a store of a moment; nobody is sent
anything. Each ticket is created, most are answered and solved. How each promise ended is counted a
second time by a walk over working days that shares no code with ours. Exit 1 when a figure differs,
or when it took longer than a minute.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.clock import VirtualClock
from bot.commands.report import as_rows, read_report
from bot.config.load import Loaded, load_policy
from bot.inbox import Inbox
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.events import CommentAdded, Event, FieldChanged, TicketSeen
from bot.rules.ticket import Actor, Person, Snapshot, Status
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.world import World
from bot.store.store import Store
from bot.telemetry import Figures
from bot.timekeeper import Timekeeper

STOCKHOLM = ZoneInfo("Europe/Stockholm")
START = datetime(2026, 3, 1, tzinfo=STOCKHOLM)
END = datetime(2026, 4, 1, tzinfo=STOCKHOLM)
STEP = timedelta(hours=1)
TARGETS = {"gold": {"p1": 1, "p2": 8}, "silver": {"p1": 4, "p2": 24}}
"""Hours until the first answer, per plan and priority."""
POLICY = """
desk: month
zone: Europe/Stockholm
hours: {office: {zone: Europe/Stockholm, mon-fri: "09:00-17:00", holidays: none}}
helpdesk: {plan: organization.plan, canary: 1}
priorities: {p1: urgent, p2: normal}
words: {down: {en: [is down, outage], sv: [ligger nere], de: [ausfall]}}
people: {team: {slack: support}, lead: {slack: leads}}
promises:
  first_response:
    within: {gold: {p1: 1h, p2: 8h}, silver: {p1: 4h, p2: 24h}}
    hours: office
    warn: 75%
    tell: team
    breached: {tell: lead}
rules:
  down: {if: {says: down}, then: {priority: p1, tag: outage}}
  other: {unless: {says: down}, then: {priority: p2}}
"""


@dataclass(frozen=True, slots=True)
class Life:
    """What happens to one ticket; None where it does not."""

    number: int
    plan: str
    priority: str
    created_at: datetime
    answered_at: datetime | None
    solved_at: datetime | None


def lives(count: int, seed: int = 1) -> list[Life]:
    """So many tickets over March 2026, nights, weekends and the clock change included."""
    chance = random.Random(seed)
    found = []
    for number in range(2, count + 2):
        created = START + timedelta(seconds=chance.randrange(int((END - START).total_seconds())))
        created = created.astimezone(UTC)
        answered = created + timedelta(minutes=int(chance.expovariate(1 / 300)) + 1)
        solved = answered + timedelta(minutes=int(chance.expovariate(1 / 600)) + 1)
        is_answered, is_solved = chance.random() < 0.9, chance.random() < 0.8
        found.append(
            Life(
                number=number,
                plan=chance.choice(list(TARGETS)),
                priority="p1" if chance.random() < 0.3 else "p2",
                created_at=created,
                answered_at=answered if is_answered else None,
                solved_at=solved if is_answered and is_solved else None,
            )
        )
    return found


def events_of(life: Life) -> Iterator[Event]:
    """A ticket's life as the helpdesk's export tells it."""
    number, stream, at = life.number, f"ticket/{life.number}", life.created_at
    words = "The portal is down again" if life.priority == "p1" else "How do I print a report"
    picture = Snapshot(
        number=number,
        created_at=at,
        updated_at=at,
        version=at.isoformat(),
        status=Status.NEW,
        subject=words,
        description=f"Hello, {words}. We look forward to your answer. " * 5,
        requester=Person("9", "Ada", "ada@contoso.example"),
        organisation=f"Customer {number % 40}",
        via="web",
        fields={"plan": life.plan},
    )
    yield Event(f"seen/{number}", stream, at, "export", TicketSeen(picture))
    if life.answered_at is not None:
        reply = CommentAdded(number, f"{number}", Person("7"), Actor.AGENT, True, "We are on it.")
        yield Event(f"reply/{number}", stream, life.answered_at, "export", reply)
    if life.solved_at is not None:
        solved = FieldChanged(number, "status", "new", "solved", Actor.AGENT, "7")
        yield Event(f"solved/{number}", stream, life.solved_at, "export", solved)


def office_seconds(start: datetime, end: datetime) -> int:
    """The truth: open seconds, day by day, from local wall-clock times."""
    total, day = 0, start.astimezone(STOCKHOLM).date()
    while day <= end.astimezone(STOCKHOLM).date():
        if day.weekday() < 5:
            opens = datetime(day.year, day.month, day.day, 9, tzinfo=STOCKHOLM).astimezone(UTC)
            closes = datetime(day.year, day.month, day.day, 17, tzinfo=STOCKHOLM).astimezone(UTC)
            total += max(0, int((min(end, closes) - max(start, opens)).total_seconds()))
        day += timedelta(days=1)
    return total


def truth(all_lives: list[Life]) -> Counter[tuple[str, str]]:
    """How many promises of each plan ended how, at the end of the month."""
    found: Counter[tuple[str, str]] = Counter()
    for life in all_lives:
        target = TARGETS[life.plan][life.priority] * 3600
        answered = life.answered_at
        is_answered = answered is not None and answered <= END
        until = answered if answered is not None and is_answered else END
        # Exactly at the deadline is in time; the evening after a deadline at closing is not.
        used_before = office_seconds(life.created_at, until - timedelta(seconds=1))
        ending = "broken" if used_before >= target else "kept" if is_answered else "running"
        found[life.plan, ending] += 1
    return found


def compiled_policy() -> CompiledPolicy:
    """The month's policy, loaded as the daemon loads it."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "rules.yaml").write_text(POLICY, encoding="utf-8")
        loaded = load_policy(Path(name), this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return compile_policy(loaded.policy)


def live(store: Store, clock: VirtualClock, compiled: CompiledPolicy, events: list[Event]) -> int:
    """Let the month pass, an hour at a time; how many timers fired."""
    figures = Figures()
    helpdesk = FakeHelpdesk(World(clock), compiled.policy.helpdesk)
    inbox = Inbox(store, lambda: compiled, helpdesk, clock, figures)
    timekeeper = Timekeeper(store, lambda: compiled, clock, figures)
    position = 0
    while clock.now() < END:
        now = min(clock.now() + STEP, END)
        arrived = position
        while arrived < len(events) and events[arrived].at <= now:
            arrived += 1
        clock.move_to(now)
        if arrived > position:
            store.receive(events[position:arrived]).result()
            position = arrived
            while inbox.handle():
                pass
        while timekeeper.fire_due():
            pass
    with store.read() as reader:
        return len(reader.alerts.starting("clock/"))


def month(count: int) -> bool:
    """Live through it, report, compare; True if every figure is right."""
    compiled, clock = compiled_policy(), VirtualClock(START)
    all_lives = lives(count)
    events = sorted((e for life in all_lives for e in events_of(life)), key=lambda e: e.at)
    events = [event for event in events if event.at <= END]
    began, worked = time.perf_counter(), time.process_time()
    with Store.open("sqlite://", clock=clock) as store:
        told = live(store, clock, compiled, events)
        lived = time.perf_counter() - began
        with store.read() as reader:
            report = read_report(reader, compiled, start=START, end=END, now=END)
            stored = reader.tickets.count()
    took, cpu = time.perf_counter() - began, time.process_time() - worked
    rows = as_rows(report)
    total, plans = rows["total"], rows["plan"]
    counted = Counter(
        {(row["plan"], name): row[name] for row in plans for name in ("kept", "broken", "running")}
    )
    expected = truth(all_lives)
    is_right = (
        counted == expected
        and stored == count == total["all"]
        and sum(row["all"] for by in ("priority", "plan", "organisation") for row in rows[by])
        == 3 * count
    )
    print(f"{count:,} tickets, {len(events):,} events, {told:,} warnings and breaches told")
    print(f"lived in {lived:.1f} s, reported in {took - lived:.1f} s; processor {cpu:.1f} s")
    print(f"report: {total}; in the store: {stored:,}")
    print("every figure is right" if is_right else f"wrong: {counted} instead of {expected}")
    return is_right and (took < 60 or count < 20_000)


def main() -> int:
    """Measure and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=20_000)
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return 0 if month(parser.parse_args().tickets) else 1


if __name__ == "__main__":
    sys.exit(main())
