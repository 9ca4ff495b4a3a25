# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the timeline of a test: the real handlers, a store in memory, a pretend world, no waiting.

The steps are the daemon's, in an order in which its threads would come to them; time jumps from
one instant at which something can happen to the next.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import VirtualClock
from bot.commands.test_tellings import Telling, tellings_of
from bot.commands.test_world import DeskWorld
from bot.config.desk_tests_timeline import Deed, Happening
from bot.handlers.policy import take_policy
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AlertReceived, AlertState, ButtonPressed, Event
from bot.rules.outage_state import Phase
from bot.rules.ticket import Ticket
from bot.rules.ticket_clocks import BREACHED, WARNING
from bot.sandbox.fakes import FakeChannel, FakeHelpdesk
from bot.sources.poller import Poller
from bot.sources.prober import Prober, stored_state
from bot.store.store import Store
from bot.telemetry import Figures
from bot.timekeeper import Timekeeper

BEFORE = timedelta(minutes=1)
"""How long the world stands before the first entry."""
SECOND = timedelta(seconds=1)
SETTLES = timedelta(seconds=3)
"""How long every second is looked at after something happened; the export withholds one."""
WHILE_DOWN = timedelta(seconds=15)
GREATEST_JUMP = timedelta(hours=1)
CHANNELS = ("slack:", "teams:", "mail:", "sms:", "portal")
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Played:
    """What could be seen after a timeline: who was told, which clocks warned and broke, tickets.

    `fired` are the rules that the journal names.
    """

    told: tuple[Telling, ...]
    warned: tuple[str, ...]
    breached: tuple[str, ...]
    tickets: dict[str, Ticket | None]
    fired: frozenset[str] = frozenset()


def play(happenings: tuple[Happening, ...], compiled: CompiledPolicy) -> Played:
    """Let everything of a timeline happen at its instant; raises `Trial` for what cannot."""
    with _stage(happenings, compiled) as stage:
        for happening in happenings:
            stage.pass_time(happening.at)
            stage.happen(happening)
        stage.pass_time(happenings[-1].at + SETTLES)
        return stage.seen()


@contextmanager
def _stage(happenings: tuple[Happening, ...], compiled: CompiledPolicy) -> Iterator[_Stage]:
    stage = _Stage(happenings, compiled)
    try:
        yield stage
    finally:
        stage.store.close()


