# SPDX-License-Identifier: GPL-3.0-or-later
"""A year of rosters as a page to be read by eye: a strip per month, a colour per person."""

from __future__ import annotations

from calendar import month_name, monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.commands.time import write_file
from bot.pages.render import page_text
from bot.rules.calendar_days import local_time

COLOURS = 8
"""So many people have a colour of their own; the stylesheet names them."""
HOURS_OF_STRIP = 31 * 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A duty within one month: `x` and `width` in hours from its first midnight."""

    x: float
    width: float
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month's strip; holes stand in it as duties of nobody."""

    name: str
    days: int
    bars: tuple[Bar, ...]
    holes: tuple[Bar, ...]


def write_page(target: Path, answers: Sequence[Mapping[str, Any]], *, desk: str, year: int) -> None:
    """Write the year of every roster; `answers` are those of `deskmate oncall --json`."""
    rosters = [_roster(answer, year) for answer in answers]
    values = {"desk": desk, "year": year, "rosters": rosters, "width": HOURS_OF_STRIP}
    write_file(target, page_text("oncall.html.j2", values))


def _roster(answer: Mapping[str, Any], year: int) -> dict[str, Any]:
    zone = answer["zone"]
    people = dict.fromkeys(name for duty in answer["duties"] for name in duty["who"])
    colours = {name: f"who-{number % COLOURS}" for number, name in enumerate(people)}
    duties = [_bar_of(duty, zone, colours) for duty in answer["duties"] if duty["who"]]
    holes = [_bar_of(hole, zone, colours) for hole in answer["holes"]]
    return {
        **answer,
        "colours": colours,
        "until": _said(answer["until"], zone),
        "holes": [{"from": _said(h["from"], zone), "until": _said(h["until"], zone)}
                  for h in answer["holes"]],
        "months": [
            Month(
                month_name[number],
                monthrange(year, number)[1],
                _within(duties, year, number),
                _within(holes, year, number),
            )
            for number in range(1, 13)
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A duty by its local wall-clock times, without a zone."""

    start: datetime
    end: datetime
    colour: str
    title: str


def _bar_of(duty: Mapping[str, Any], zone: str, colours: Mapping[str, str]) -> _Stretch:
    start, end = (
        local_time(zone, datetime.fromisoformat(duty[key])).replace(tzinfo=None)
        for key in ("from", "until")
    )
    who = ", ".join(duty["who"]) or "nobody"
    title = f"{who}: {start:%a %d %b %H:%M} to {end:%a %d %b %H:%M}"
    return _Stretch(start, end, colours[duty["who"][0]] if duty["who"] else "hole", title)


def _within(stretches: Sequence[_Stretch], year: int, month: int) -> tuple[Bar, ...]:
    first = datetime(year, month, 1)
    last = first + timedelta(days=monthrange(year, month)[1])
    found = []
    for each in stretches:
        start, end = max(each.start, first), min(each.end, last)
        if start < end:
            x, width = ((at - of) / timedelta(hours=1) for at, of in ((start, first), (end, start)))
            found.append(Bar(round(x, 2), round(width, 2), each.colour, each.title))
    return tuple(found)


def _said(text: str | None, zone: str) -> str:
    return f"{local_time(zone, datetime.fromisoformat(text)):%a %Y-%m-%d %H:%M}" if text else ""
