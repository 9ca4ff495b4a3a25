# SPDX-License-Identifier: GPL-3.0-or-later
"""How often one rule may act on one ticket, so that a loop between two programs ends by itself.

    closed --five firings within 24 hours--> open --the oldest is a day old--> closed

A rule that is open has no effect at all on that ticket; others and other tickets are untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_FIRINGS = 5
WINDOW = timedelta(hours=24)
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule acted on a ticket: when, and what it had seen."""

    at: datetime
    evidence: str = ""


Firings = Mapping[str, tuple[Firing, ...]]
"""By rule, the oldest first; what is older than the window may be missing."""


def is_spent(firings: Iterable[Firing], now: datetime) -> bool:
    """Whether a rule has acted so often lately that it may not act again."""
    return len(recent(firings, now)) >= MOST_FIRINGS


def recent(firings: Iterable[Firing], now: datetime) -> tuple[Firing, ...]:
    """The firings within the window."""
    return tuple(each for each in firings if now - WINDOW < each.at <= now)


def after_firings(firings: Firings, new: Mapping[str, Firing], now: datetime) -> Firings:
    """The firings to remember: those of the window, and the new ones."""
    kept = {rule_id: recent(several, now) for rule_id, several in firings.items()}
    for rule_id, firing in new.items():
        kept[rule_id] = (*kept.get(rule_id, ()), firing)[-MOST_FIRINGS:]
    return {rule_id: several for rule_id, several in kept.items() if several}


def last_seen(firings: Iterable[Firing]) -> str:
    """What the last few firings had seen, for the person who looks after the rule."""
    return " | ".join(each.evidence for each in list(firings)[-SHOWN:] if each.evidence)
