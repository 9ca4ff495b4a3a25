# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast a way to people is used, and whether at all: budgets and circuits, as values.

    closed --three failures in a row, or our credentials refused--> open
    open --every 30 s one message is tried--> closed

A lane is what fails together: all of Slack, the mail server, but each Teams webhook by itself.
Budgets are per destination. A fifth of each is kept for critical messages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.actions import Urgency
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.pauses import Pause

FAILURES = 3
PROBE_EVERY = timedelta(seconds=30)
GENTLE_FOR = timedelta(minutes=10)
"""How long a destination is spared after it asked for patience."""
SHORTEST_WAIT = 0.001
"""Seconds; what is missing by a rounding error would wait for no time, again and again."""
RESERVE = 0.2
ALONE = frozenset({"teams"})
"""Kinds of which each destination is a lane of its own."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages a second in the long run, and how many may go at once."""

    per_second: float
    burst: float


RATES = {
    # Slack: about one a second and channel, short bursts tolerated.
    "slack": Rate(1.0, 5.0),
    # Teams webhooks: 100 an hour is the tightest of the published limits.
    "teams": Rate(80 / 3600, 20.0),
    "mail": Rate(1.0, 20.0),
    "sms": Rate(20 / 3600, 5.0),
}

EDITS = Rate(40 / 60, 10.0)
"""Slack allows 50 edits a minute and workspace (tier 3): never more than 40 and the burst."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a destination's burst, as of an instant."""

    tokens: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """The budget after a try to take from it; `wait` in seconds, 0 when it was granted."""

    budget: Budget
    wait: float = 0.0


def take(budget: Budget | None, rate: Rate, now: datetime, urgency: Urgency) -> Taken:
    """Take one message from a budget; None is a full one."""
    tokens = rate.burst
    if budget is not None:
        gained = max(0.0, (now - budget.at).total_seconds()) * rate.per_second
        tokens = min(rate.burst, budget.tokens + gained)
    kept = 0.0 if urgency is Urgency.CRITICAL else rate.burst * RESERVE
    missing = 1.0 + kept - tokens
    if missing > 0:
        return Taken(Budget(tokens, now), max(SHORTEST_WAIT, missing / rate.per_second))
    return Taken(Budget(tokens - 1.0, now))


def gentle(rate: Rate) -> Rate:
    """The rate for a destination that asked for patience lately: slower, and one at once."""
    return Rate(rate.per_second * 0.75, 1.0 / (1.0 - RESERVE))


def spent(until: datetime) -> Budget:
    """The budget of a destination that asked for patience: afterwards one by one, no burst."""
    return Budget(1.0, until)


@dataclass(frozen=True, slots=True)
class Circuit:
    """How a lane does: failures in a row, since when it is open, when one message is tried."""

    failures: int = 0
    opened_at: datetime | None = None
    probe_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True while nothing but a try now and then is sent this way."""
        return self.opened_at is not None

    def may_send(self, now: datetime) -> bool:
        """True when a message may go now, be it as the one that is tried."""
        if self.probe_at is None:
            return True
        return not Pause(self.probe_at - PROBE_EVERY, self.probe_at).holds(now)


CLOSED = Circuit()


def lane_of(destination: str) -> str:
    """What fails together with this destination."""
    kind = destination.partition(":")[0]
    return destination if kind in ALONE else kind


def after_outcome(circuit: Circuit, outcome: Outcome, now: datetime) -> Circuit:
    """The circuit after a message was tried.

    A destination that asks for patience, or refuses one message, says that the way itself works.
    """
    match outcome:
        case Delivered() | Accepted():
            return CLOSED
        case Refused(is_for_all=True):
            return _opened(replace(circuit, failures=FAILURES), now)
        case TryLater(after=None) | Unknown(after=None):
            return _opened(replace(circuit, failures=circuit.failures + 1), now)
        case Refused() | TryLater() | Unknown():
            return circuit if circuit.is_open else CLOSED
    return circuit


def _opened(circuit: Circuit, now: datetime) -> Circuit:
    if circuit.failures < FAILURES:
        return circuit
    return replace(circuit, opened_at=circuit.opened_at or now, probe_at=now + PROBE_EVERY)
