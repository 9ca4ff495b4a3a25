# SPDX-License-Identifier: GPL-3.0-or-later
"""How instants and durations read: in the reader's zone and language, rounded down to minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.texts.words_type import Words

UTC = "UTC"
NEAR_DAYS = 6
"""Within so many days a weekday says which day is meant."""


def time_of(instant: datetime, *, now: datetime, zone: str, words: Words) -> str:
    """The time of day, with its day as soon as that is not today."""
    there, today = (each.astimezone(_zone(zone)) for each in (instant, now))
    days = abs((there.date() - today.date()).days)
    if days == 0:
        return f"{there:%H:%M}"
    return _on_day(words.near_day if days <= NEAR_DAYS else words.far_day, there, words)


def time_with_zone(instant: datetime, *, now: datetime, zone: str, words: Words) -> str:
    """The same and the zone's usual name: `Fri 16:30 CET`, `09:12 UTC-03`."""
    name = instant.astimezone(_zone(zone)).tzname() or UTC
    if name[0] in "+-":
        name = f"{UTC}{name}"
    name = words.zones.get(name, name)
    return f"{time_of(instant, now=now, zone=zone, words=words)} {name}"


def date_with_zone(instant: datetime, *, zone: str, words: Words) -> str:
    """Day, date, time and the zone's name, whatever day it is: `Wed 25 Nov 09:26 CET`."""
    there = instant.astimezone(_zone(zone))
    day = _on_day(words.far_day, there, words)
    name = there.tzname() or UTC
    name = f"{UTC}{name}" if name[0] in "+-" else name
    return f"{day} {words.zones.get(name, name)}"


def duration(length: timedelta, words: Words) -> str:
    """Whole minutes, the two largest units: `25 min`, `3 h 20 min`, `2 d 16 h`."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes == 0:
        return words.under_a_minute
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((words.days, days), (words.hours, hours), (words.minutes, minutes))
    first = next(place for place, (_, count) in enumerate(units) if count)
    return " ".join(unit.format(count) for unit, count in units[first : first + 2] if count)


def _on_day(pattern: str, there: datetime, words: Words) -> str:
    return pattern.format(
        weekday=words.weekdays[there.weekday()],
        day=words.first_day if there.day == 1 else there.day,
        month=words.months[there.month - 1],
        time=f"{there:%H:%M}",
    )


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(UTC)
