# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an iCalendar file (RFC 5545) as stretches of duty: who from when until when.

An event names people of `people:` by its attendees (their address, or their name), else by its
summary: the whole of it, or a part between commas, colons or dashes. What would repeat more often
than daily, or for ever without a date, is refused before it is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from bot.rules.policy import NOWHERE, Place, Recipient
from bot.rules.roster_values import Stretch

GREATEST_FILE = 2 * 1024 * 1024
MOST_EVENTS, MOST_REPEATING, MOST_STRETCHES = 10_000, 200, 20_000
YEARS_BACK, YEARS_AHEAD = 1, 2
EARLIEST = 30
"""Years before this one in which a repeated event may have begun; it is counted from there."""
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = re.compile(r"\s*[,;:/&|]\s*|\s+[-–—]\s+")
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What the two libraries raise for the many ways in which a file can be wrong."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The duty of an iCalendar file, and the summaries of events that name nobody we know."""

    stretches: tuple[Stretch, ...] = ()
    strangers: tuple[str, ...] = ()


def read_feed(
    file: Path,
    people: Mapping[str, Recipient],
    *,
    zone: str,
    this_year: int,
    place: Place = NOWHERE,
) -> Feed | str:
    """The duty of every event around `this_year`, in order; a text says what is wrong.

    `zone` is that of events without one, `place` where the policy names the file.
    """
    try:
        if file.stat().st_size > GREATEST_FILE:
            return f"{file.name} is over {GREATEST_FILE // 1024 // 1024} MiB"
        calendar = icalendar.Calendar.from_ical(file.read_bytes())
        refused = _refused(calendar, this_year)
        events = () if refused else _occurrences(calendar, this_year)
        if refused or events is None:
            return f"{file.name} {refused or f'holds over {MOST_STRETCHES} turns of duty'}"
        return _feed(events, _Names(people), ZoneInfo(zone), place)
    except OSError as error:
        return f"{file.name} cannot be read: {error.strerror}"
    except _BROKEN as error:
        return f"{file.name} is no iCalendar file: {str(error)[:120] or type(error).__name__}"


def _feed(events: Iterable[Any], names: _Names, zone: ZoneInfo, place: Place) -> Feed:
    found: set[Stretch] = set()
    strangers: dict[str, None] = {}
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        start, end = _instant(event.start, zone), _instant(event.end, zone)
        who = names.of(event)
        if not who:
            strangers[str(event.get("SUMMARY", "")).strip()[:80]] = None
        if start < end:
            found.update(Stretch(each, start, end, place) for each in who)
    in_order = sorted(found, key=lambda each: (each.start, each.end, each.who))
    return Feed(tuple(in_order), tuple(strangers))


def _refused(calendar: Any, this_year: int) -> str:
    """Why a calendar is not expanded; empty when it may be."""
    if not isinstance(calendar, icalendar.Calendar):
        return "is no iCalendar file"
    events: list[Any] = list(calendar.walk("VEVENT"))
    repeating = [event for event in events if "RRULE" in event]
    if len(events) > MOST_EVENTS:
        return f"holds over {MOST_EVENTS} events"
    if len(repeating) > MOST_REPEATING:
        return f"holds over {MOST_REPEATING} events that repeat"
    for event in repeating:
        rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
        name = str(event.get("SUMMARY", ""))[:60]
        if event.start.year < this_year - EARLIEST:
            return f"has repeated {name!r} since {event.start.year}; begin it later"
        if any(not _is_bearable(rule) for rule in rules):
            return f"repeats {name!r} by a rule other than once a day, week, month or year"
    return ""


def _is_bearable(rule: Any) -> bool:
    """At most one occurrence a day, and none that is looked for to the end of time."""
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    if frequency not in FREQUENCIES or any(key in rule for key in ("BYSECOND", "BYMINUTE")):
        return False
    if len(rule.get("BYHOUR", [])) > 1:
        return False
    by_date = any(key in rule for key in ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"))
    return not (by_date and frequency in ("DAILY", "WEEKLY"))


def _occurrences(calendar: Any, this_year: int) -> list[Any] | None:
    """Every event of the years around this one; None where there are too many."""
    query = recurring_ical_events.of(calendar)
    found: list[Any] = []
    for year in range(this_year - YEARS_BACK, this_year + YEARS_AHEAD + 1):
        found += query.between(
            datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        )
        if len(found) > MOST_STRETCHES:
            return None
    return found


class _Names:
    """Finds people by what an event calls them."""

    def __init__(self, people: Mapping[str, Recipient]) -> None:
        self._names = {name.casefold(): name for name in people}
        self._mails = {
            person.mail.casefold(): name for name, person in people.items() if person.mail
        }

    def of(self, event: Any) -> tuple[str, ...]:
        """The people an event puts on duty, in its order; none where it names nobody we know."""
        attendees = event.get("ATTENDEE", [])
        listed = attendees if isinstance(attendees, list) else [attendees]
        found = [self._attendee(each) for each in listed]
        if not any(found):
            summary = str(event.get("SUMMARY", "")).strip().casefold()
            parts = [summary] if summary in self._names else _PARTS.split(summary)
            found = [self._names.get(part, "") for part in parts]
        return tuple(dict.fromkeys(name for name in found if name))

    def _attendee(self, attendee: Any) -> str:
        if str(attendee.params.get("PARTSTAT", "")).upper() == "DECLINED":
            return ""
        address = str(attendee).strip().casefold().removeprefix("mailto:")
        name = str(attendee.params.get("CN", "")).strip().casefold()
        return self._mails.get(address) or self._names.get(name, "")


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A whole day begins at local midnight; a time without a zone is the roster's."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
