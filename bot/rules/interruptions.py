# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a service was interrupted: incidents add up without overlap, by service and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.rules.calendar_days import local_time
from bot.rules.incident_values import Step
from bot.rules.outage_report import Away

MOST_MONTHS = 1_200
NOTHING_PLANNED: Mapping[str, Iterable[Away]] = {}
_BEGINS = frozenset({Step.OPENED, Step.REOPENED, Step.RAISED, Step.WIDENED, Step.MERGED})
_ENDS = frozenset({Step.RESTORED, Step.CLOSED, Step.JOINED})


@dataclass(frozen=True, slots=True)
class Turn:
    """A step of an incident's timeline that may begin or end an interruption.

    `at` is when it began or was restored, which a person may have said afterwards.
    """

    at: datetime
    kind: str
    services: tuple[str, ...] = ()
    interrupts: bool = True


@dataclass(frozen=True, slots=True)
class Month:
    """A service in one calendar month against its promise; None where nothing is promised.

    `planned` is what of the interruptions fell into announced works; with `is_planned_out` that is
    no part of `away`.
    """

    month: str
    away: timedelta
    length: timedelta
    promised: float | None = None
    planned: timedelta = timedelta()
    is_planned_out: bool = False

    @property
    def per_cent(self) -> float:
        """How much of the month it was there."""
        return round(100 * (1 - self.away / self.length), 3)

    @property
    def allowed(self) -> timedelta | None:
        """How long it may be away in this month."""
        return None if self.promised is None else self.length * (100 - self.promised) / 100

    @property
    def is_kept(self) -> bool | None:
        """Whether the promise holds; None where there is none."""
        return None if self.allowed is None else self.away <= self.allowed


def interruptions_of(turns: Iterable[Turn], now: datetime) -> dict[str, tuple[Away, ...]]:
    """The spans in which each service was away in one incident, until `now` if it still is."""
    found: dict[str, list[Away]] = {}
    began: dict[str, datetime] = {}
    for turn in turns:
        if turn.kind in _BEGINS and turn.interrupts:
            for service in turn.services:
                began.setdefault(service, turn.at)
        elif turn.kind in _ENDS:
            for service, start in began.items():
                found.setdefault(service, []).append(Away(start, max(start, turn.at)))
            began = {}
    for service, start in began.items():
        found.setdefault(service, []).append(Away(start, max(start, now)))
    return {service: tuple(spans) for service, spans in found.items()}


def merged(spans: Iterable[Away]) -> tuple[Away, ...]:
    """The same instants as spans that neither overlap nor touch, the earliest first."""
    found: list[Away] = []
    for span in sorted(spans, key=lambda each: (each.start, each.end)):
        if span.end <= span.start:
            continue
        if found and span.start <= found[-1].end:
            found[-1] = Away(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def total(spans: Iterable[Away]) -> timedelta:
    """How long that is together; what overlaps counts once."""
    return sum((span.end - span.start for span in merged(spans)), timedelta())


def without(spans: Iterable[Away], parts: Iterable[Away]) -> tuple[Away, ...]:
    """The spans less some parts of them, the earliest first; what overlaps is there once."""
    left = list(merged(spans))
    for part in parts:
        left = [piece for span in left for piece in _less(span, part)]
    return tuple(left)


def by_month(
    spans: Mapping[str, Iterable[Away]],
    zone: str,
    *,
    promised: Mapping[str, float | None],
    since: datetime,
    until: datetime,
    planned: Mapping[str, Iterable[Away]] = NOTHING_PLANNED,
    excluded: frozenset[str] = frozenset(),
) -> dict[str, tuple[Month, ...]]:
    """Each service of `promised` in each calendar month of `zone` from `since` to `until`.

    `planned` are parts of `spans`; they do not count for the services in `excluded`.
    """
    months = list(_months(since, until, zone))
    found: dict[str, tuple[Month, ...]] = {}
    for service, per_cent in promised.items():
        is_out = service in excluded
        parts = tuple(planned.get(service, ()))
        counted = without(spans.get(service, ()), parts if is_out else ())
        found[service] = tuple(
            Month(name, total(_cut(counted, start, end)), end - start, per_cent,
                  total(_cut(parts, start, end)), is_out)
            for name, start, end in months
        )  # fmt: skip
    return found


def _less(span: Away, part: Away) -> Iterator[Away]:
    if part.end <= span.start or span.end <= part.start:
        yield span
        return
    if span.start < part.start:
        yield Away(span.start, part.start)
    if part.end < span.end:
        yield Away(part.end, span.end)


def _cut(spans: Iterable[Away], start: datetime, end: datetime) -> list[Away]:
    return [
        Away(max(span.start, start), min(span.end, end))
        for span in spans
        if span.start < end and span.end > start
    ]


def _months(
    since: datetime, until: datetime, zone: str
) -> Iterable[tuple[str, datetime, datetime]]:
    """Calendar months of a zone with their instants; those with a change of clocks are longer."""
    first = local_time(zone, since).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = first.year, first.month
    for _ in range(MOST_MONTHS):
        start = local_time(zone, datetime(year, month, 1)).astimezone(UTC)
        if start > until:
            return
        after = (year + 1, 1) if month == 12 else (year, month + 1)
        end = local_time(zone, datetime(*after, 1)).astimezone(UTC)
        yield f"{year:04}-{month:02}", start, end
        year, month = after