class _Stage:
    """The daemon's parts over one pretend world in virtual time."""

    def __init__(self, happenings: tuple[Happening, ...], compiled: CompiledPolicy) -> None:
        self._clock = clock = VirtualClock(happenings[0].at - BEFORE)
        self._compiled = compiled
        self._desk = DeskWorld(compiled.policy, happenings, clock)
        self.store = Store.open("sqlite://", clock=clock)
        world, store, figures = self._desk.world, self.store, Figures()
        self._helpdesk = FakeHelpdesk(world, self._desk.names, withhold=SECOND)
        self._channel = FakeChannel(world)
        self._poller = Poller(self._helpdesk, store, every=SECOND, figures=figures)
        self._inbox = Inbox(store, lambda: compiled, self._helpdesk, clock, figures)
        self._outbox = Outbox(store, clock, figures, chance=random.Random(1))
        self._timekeeper = Timekeeper(store, lambda: compiled, clock, figures)
        self._state = stored_state(store)
        # A test reaches nobody outside, and must not depend on who answers there.
        outage = replace(compiled.policy.outage, witnesses=())
        self._prober = Prober(self._helpdesk, store, outage, state=self._state, figures=figures)
        self._busy_until = clock.now()
        take_policy(store, compiled, now=clock.now())

    def happen(self, happening: Happening) -> None:
        """One entry, now."""
        self._desk.happen(happening)
        if happening.alert:
            self._alert(happening)
        if any(deed is Deed.PRESS for deed, _ in happening.deeds):
            self._press(happening)
        self._busy_until = self._clock.now() + SETTLES

    def pass_time(self, until: datetime) -> None:
        """Go on to an instant, with a look of every step at each timer on the way."""
        while True:
            if self._steps():
                self._busy_until = max(self._busy_until, self._clock.now() + SETTLES)
            now = self._clock.now()
            if now >= until:
                return
            self._clock.move_to(min(until, self._next_look(now)))

    def seen(self) -> Played:
        """What has come of it."""
        with self.store.read() as reader:
            tickets = {
                name: reader.tickets.by_number(number)
                for name, number in self._desk.numbers.items()
            }
            fired = {each.source for entry in reader.journal.everything() for each in entry.reasons}
            entries = [
                entry
                for ticket in tickets.values()
                if ticket is not None
                for entry in reader.journal.of(f"ticket:{ticket.ticket_id}")
                if entry.event_key.startswith("clock/")
            ]
        return Played(
            told=tellings_of(self._channel.delivered, self._compiled),
            warned=_clocks(entry.event_key for entry in entries if _is(entry.summary, WARNING)),
            breached=_clocks(entry.event_key for entry in entries if _is(entry.summary, BREACHED)),
            tickets=tickets,
            fired=frozenset(fired),
        )

    def _next_look(self, now: datetime) -> datetime:
        with self.store.read() as reader:
            due = [reader.timers.next_due(), reader.outbox.next_due()]
        soonest = [now + (SECOND if now < self._busy_until else GREATEST_JUMP)]
        soonest += [each for each in due if each is not None]
        if self._is_watched():
            soonest += [self._prober.due_at(now), now + WHILE_DOWN]
        return min((each for each in soonest if each > now), default=now + SECOND)

    def _is_watched(self) -> bool:
        """Whether an outage is on or not yet over; otherwise nothing asks for the helpdesk."""
        return self._desk.is_down or self._state().phase is not Phase.HEALTHY

    def _steps(self) -> bool:
        """Every step until all have come to rest; True if any had work."""
        for rounds in range(MOST_ROUNDS):
            worked = [self._prober.step(self._clock.now())] if self._is_watched() else []
            worked += [self._poller.step(self._clock.now()), self._inbox.handle()]
            worked += [self._timekeeper.fire_due(), self._deliver()]
            if not any(worked):
                return rounds > 0
        raise RuntimeError("the steps never come to rest")

    def _deliver(self) -> bool:
        """Send what is due, each kind by its own channel as in the daemon; True if any was."""
        with self.store.read() as reader:
            due = reader.outbox.next_due()
        if due is None or due > self._clock.now():
            return False
        worked = [self._outbox.deliver(prefix, self._channel) for prefix in CHANNELS]
        return any([*worked, self._outbox.deliver_updates(self._helpdesk)])

    def _alert(self, happening: Happening) -> None:
        told = dict(happening.alert)
        told.pop("message", None)
        state = (
            AlertState.RESOLVED
            if told.pop("state", "") in ("resolved", "ok")
            else AlertState.FIRING
        )
        name, source = told.pop("name", ""), told.pop("source", "")
        now = self._clock.now()
        fact = AlertReceived(state, name, source, **told)
        stream = f"alert/{source}/{told.get('host') or ''}/{name}"
        key = f"{stream}@{now.isoformat()}/{happening.place.line}"
        self.store.receive([Event(key, stream, now, "webhook", fact)]).result()

    def _press(self, happening: Happening) -> None:
        """Somebody presses "I have it" on the ticket's message."""
        now = self._clock.now()
        with self.store.read() as reader:
            ticket = reader.tickets.by_number(self._desk.numbers[happening.ticket])
        if ticket is None:
            return
        fact = ButtonPressed("acknowledge", f"ticket:{ticket.ticket_id}", "An Agent", "slack")
        key, stream = f"press/{ticket.ticket_id}/{now.isoformat()}", f"case/{ticket.ticket_id}"
        self.store.receive([Event(key, stream, now, "slack", fact)]).result()


def _is(summary: str, kind: str) -> bool:
    """Whether a clock's entry in the journal says that it was told, not that nobody needed it."""
    return summary.startswith(f"{kind}:") and "no warning" not in summary


def _clocks(keys: Iterator[str]) -> tuple[str, ...]:
    """The clocks of timers whose keys end with clock, cycle and which one, each once."""
    return tuple(dict.fromkeys(key.rsplit("/", 3)[1] for key in keys))
