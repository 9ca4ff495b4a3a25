# SPDX-License-Identifier: GPL-3.0-or-later
"""A real store and the outbox over it, with ways to people that fail as a test says."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import VirtualClock
from bot.outbox import Outbox
from bot.ports import Delivered, Finding, Outcome, Refused, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.store.queues import OutboxRow
from bot.store.store import Store
from bot.telemetry import Figures

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KINDS = ("slack:", "teams:", "mail:", "sms:")

Judge = Callable[[Outgoing, datetime], Outcome | None]


@dataclass
class FakeWay:
    """The other side of every way: `judge` says how a try ends, None for "delivered"."""

    judge: Judge = lambda _outgoing, _now: None
    tries: list[tuple[datetime, Outgoing]] = field(default_factory=list)
    shown: list[tuple[datetime, Outgoing]] = field(default_factory=list)

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Judge it, and show it unless it was judged otherwise."""
        self.tries.append((now, outgoing))
        outcome = self.judge(outgoing, now)
        if outcome is None or isinstance(outcome, Unknown):
            self.shown.append((now, outgoing))
        return outcome or Delivered(outgoing.key)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """Whether it was shown."""
        if any(each.key == outgoing.key for _, each in self.shown):
            return Delivered(outgoing.key)
        return Refused("not there")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Nothing to examine."""
        return ()


class BusyClock(VirtualClock):
    """A clock that moves on by `step` each time it is read, as on a machine that is busy."""

    step = timedelta()

    def now(self) -> datetime:
        """The instant, after which time has passed."""
        at = super().now()
        if self.step:
            self.move_to(at + self.step)
        return at


@dataclass
class Post:
    """What a test acts with: a second is one look of each of the outbox's steps."""

    way: FakeWay = field(default_factory=FakeWay)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))

    def __post_init__(self) -> None:
        self.store = Store.open("sqlite://", clock=self.clock)
        self.restart()

    def restart(self) -> None:
        """A new process on the same store."""
        self.outbox = Outbox(
            self.store,
            self.clock,
            Figures(),
            chance=random.Random(1),
            admins=lambda: (message("admin", "mail:admin@acme.example", NoticeKind.ADMIN),),
        )

    def add(self, *rows: Outgoing) -> None:
        """Decide to send these."""
        now = self.clock.now()
        self.store.write(lambda tx: [tx.outbox.add(row, now) for row in rows])

    def run(self, seconds: int, *, every: int = 1) -> None:
        """Let time pass, with a look each second or each so many seconds."""
        for _ in range(0, seconds, every):
            self._steps()
            self.clock.move_to(self.clock.now() + every * SECOND)

    def _steps(self) -> None:
        self.outbox.tend()
        for kind in KINDS:
            for _ in range(50):
                if not self.outbox.deliver(kind, self.way):
                    break

    def shown(self, destination: str) -> list[str]:
        """The keys of what was shown there, in order."""
        return [each.key for _, each in self.way.shown if each.destination == destination]

    def kinds(self, destination: str) -> list[str]:
        """The kinds of what was shown there, in order."""
        return [
            each.message.kind
            for _, each in self.way.shown
            if each.destination == destination and isinstance(each.message, Notice)
        ]

    def row(self, key: str) -> OutboxRow:
        """The row with this key."""
        with self.store.read() as reader:
            found = reader.outbox.by_key(key)
        assert found is not None
        return found


def message(
    key: str,
    destination: str = "slack:support",
    kind: NoticeKind = NoticeKind.RULE,
    *,
    urgency: Urgency = Urgency.NORMAL,
    fallback: tuple[str, ...] = (),
    thread: str = "",
) -> Outgoing:
    """One notice to one destination."""
    thread = thread or f"alert:{key}"
    return Outgoing(
        key=key,
        destination=destination,
        order_key=f"{destination}/{thread}",
        message=Notice(kind, thread, NOON, title=key),
        urgency=urgency,
        fallback=fallback,
        fallback_after=timedelta(minutes=1) if fallback else None,
    )
