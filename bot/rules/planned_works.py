# SPDX-License-Identifier: GPL-3.0-or-later
"""Announced works on a service, and which part of its interruptions they cover.

Works cover nothing of an interruption that had begun when they were announced: who calls a fault
maintenance afterwards does not shorten it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.rules.business_time import Calendar
from bot.rules.interruptions import merged
from bot.rules.outage_report import Away
from bot.rules.silences import Silence

NO_NOTICE = timedelta()


@dataclass(frozen=True, slots=True)
class PlannedWorks:
    """Works on one service; those of the policy have no `announced_at`, they are always known."""

    name: str
    service: str
    start: datetime
    end: datetime
    announced_at: datetime | None = None


def service_of(silence: Silence) -> str | None:
    """The service that maintenance is on as a whole; None for one host or customer of it."""
    if not silence.is_maintenance or silence.of_helpdesk or set(silence.only) != {"service"}:
        return None
    return silence.only["service"].casefold()


def ordered_works(silence: Silence, announced_at: datetime) -> PlannedWorks | None:
    """What an order by command announces; None where it is no works on a service."""
    service = service_of(silence)
    if service is None or silence.start is None or silence.end is None:
        return None
    return PlannedWorks(silence.name, service, silence.start, silence.end, announced_at)


def kept_works(
    works: PlannedWorks, ordered: PlannedWorks | None, now: datetime
) -> tuple[PlannedWorks, ...]:
    """What of works stays announced as it was, after an order of their name.

    That is what was of them until now, and what the order goes on with: who prolongs works takes
    nothing away from their notice. Two parts where there is a break, none where nothing is left.
    """
    parts = [Away(works.start, min(works.end, now))]
    if ordered is not None and ordered.service == works.service and ordered.end > now:
        parts.append(Away(max(works.start, ordered.start), min(works.end, ordered.end)))
    kept = merged(each for each in parts if each.start < each.end)
    return tuple(replace(works, start=each.start, end=each.end) for each in kept)


def written_works(
    silences: Iterable[Silence],
    calendars: Mapping[str, Calendar],
    *,
    since: datetime,
    until: datetime,
) -> Iterator[PlannedWorks]:
    """Those of the policy between two instants, as the policy reads today."""
    for each in silences:
        service = service_of(each)
        if service is None:
            continue
        for span in _spans(each, calendars, since, until):
            yield PlannedWorks(each.name, service, span.start, span.end)


def planned_parts(
    spans: Iterable[Away], works: Sequence[PlannedWorks], notice: timedelta = NO_NOTICE
) -> tuple[Away, ...]:
    """The parts of interruptions within works that were announced `notice` ahead."""
    found = []
    for span in merged(spans):
        for each in works:
            start, end = max(span.start, each.start), min(span.end, each.end)
            if start < end and _was_announced(each, span, notice):
                found.append(Away(start, end))
    return merged(found)


def _was_announced(works: PlannedWorks, span: Away, notice: timedelta) -> bool:
    if works.announced_at is None:
        return True
    return works.announced_at <= span.start and works.start - works.announced_at >= notice


def _spans(
    silence: Silence, calendars: Mapping[str, Calendar], since: datetime, until: datetime
) -> Iterator[Away]:
    if silence.during is None:
        if silence.end is not None:
            yield Away(silence.start or since, silence.end)
        return
    calendar = calendars.get(silence.during)
    for each in calendar.segments(since, until) if calendar is not None else ():
        yield Away(datetime.fromtimestamp(each.start, UTC), datetime.fromtimestamp(each.end, UTC))
