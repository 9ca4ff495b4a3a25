# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate calendar show`: a year of a calendar to be read by eye, as text or as a page."""

from __future__ import annotations

import re
from calendar import day_name, isleap, month_name
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from rich.columns import Columns
from rich.console import Console
from rich.text import Text

from bot.clock import SystemClock
from bot.commands.time import calendar_of, write_file
from bot.commands.unusable import Unusable
from bot.pages.render import page_text
from bot.rules.business_time import Calendar
from bot.rules.calendar_days import day_start, local_date, local_time


class DayKind(StrEnum):
    """How a day looks at a glance."""

    OPEN = "open"
    OTHER = "other"
    CLOSED = "closed"
    HOLIDAY = "holiday"


_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
STYLES = {
    DayKind.OPEN: "green",
    DayKind.OTHER: "bold yellow",
    DayKind.CLOSED: "dim",
    DayKind.HOLIDAY: "bold red",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One local date: what is open, and why it is not as usual."""

    day: date
    kind: DayKind
    hours: str
    note: str = ""
    clocks_change: bool = False


@dataclass(frozen=True, slots=True)
class UsualDay:
    """A weekday as it is on most dates; `windows` are (opening minute, length in minutes)."""

    name: str
    hours: str
    windows: tuple[tuple[int, int], ...]


def show(folder: Path, name: str, year: int | None, *, html: Path | None) -> int:
    """Print a year (this one), or write it to `html`; 0, or 2 for a calendar that is none."""
    year = year or SystemClock().now().year
    console = Console(highlight=False, soft_wrap=True)
    try:
        calendar = calendar_of(folder, name)
    except Unusable as problem:
        problem.show(console)
        return 2
    days = days_of(calendar, year)
    if html is not None:
        values = {"name": name, "year": year, "zone": calendar.spec.zone, "months": _months(days),
                  "special": special(days), "week": usual_week(days)}  # fmt: skip
        try:
            write_file(html, page_text("calendar.html.j2", values))
        except Unusable as problem:
            problem.show(console)
            return 2
        console.print(f"written: {html}", markup=False)
        return 0
    console.print(f"[bold]{name}[/] {year}, {calendar.spec.zone}")
    console.print(_legend())
    for usual in usual_week(days):
        console.print(f"  {usual.name:<10} {usual.hours}", markup=False)
    console.print(Columns([_month(each) for each in _months(days)], padding=(1, 3)))
    for day in special(days):
        console.print(f"  {day.day:%a %Y-%m-%d}  {day.hours:<24} {day.note}", markup=False)
    return 0


def days_of(calendar: Calendar, year: int) -> list[Day]:
    """Every local date of a year; a day is "other" where its hours are not its weekday's usual."""
    found = [_day(calendar, date(year, 1, 1) + timedelta(days=n)) for n in range(_length(year))]
    usual = _usual(found)
    return [_judged(day, usual[day.day.weekday()]) for day in found]


def usual_week(days: list[Day]) -> list[UsualDay]:
    """The hours that each weekday has on most dates of the year."""
    found = _usual(days)
    return [
        UsualDay(day_name[weekday], found[weekday], tuple(_windows(found[weekday])))
        for weekday in range(7)
    ]


def special(days: list[Day]) -> list[Day]:
    """The days to look at: holidays, other hours, and days on which the clocks change."""
    return [day for day in days if day.note or day.kind is DayKind.OTHER]


def _usual(days: list[Day]) -> dict[int, str]:
    return {
        weekday: _most([day.hours for day in days if day.day.weekday() == weekday])
        for weekday in range(7)
    }


def _windows(hours: str) -> Iterator[tuple[int, int]]:
    for match in _WINDOW.finditer(hours):
        opens, minutes, closes, more = map(int, match.groups())
        start = opens * 60 + minutes
        yield start, closes * 60 + more - start


def _day(calendar: Calendar, day: date) -> Day:
    zone = calendar.spec.zone
    start = local_time(zone, datetime(day.year, day.month, day.day))
    following = day + timedelta(days=1)
    end = local_time(zone, datetime(following.year, following.month, following.day))
    spans = calendar.segments(start, end)
    hours = ", ".join(f"{_clock(zone, s.start, day)}-{_clock(zone, s.end, day)}" for s in spans)
    length = day_start(zone, following) - day_start(zone, day)
    notes = [span.why for span in calendar.explain(start, end) if span.why]
    is_holiday = bool(notes) and not spans
    if length != 86_400:
        notes.append(f"the clocks change: this day has {length / 3600:g} hours")
    note = "; ".join(dict.fromkeys(notes))
    kind = DayKind.HOLIDAY if is_holiday else DayKind.OPEN if spans else DayKind.CLOSED
    return Day(day, kind, hours or "closed", note, length != 86_400)


def _judged(day: Day, usual: str) -> Day:
    if day.kind is DayKind.OPEN and day.hours != usual:
        return replace(day, kind=DayKind.OTHER)
    return day


def _clock(zone: str, at: int, day: date) -> str:
    if local_date(zone, at) != day:
        return "24:00"
    from_start = at - day_start(zone, day)
    local = local_time(zone, datetime.fromtimestamp(at, UTC))
    return local.strftime("%H:%M") if from_start else "00:00"


def _months(days: list[Day]) -> list[list[Day]]:
    return [[day for day in days if day.day.month == month] for month in range(1, 13)]


def _month(days: list[Day]) -> Text:
    text = Text(f"{month_name[days[0].day.month]:<20}\n", style="bold")
    text.append("Mo Tu We Th Fr Sa Su\n", style="dim")
    text.append("   " * days[0].day.weekday())
    for day in days:
        text.append(f"{day.day.day:>2}", style=STYLES[day.kind])
        text.append("\n" if day.day.weekday() == 6 else " ")
    return text


def _legend() -> Text:
    text = Text()
    for kind in DayKind:
        text.append(f" {kind} ", style=STYLES[kind])
    return text


def _most(values: list[str]) -> str:
    return max(set(values), key=lambda value: (values.count(value), value))


def _length(year: int) -> int:
    return 366 if isleap(year) else 365
