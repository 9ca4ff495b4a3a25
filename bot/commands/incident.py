# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate incident`: lists the outages, and writes the report of one from the store alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.incident_record import IncidentRecord, read_record, staff_were_told_at
from bot.commands.incident_text import length, markdown, report_text, said_at
from bot.commands.stored import stored
from bot.commands.unusable import Unusable
from bot.pages.render import page_text
from bot.rules.calendar_days import local_time
from bot.rules.outage_report import PROMISED

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: which outage, in which zone, against which promise, into which file."""

    number: int
    zone: str = "UTC"
    promised: float = PROMISED
    html: Path | None = None


def show_incidents(zone: str, *, as_json: bool) -> int:
    """Print every outage, the newest last; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        _check_zone(zone)
        with stored(clock) as reader:
            numbers = range(1, (reader.incidents.latest() or 0) + 1)
            read = [read_record(n, reader, clock.now(), promised=PROMISED) for n in numbers]
    except Unusable as problem:
        problem.show(console)
        return 2
    found = [each for each in read if each is not None]
    if as_json:
        rows = [_head(each) for each in found]
        print(json.dumps({"incidents": rows}, ensure_ascii=False))  # noqa: T201
        return 0
    for each in found:
        state = "over" if each.is_over else "NOT OVER"
        away = length(each.away_for)
        console.print(f"{each.number}  {said_at(each.began, zone)}  away {away}  {state}")
    if not found:
        console.print("There was no outage.")
    return 0


def show_report(asked: Asked, *, as_json: bool) -> int:
    """Print or write the report; 0, or 2 where there is no such outage."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        _check_zone(asked.zone)
        if not 0 < asked.promised < 100:
            raise Unusable(f"deskmate: {asked.promised} is no promise; write 99.9")
        with stored(clock) as reader:
            record = read_record(asked.number, reader, clock.now(), promised=asked.promised)
        if record is None:
            raise Unusable(
                f"deskmate: there was no outage {asked.number}; `deskmate incident list` shows them"
            )
        if as_json:
            print(json.dumps(_whole(record), ensure_ascii=False))  # noqa: T201
            return 0
        text = report_text(record, asked.zone)
        if asked.html is None:
            print(markdown(text), end="")  # noqa: T201
            return 0
        _write(asked.html, page_text("incident.html.j2", {"report": text}))
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(f"written to {asked.html}", markup=False)
    return 0


def _check_zone(zone: str) -> None:
    try:
        local_time(zone, EPOCH)
    except (KeyError, ValueError, OSError):
        text = f"deskmate: {zone!r} is no zone; write one such as Europe/Stockholm"
        raise Unusable(text) from None


def _write(target: Path, page: str) -> None:
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"deskmate: cannot write {target}: {error.strerror}") from None


def _head(record: IncidentRecord) -> dict[str, Any]:
    month = record.availability
    return {
        "incident": record.number,
        "began": _plain(record.began),
        "ended": _plain(record.ended) if record.is_over else None,
        "away_seconds": _plain(record.away_for),
        "staff_told_at": _plain(staff_were_told_at(record)),
        "availability": {
            "days": 30,
            "away_seconds": _plain(month.away),
            "per_cent": month.per_cent,
            "promised": month.promised,
            "allowed_seconds": _plain(month.allowed),
            "is_kept": month.is_kept,
        },
    }


def _whole(record: IncidentRecord) -> dict[str, Any]:
    def rows(values: tuple[Any, ...]) -> list[dict[str, Any]]:
        return [{name: _plain(getattr(each, name)) for name in each.__slots__} for each in values]

    return {
        **_head(record),
        "timeline": rows(record.timeline),
        "away": rows(record.away),
        "told": rows(record.told),
        "mails": {"count": len(record.mails), "fates": dict(record.fates),
                  "undecided": record.undecided, "each": rows(record.mails)},
        "breaches": rows(record.breaches),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return round(value.total_seconds(), 1) if isinstance(value, timedelta) else value
