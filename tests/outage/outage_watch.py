# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the outage machine in virtual time, as the prober and the timers would."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.rules.events import OutageOrdered
from bot.rules.outage import after_probe, next_probe_at, wants_write
from bot.rules.outage_due import after_time, next_due
from bot.rules.outage_orders import after_order
from bot.rules.outage_state import OutageState, Step, Works, from_row, to_row
from bot.rules.policy import OutagePolicy
from bot.rules.probes import ProbeRound, Verdict

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POLICY = OutagePolicy()
OK, DOWN, NOT_ASKED = Verdict.OK, Verdict.DOWN, Verdict.NOT_ASKED


@dataclass
class Watch:
    """Runs the machine as the prober would, at the machine's own pace."""

    policy: OutagePolicy = POLICY
    now: datetime = START
    state: OutageState = field(default_factory=OutageState)
    told: list[tuple[Step, datetime]] = field(default_factory=list)
    window: tuple[datetime, datetime] | None = None

    def probe(self, read: Verdict, *, edge: Verdict = OK, witnesses: Iterable[bool] = ()) -> None:
        """One round at its due time; the write probe answers as the read does, when wanted."""
        self.take(ProbeRound(edge, read, read, tuple(witnesses)))

    def take(self, probes: ProbeRound) -> None:
        """One round at its due time; what it says of writing counts where writing is wanted."""
        self.until(next_probe_at(self.state, self.policy, self.now))
        if not wants_write(self.state, self.policy, self.now):
            probes = replace(probes, write=NOT_ASKED)
        decision = after_probe(self.state, probes, self.policy, self.now, self.works(self.now))
        self.state = from_row(json.loads(json.dumps(to_row(decision.state))))
        self.told += [(step, self.now) for step in decision.steps]

    def probe_for(self, span: timedelta, read: Verdict) -> None:
        end = self.now + span
        while next_probe_at(self.state, self.policy, self.now) < end:
            self.probe(read)

    def rounds(self, span: timedelta, probes: ProbeRound) -> None:
        """The same round again and again."""
        end = self.now + span
        while next_probe_at(self.state, self.policy, self.now) < end:
            self.take(probes)

    def order(self, order: OutageOrdered) -> None:
        """A person's word, now."""
        decision = after_order(self.state, order, self.policy, self.now)
        self.state = from_row(json.loads(json.dumps(to_row(decision.state))))
        self.told += [(step, self.now) for step in decision.steps]

    def works(self, at: datetime) -> Works | None:
        """The announced maintenance that holds at an instant."""
        if self.window is None or not self.window[0] <= at < self.window[1]:
            return None
        return Works(self.window[1], "the vendor, new disks")

    def steps(self) -> list[Step]:
        return [step for step, _ in self.told]

    def when(self, step: Step) -> timedelta:
        return next(at for told, at in self.told if told is step) - START

    def until(self, instant: datetime) -> None:
        """Let timers fire on their own, as the daemon does between two rounds."""
        while (due := next_due(self.state, self.policy)) is not None and due <= instant:
            decision = after_time(self.state, self.policy, due, self.works(due))
            assert decision.steps, "a timer that does nothing would fire for ever"
            self.state, self.now = decision.state, due
            self.told += [(step, due) for step in decision.steps]
        self.now = max(self.now, instant)


def down_for(minutes: float = 20) -> Watch:
    watch = Watch()
    watch.probe(OK)
    watch.probe_for(timedelta(minutes=minutes), DOWN)
    return watch
