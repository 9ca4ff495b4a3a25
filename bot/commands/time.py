# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate time`: business-time arithmetic for anyone, with the spans it counted and skipped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.unusable import Unusable, policy_of
from bot.config.problems import did_you_mean
from bot.rules.business_time import Calendar, Span, SpanKind, calendars_of
from bot.rules.calendar_days import local_time

YEARS = range(1970, 2201)
"""The years that commands take; zones and holidays mean nothing beyond them."""
LONGEST = 100 * 366 * 86_400
_DURATION = re.compile(
    r"(?:(\d{1,12})d)?(?:(\d{1,12})h)?(?:(\d{1,12})m)?(?:(\d{1,12})s)?", re.ASCII
)
_WORDS = {
    SpanKind.COUNTED: "[green]counted[/]",
    SpanKind.CLOSED: "[dim]closed[/]",
    SpanKind.HOLIDAY: "[yellow]holiday[/]",
    SpanKind.SWITCHED: "[yellow]closed by command[/]",
    SpanKind.PAUSED: "[cyan]paused[/]",
}


def add(folder: Path, name: str, start: str, length: str, *, as_json: bool) -> int:
    """When `length` of open time has passed since `start`; negative lengths go back."""
    return _run(folder, name, as_json, lambda calendar: _add(calendar, start, length))


def between(folder: Path, name: str, start: str, end: str, *, as_json: bool) -> int:
    """How much open time lies between two instants."""
    return _run(folder, name, as_json, lambda calendar: _between(calendar, start, end))


def is_open(folder: Path, name: str, at: str, *, as_json: bool) -> int:
    """Whether the calendar is open at an instant, and when it opens and closes next."""
    return _run(folder, name, as_json, lambda calendar: _open(calendar, at))


def calendar_of(folder: Path, name: str) -> Calendar:
    """One calendar of a policy; raises `Unusable` where there is none."""
    calendars = calendars_of(policy_of(folder, SystemClock()).calendars)
    if name not in calendars:
        raise Unusable(f"deskmate: no calendar {name!r}; {did_you_mean(name, calendars)}")
    return calendars[name]


def instant(text: str, zone: str) -> datetime:
    """An instant as typed: ISO-8601; without an offset it is the zone's local time; `now`."""
    if text == "now":
        return SystemClock().now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(
            f"deskmate: {text!r} is no instant; write 2026-03-10T13:20, or now"
        ) from None
    if at.year not in YEARS:
        raise Unusable(f"deskmate: {text!r}: write a year from {YEARS.start} to {YEARS.stop - 1}")
    return local_time(zone, at)


def write_file(target: Path, text: str) -> None:
    """Write a page where the user said; raises `Unusable` where that cannot be."""
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"deskmate: cannot write {target}: {error.strerror}") from None


Answered = tuple[dict[str, object], Sequence[Span]]
"""What is printed by name, and the spans it was counted from."""


def _run(folder: Path, name: str, as_json: bool, work: Callable[[Calendar], Answered]) -> int:
    console = Console(highlight=False, soft_wrap=True)
    try:
        calendar = calendar_of(folder, name)
        answer, spans = work(calendar)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        rows = [_row(span) for span in spans]
        whole = {"calendar": name, **answer, "spans": rows}
        print(json.dumps(whole, ensure_ascii=False, default=_plain))  # noqa: T201
        return 0
    for key, value in answer.items():
        console.print(f"{key.replace('_', ' '):<12} {_shown(value, calendar)}", markup=False)
    if spans:
        console.print(span_table(spans, calendar))
    return 0


def _add(calendar: Calendar, start: str, length: str) -> Answered:
    begin = instant(start, calendar.spec.zone)
    sign = -1 if length.startswith("-") else 1
    seconds = sign * length_of(length.lstrip("-+"))
    due = calendar.add(begin, seconds)
    first, last = sorted((begin, due)) if due else (begin, begin)
    return {"start": begin, "length": length, "due": due}, calendar.explain(first, last)


def _between(calendar: Calendar, start: str, end: str) -> Answered:
    first, last = instant(start, calendar.spec.zone), instant(end, calendar.spec.zone)
    seconds = calendar.between(first, last)
    answer: dict[str, object] = {"open": timedelta(seconds=seconds), "seconds": seconds}
    return answer, calendar.explain(first, last) if last > first else ()


def _open(calendar: Calendar, at: str) -> Answered:
    moment = instant(at, calendar.spec.zone)
    answer: dict[str, object] = {
        "at": moment,
        "open": calendar.is_open(moment),
        "next_open": calendar.next_open(moment),
        "next_close": calendar.next_close(moment),
    }
    return answer, ()


def length_of(text: str) -> int:
    """Seconds of a length as typed; raises `Unusable` for what is none."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        advice = "write 90s, 15m, 1h30m or 2d (24 open hours a day)"
        raise Unusable(f"deskmate: {text!r} is no length; {advice}")
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    length = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if length > LONGEST:
        raise Unusable(f"deskmate: {text!r} is over a hundred years; write a shorter length")
    return length


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _row(span: Span) -> dict[str, object]:
    return {
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "kind": span.kind.value,
        "why": span.why,
        "seconds": span.seconds,
    }


def span_table(spans: Sequence[Span], calendar: Calendar) -> Table:
    """Each stretch that was counted or skipped, in the calendar's own zone."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("from", "until", "", "length", "why"):
        table.add_column(heading, no_wrap=heading != "why")
    for span in spans:
        length = str(timedelta(seconds=span.seconds))
        start, end = _short(span.start, calendar), _short(span.end, calendar)
        table.add_row(start, end, _WORDS[span.kind], length, span.why)
    return table


def _short(at: datetime, calendar: Calendar) -> str:
    """Without the zone, which stands above the table, and without seconds that are zero."""
    local = local_time(calendar.spec.zone, at)
    return local.strftime("%a %Y-%m-%d %H:%M" + (":%S" if local.second else ""))


def _shown(value: object, calendar: Calendar) -> str:
    if isinstance(value, datetime):
        return local_time(calendar.spec.zone, value).strftime("%a %Y-%m-%d %H:%M:%S %Z")
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
