# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole desk in virtual time: a world, its fake ports, a real store, the daemon's own steps."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.inbox import Inbox
from bot.outbox import HELPDESK, Outbox
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.events import ButtonPressed, Event
from bot.rules.mail_keys import OwnNames
from bot.rules.probes import ProbeRound, Verdict
from bot.rules.ticket import Ticket
from bot.sandbox.fakes import FakeChannel, FakeHelpdesk
from bot.sandbox.world import World
from bot.sandbox.world_seed import furnish
from bot.sources.poller import Poller
from bot.sources.twins import TwinFinder
from bot.store.store import Store
from bot.telemetry import Figures
from bot.timekeeper import Timekeeper

OWN = OwnNames("the secret of the stories", "ACM", "escalations@acme.example")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOOK = timedelta(seconds=30)
POLICY = """
desk: test
hours:
  office: {zone: Europe/Stockholm, mon-fri: "09:00-17:00", holidays: none}
helpdesk:
  category: Category
  plan: organization.plan
  groups: {first_line: First line}
  canary: 1
categories: [incident, question, other]
priorities: {urgent: urgent, normal: normal}
words:
  down: {en: [is down]}
  how_to: {en: [how can i]}
people:
  team: {slack: support, mail: team@acme.example}
  lead: {slack: leads}
groups: {first_line: [team]}
promises:
  first_response:
    within: {urgent: 1h, normal: 4h}
    hours: office
    warn: 50%
    tell: team
    breached: {tell: lead}
helpdesk_down:
  tell: team
  mailbox: escalations@acme.example
  banner: portal
  banner_texts: {en: We are down}
rules:
  down:
    if: {says: down}
    then: {category: incident, priority: urgent, tag: outage, tell: team, comment: Told the team.}
  question:
    if: {says: how_to}
    then: {category: question}
"""


_compiled: dict[str, CompiledPolicy] = {}
"""Policies by their text: they never change, and their calendars remember the years they built."""


def compiled_policy(folder: Path, text: str = POLICY) -> CompiledPolicy:
    """The policy of `text`, loaded as the daemon loads it."""
    if text not in _compiled:
        (folder / "rules.yaml").write_text(text, encoding="utf-8")
        loaded = load_policy(folder, this_year=2026)
        assert isinstance(loaded, Loaded), "\n".join(map(str, loaded))
        _compiled[text] = compile_policy(loaded.policy)
    return _compiled[text]


@dataclass
class Desk:
    """Runs the steps in the order in which the daemon's threads would come to them."""

    compiled: CompiledPolicy
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(MONDAY))
    is_watch_only: bool = False
    url: str = "sqlite://"

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        self.furniture = furnish(self.world)
        self.start()

    def start(self) -> None:
        """A fresh process over what the store holds, in the same world."""
        self.store = Store.open(self.url, clock=self.clock, is_watch_only=self.is_watch_only)
        self.helpdesk = self.port()
        self.channel = FakeChannel(self.world)
        self.finder = TwinFinder(self.helpdesk, self.store)
        figures = Figures()
        self.poller = Poller(
            self.helpdesk, self.store, every=timedelta(seconds=30), figures=figures
        )
        self.inbox = Inbox(
            self.store, lambda: self.compiled, self.helpdesk, self.clock, figures, own=lambda: OWN
        )
        self.outbox = Outbox(self.store, self.clock, figures, chance=random.Random(1))
        self.timekeeper = Timekeeper(self.store, lambda: self.compiled, self.clock, figures)

    def port(self) -> Any:
        """The world's helpdesk, as near as this desk wants it."""
        names = self.compiled.policy.helpdesk
        return FakeHelpdesk(self.world, names, withhold=timedelta(seconds=1))

    def close(self) -> None:
        self.store.close()

    def write(self, subject: str, body: str = "Hello", *, who: str = "contoso") -> int:
        """A customer writes; the ticket's number."""
        customer = self.furniture.customers[who]
        return self.world.create_ticket(subject, body, requester=customer).number

    def run(
        self,
        span: timedelta = timedelta(seconds=2),
        *,
        look_every: timedelta | None = None,
    ) -> None:
        """Let time pass, with a look of every step at each timer and at least every so often.

        Every 30 s at first; in a long time without a word from a story every five minutes do.
        """
        look_every = look_every or (LOOK if span <= 20 * LOOK else 10 * LOOK)
        end = self.clock.now() + span
        while True:
            self._steps()
            now = self.clock.now()
            if now >= end:
                return
            with self.store.read() as reader:
                due = reader.timers.next_due()
            soonest = [end, now + look_every]
            if due is not None and due > now:
                soonest.append(due)
            self.clock.move_to(min(soonest))

    def probe(self, read: Verdict) -> None:
        """One round of probes as the prober would write it down."""
        now = self.clock.now()
        probes = ProbeRound(read, read, read, detail="503" if read is Verdict.DOWN else "")
        event = Event(f"outage/round@{now.isoformat()}", "outage", now, "probe", probes)
        self.store.receive([event]).result()
        self._steps()

    def press(self, number: int, person: str = "Bo") -> None:
        """Somebody presses the button of a ticket's message."""
        ticket = self.ticket(number)
        now = self.clock.now()
        fact = ButtonPressed("acknowledge", f"ticket:{ticket.ticket_id}", person, "slack")
        event = Event(f"press/{now}/{person}", f"case/{ticket.ticket_id}", now, "slack", fact)
        self.store.receive([event]).result()
        self._steps()

    def ticket(self, number: int) -> Ticket:
        with self.store.read() as reader:
            ticket = reader.tickets.by_number(number)
        assert ticket is not None, f"ticket {number} is not in the store"
        return ticket

    def told(self, kind: str) -> list[tuple[str, datetime]]:
        """Destinations that were sent a notice of this kind, and when."""
        return [
            (outgoing.destination, at)
            for at, outgoing in self.channel.delivered
            if getattr(outgoing.message, "kind", None) == kind
        ]

    def edited(self, kind: str) -> list[tuple[str, datetime]]:
        """Rooms whose first message was made to say this, and when."""
        return [
            (outgoing.destination, at)
            for at, outgoing in self.channel.edited
            if getattr(outgoing.message, "kind", None) == kind
        ]

    def notes(self, number: int) -> list[str]:
        """Our internal notes on a ticket."""
        daemon = self.world.daemon.user_id
        return [c.body for c in self.world.comments(number) if c.author_id == daemon]

    def _steps(self) -> None:
        for _ in range(300):
            worked = [self.poller.step(self.clock.now()), self.inbox.handle()]
            worked.append(self.finder.step(self.clock.now()))
            worked += [self.timekeeper.fire_due(), self._deliver()]
            if not any(worked):
                return
        raise AssertionError("the steps never come to rest")

    def _deliver(self) -> bool:
        """Every way by which something waits, and no other: most looks find nothing."""
        with self.store.read() as reader:
            kinds = {destination.partition(":")[0] for destination in reader.outbox.waiting()}
        worked = [HELPDESK in kinds and self.outbox.deliver_updates(self.helpdesk)]
        for prefix in ("slack:", "mail:", "teams:", "portal"):
            if prefix.rstrip(":") in kinds:
                worked.append(self.outbox.deliver(prefix, self.channel))
        return any(worked)
