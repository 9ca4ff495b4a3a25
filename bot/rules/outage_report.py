# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the helpdesk was away, from an incident's timeline, and what that is of a promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.outage_state import Step

MONTH = timedelta(days=30)
PROMISED = 99.9
"""Per cent of a month: 43 min 12 s in 30 days."""
_ANNOUNCED = frozenset({Step.MAINTENANCE, Step.MAINTENANCE_AGAIN})
"""Announced maintenance takes nothing from the vendor's promise; what overruns it does."""
_AT_ONCE = frozenset({Step.RELAPSED, Step.OVERRUN})
_COUNTS = frozenset({Step.DECLARED, Step.REOPENED}) | _AT_ONCE
_BEGINS = _COUNTS | _ANNOUNCED
_ENDS = frozenset({Step.ANSWERING_AGAIN, Step.RECOVERED})
_OPENS = _BEGINS | {Step.TAKES_IN}
"""A mailbox that took over for refused credentials is an incident too, without time away."""
_CLOSES = frozenset({Step.RECOVERED, Step.TAKES_IN_NO_MORE})


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a timeline: `began` is the first failure, `answered` the first good round."""

    at: datetime
    kind: str
    seen: str = ""
    began: datetime | None = None
    answered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A span in which the helpdesk was not there."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """A month against a promise; `allowed` is how long it may be away in it."""

    start: datetime
    end: datetime
    away: timedelta
    per_cent: float
    promised: float
    allowed: timedelta

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds so far."""
        return self.away <= self.allowed


def of_this_incident(entries: Sequence[Happened]) -> tuple[Happened, ...]:
    """Without what came after the last all-clear: later suspicions are no part of it."""
    last = max((n for n, each in enumerate(entries) if each.kind in _CLOSES), default=None)
    is_open = any(each.kind in _OPENS for each in entries[(last or 0) + 1 :])
    return tuple(entries) if last is None or is_open else tuple(entries[: last + 1])


def is_over(entries: Sequence[Happened]) -> bool:
    """Whether the all-clear was given."""
    kinds = [each.kind for each in entries if each.kind in _OPENS | _CLOSES]
    return bool(kinds) and kinds[-1] in _CLOSES


def began_in(entries: Iterable[Happened], away: Sequence[Away]) -> datetime | None:
    """When it began: to fail, or to refuse our credentials; None where it did neither."""
    refused = [each.began or each.at for each in entries if each.kind == Step.TAKES_IN]
    return min([*refused, *(span.start for span in away)], default=None)


def away_in(
    entries: Iterable[Happened], now: datetime, *, announced: bool = False
) -> tuple[Away, ...]:
    """The spans from each first failure until it answered again, until `now` if it does not.

    With `announced` those of announced maintenance too.
    """
    begins = _BEGINS if announced else _COUNTS
    found: list[Away] = []
    start: datetime | None = None
    for each in entries:
        if each.kind in begins and start is None:
            start = each.at if each.kind in _AT_ONCE else each.began or each.at
        elif each.kind in _ENDS and start is not None:
            found.append(Away(start, max(start, each.answered or each.at)))
            start = None
    if start is not None:
        found.append(Away(start, max(start, now)))
    return tuple(found)


def availability(
    spans: Iterable[Away], end: datetime, *, promised: float = PROMISED
) -> Availability:
    """The 30 days up to `end`; what overlaps counts once."""
    start = end - MONTH
    away = timedelta()
    reached = start
    for span in sorted(spans, key=lambda each: each.start):
        since, until = max(span.start, reached), min(span.end, end)
        if until > since:
            away += until - since
            reached = until
    per_cent = 100 * (1 - away / MONTH)
    allowed = MONTH * (100 - promised) / 100
    return Availability(start, end, away, round(per_cent, 3), promised, allowed)
