# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate calendar close|open|usual|switches`: hours that hold otherwise than the policy says.

The order goes into the inbox, where the running daemon takes it up within a second; without one it
waits there. It ends by itself.
"""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import Clock, SystemClock
from bot.commands.stored import stored, writable
from bot.commands.time import calendar_of, instant, length_of
from bot.commands.unusable import Unusable
from bot.handlers.calendars import switches_of
from bot.rules.business_time import Calendar
from bot.rules.calendar_changes import NamedSwitch
from bot.rules.calendar_days import local_time
from bot.rules.events import CalendarSwitched, Event

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was typed: from when, until when or for how long, why, and by whom."""

    start: str = "now"
    until: str | None = None
    length: str | None = None
    because: str = ""
    by: str | None = None


def switch(folder: Path, name: str, is_open: bool | None, ordered: Ordered) -> int:
    """Close or open a calendar, or (None) let its usual hours hold again; 0, or 2 for unusable."""
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    try:
        calendar = calendar_of(folder, name)
        fact = _fact(calendar, is_open, ordered, clock.now())
        _write(fact, clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(_sentence(fact, calendar), markup=False)
    console.print("written down; a running daemon takes it up within a second")
    return 0


def show_switches(*, as_json: bool) -> int:
    """Print what was closed and opened by command; 0, or 2 for a store that is unusable."""
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    try:
        with stored(clock) as reader:
            found = switches_of(reader)
    except Unusable as problem:
        problem.show(console)
        return 2
    rows = [_row(each, clock.now()) for each in found]
    if as_json:
        print(json.dumps({"switches": rows}, ensure_ascii=False))  # noqa: T201
    elif not rows:
        console.print("No calendar was closed or opened by command.")
    else:
        console.print(_table(rows))
    return 0


def _fact(
    calendar: Calendar, is_open: bool | None, ordered: Ordered, now: datetime
) -> CalendarSwitched:
    if not ordered.because.strip():
        raise Unusable(
            "deskmate: say why, for those who read the clocks later: --because 'power cut'"
        )
    by = ordered.by or getpass.getuser()
    start = max(instant(ordered.start, calendar.spec.zone).astimezone(UTC), now)
    end = now if is_open is None else _end(calendar, ordered, start)
    return CalendarSwitched(calendar.name, is_open, start, end, ordered.because.strip()[:200], by)


def _end(calendar: Calendar, ordered: Ordered, start: datetime) -> datetime:
    if (ordered.until is None) == (ordered.length is None):
        raise Unusable("deskmate: say when it ends: --until 2026-03-10T18:00, or --for 4h")
    if ordered.length is not None:
        end = start + timedelta(seconds=length_of(ordered.length))
    else:
        end = instant(ordered.until or "", calendar.spec.zone).astimezone(UTC)
    if end <= start:
        raise Unusable("deskmate: that ends before it begins")
    if end - start > LONGEST:
        raise Unusable("deskmate: that is longer than a year; write it into calendars.yaml")
    return end


def _write(fact: CalendarSwitched, clock: Clock) -> None:
    now = clock.now()
    key = f"calendar/{fact.calendar}/{now.isoformat()}"
    event = Event(key, f"calendar/{fact.calendar}", now, "command", fact)
    with writable(clock) as store:
        store.receive([event]).result()


def _sentence(fact: CalendarSwitched, calendar: Calendar) -> str:
    if fact.is_open is None:
        return f"{fact.calendar}: its usual hours hold again ({fact.reason}, {fact.by})"
    verb = "open" if fact.is_open else "closed"
    zone = calendar.spec.zone
    start, end = (f"{local_time(zone, at):%a %Y-%m-%d %H:%M}" for at in (fact.start, fact.end))
    return f"{fact.calendar}: {verb} from {start} until {end}, {zone} ({fact.reason}, {fact.by})"


def _row(each: NamedSwitch, now: datetime) -> dict[str, object]:
    switched = each.switch
    state = "over" if switched.end <= now else "planned" if switched.start > now else "now"
    return {
        "calendar": each.calendar,
        "is_open": switched.is_open,
        "from": switched.start.isoformat(timespec="seconds"),
        "until": switched.end.isoformat(timespec="seconds"),
        "state": state,
        "by": each.by,
        "because": switched.reason,
    }


def _table(rows: list[dict[str, object]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "calendar", "", "from", "until", "by", "because"):
        table.add_column(heading)
    for row in rows:
        verb = "open" if row["is_open"] else "closed"
        shown = (row["state"], row["calendar"], verb, row["from"], row["until"], row["by"])
        table.add_row(*(str(each) for each in shown), str(row["because"]).replace("[", "\\["))
    return table
