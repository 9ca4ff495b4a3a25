# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an iCalendar file (RFC 5545) as stretches of duty: who from when until when.

A person is named by the event's attendee, by its common name or its address, else by its summary.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from bot.rules.roster import Stretch

GREATEST_FILE = 2 * 1024 * 1024
MOST_STRETCHES = 20_000
YEARS_BACK, YEARS_AHEAD = 1, 2


def stretches_of(file: Path, *, zone: str, this_year: int) -> tuple[Stretch, ...] | str:
    """The duty of every event around `this_year`, in order; a text says what is wrong."""
    try:
        if file.stat().st_size > GREATEST_FILE:
            return f"{file.name} is over {GREATEST_FILE // 1024 // 1024} MiB"
        calendar = icalendar.Calendar.from_ical(file.read_bytes())
    except OSError as error:
        return f"{file.name} cannot be read: {error.strerror}"
    except ValueError as error:
        return f"{file.name} is no iCalendar file: {str(error)[:120]}"
    start = datetime(this_year - YEARS_BACK, 1, 1, tzinfo=UTC)
    end = datetime(this_year + YEARS_AHEAD + 1, 1, 1, tzinfo=UTC)
    found: list[Stretch] = []
    for event in recurring_ical_events.of(calendar).between(start, end):
        if len(found) >= MOST_STRETCHES:
            return f"{file.name} holds over {MOST_STRETCHES} events"
        stretch = _stretch(event, ZoneInfo(zone))
        if stretch is not None:
            found.append(stretch)
    return tuple(sorted(found, key=lambda each: (each.start, each.end, each.who)))


def _stretch(event: Any, zone: ZoneInfo) -> Stretch | None:
    who = _who(event)
    start, end = _instant(event.start, zone), _instant(event.end, zone)
    return Stretch(who, start, end) if who and start < end else None


def _who(event: Any) -> str:
    attendees = event.get("ATTENDEE")
    first = attendees[0] if isinstance(attendees, list) and attendees else attendees
    if first is not None:
        name = str(first.params.get("CN", "")) or str(first).lower().removeprefix("mailto:")
        return name.strip()
    return str(event.get("SUMMARY", "")).strip()


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A whole day begins at local midnight; a time without a zone is the roster's."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
