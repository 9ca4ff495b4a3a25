# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate incident list|report`: outages and incidents, told from the store alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.incident_json import incident_head, plain, product_json, rows_of
from bot.commands.incident_months import incident_lines
from bot.commands.incident_product import product_record
from bot.commands.incident_product_text import product_text
from bot.commands.incident_record import IncidentRecord, read_record, staff_were_told_at
from bot.commands.incident_text import ReportText, length, markdown, report_text, said_at
from bot.commands.options import HERE
from bot.commands.stored import load_compiled, stored
from bot.commands.unusable import Unusable
from bot.pages.render import page_text
from bot.rules.calendar_days import local_time
from bot.rules.incident_values import number_of
from bot.rules.outage_report import PROMISED
from bot.store.incidents import all_incidents, load_incident
from bot.texts.report_words import report_words
from bot.texts.words import LANGUAGES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: which outage, in which zone and language, against which promise, where to."""

    name: str
    zone: str = "UTC"
    promised: float = PROMISED
    html: Path | None = None
    policy: Path = HERE
    language: str = ""


def show_incidents(zone: str, *, as_json: bool) -> int:
    """Print every outage and incident, the newest last; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        check_zone(zone)
        with stored(clock) as reader:
            numbers = range(1, (reader.incidents.latest() or 0) + 1)
            read = [read_record(n, reader, clock.now(), promised=PROMISED) for n in numbers]
            product = all_incidents(reader)
    except Unusable as problem:
        problem.show(console)
        return 2
    found = [each for each in read if each is not None]
    if as_json:
        rows = [_head(each) for each in found]
        shown = {"incidents": rows, "product": [incident_head(each) for each in product]}
        print(json.dumps(shown, ensure_ascii=False))  # noqa: T201
        return 0
    for each in found:
        state = "over" if each.is_over else "NOT OVER"
        away = length(each.away_for)
        console.print(f"{each.number}  {said_at(each.began, zone)}  away {away}  {state}")
    if not found:
        console.print("There was no outage.")
    for line in incident_lines(product, zone):
        console.print(line, markup=False)
    return 0


def show_report(asked: Asked, *, as_json: bool) -> int:
    """Print or write the report; 0, or 2 where there is no such outage or incident."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        check_zone(asked.zone)
        if not 0 < asked.promised < 100:
            raise Unusable(f"deskmate: {asked.promised} is no promise; write 99.9")
        if asked.language and asked.language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise Unusable(f"deskmate: {asked.language!r} is no language of ours; write {known}")
        number = number_of(asked.name)
        text, whole = _outage(asked, clock) if number is None else _product(asked, number, clock)
        if as_json:
            print(json.dumps(whole, ensure_ascii=False))  # noqa: T201
            return 0
        if asked.html is None:
            print(markdown(text), end="")  # noqa: T201
            return 0
        _write(asked.html, page_text("incident.html.j2", {"report": text}))
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(f"written to {asked.html}", markup=False)
    return 0


def _outage(asked: Asked, clock: SystemClock) -> tuple[ReportText, dict[str, Any]]:
    number = int(asked.name) if asked.name.isascii() and asked.name.isdecimal() else 0
    with stored(clock) as reader:
        record = read_record(number, reader, clock.now(), promised=asked.promised)
    if record is None:
        raise Unusable(
            f"deskmate: there was no outage {asked.name}; `deskmate incident list` shows them"
        )
    say = report_words(asked.language or _language_of_the_desk(asked.policy, clock))
    return report_text(record, asked.zone, say), _whole(record)


def _product(asked: Asked, number: int, clock: SystemClock) -> tuple[ReportText, dict[str, Any]]:
    compiled = load_compiled(asked.policy, clock)
    policy = compiled.policy
    with stored(clock) as reader:
        incident = load_incident(number, reader)
        if incident is None:
            raise Unusable(
                f"deskmate: there is no incident {asked.name}; `deskmate incident list` shows them"
            )
        record = product_record(incident, reader, compiled, clock.now())
    say = report_words(asked.language or policy.language)
    return product_text(record, policy, asked.zone, say), product_json(record)


def _language_of_the_desk(folder: Path, clock: SystemClock) -> str:
    """The policy's language; English where there is none, for an outage is told without one too."""
    try:
        return load_compiled(folder, clock).policy.language
    except Unusable:
        return "en"


def check_zone(zone: str) -> None:
    """Raises `Unusable` for what is no zone."""
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
        "began": plain(record.began),
        "ended": plain(record.ended) if record.is_over else None,
        "away_seconds": plain(record.away_for),
        "staff_told_at": plain(staff_were_told_at(record)),
        "availability": {
            "days": 30,
            "away_seconds": plain(month.away),
            "per_cent": month.per_cent,
            "promised": month.promised,
            "allowed_seconds": plain(month.allowed),
            "is_kept": month.is_kept,
        },
    }


def _whole(record: IncidentRecord) -> dict[str, Any]:
    return {
        **_head(record),
        "timeline": rows_of(record.timeline),
        "away": rows_of(record.away),
        "told": rows_of(record.told),
        "mails": {"count": len(record.mails), "fates": dict(record.fates),
                  "undecided": record.undecided, "each": rows_of(record.mails)},
        "breaches": rows_of(record.breaches),
    }  # fmt: skip
