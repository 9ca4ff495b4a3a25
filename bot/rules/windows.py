# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges of silences and maintenance: when one begins, ends soon, ends, and begins again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.rules.business_time import Calendar
from bot.rules.outage_state import Works
from bot.rules.silences import SOON, Silence


class EdgeKind(StrEnum):
    """What happens at an edge."""

    BEGIN = "begin"
    SOON = "soon"
    END = "end"


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge and its instant."""

    kind: EdgeKind
    at: datetime


def end_of(silence: Silence, now: datetime, calendars: Mapping[str, Calendar]) -> datetime | None:
    """When the one that holds now is over; None where it does not hold, or never ends."""
    if not silence.holds(now, calendars):
        return None
    return silence.end if silence.during is None else calendars[silence.during].next_close(now)


def next_edge(silence: Silence, now: datetime, calendars: Mapping[str, Calendar]) -> Edge | None:
    """The first edge after `now`; None where nothing begins or ends any more."""
    end = end_of(silence, now, calendars)
    if end is not None:
        soon = end - SOON
        return Edge(EdgeKind.SOON, soon) if soon > now else Edge(EdgeKind.END, end)
    if silence.during is None:
        start, until = silence.start, silence.end
        if start is None or until is None or not now < start < until:
            return None
        return Edge(EdgeKind.BEGIN, start)
    calendar = calendars.get(silence.during)
    if calendar is None or calendar.is_open(now):
        return None
    opening = calendar.next_open(now)
    return None if opening is None else Edge(EdgeKind.BEGIN, opening)


def works_on_helpdesk(
    silences: Iterable[Silence], now: datetime, calendars: Mapping[str, Calendar]
) -> Works | None:
    """The announced maintenance of the helpdesk that holds now, of several the longest.

    One that never ends is none: an outage must not hide behind it.
    """
    found = [
        Works(end, each.said)
        for each in silences
        if each.of_helpdesk and (end := end_of(each, now, calendars)) is not None
    ]
    return max(found, key=lambda works: works.until, default=None)
