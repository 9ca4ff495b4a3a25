# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate report --month`: which promises were kept, warned of and broken."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.stored import stored
from bot.commands.time import YEARS
from bot.commands.unusable import Unusable, policy_of
from bot.handlers.calendars import as_switched
from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.sla_report import Ending, Kept, promises_of, tally
from bot.store.transaction import Reader

GROUPS = ("priority", "plan", "organisation")
COLUMNS = ("all", *(ending.value for ending in Ending), "warned")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def show_report(month: str | None, folder: Path, *, as_json: bool) -> int:
    """Print the report of a month (`2026-03`; the present one); 0, or 2 for what is unusable."""
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    now = clock.now()
    if month is not None and not _is_month(month):
        console.print(f"deskmate: {month!r} is no month; write 2026-03", markup=False)
        return 2
    try:
        policy = policy_of(folder, clock)
        month = month or f"{local_time(policy.zone, now):%Y-%m}"
        start, end = _bounds(int(month[:4]), int(month[5:]), policy.zone)
        with stored(clock) as reader:
            compiled = as_switched(compile_policy(policy), reader)
            found = read_report(reader, compiled, start=start, end=end, now=min(now, end))
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps({"month": month, **as_rows(found)}, ensure_ascii=False))  # noqa: T201
    else:
        _show(console, month, found)
    return 0


def read_report(
    reader: Reader, compiled: CompiledPolicy, *, start: datetime, end: datetime, now: datetime
) -> list[Kept]:
    """Every cycle of every clock that started in the month, from the store's own history."""
    found: list[Kept] = []
    for ticket in reader.tickets.all():
        if ticket.created_at < end and ticket.updated_at >= start:
            told = reader.alerts.of_ticket(ticket.ticket_id)
            history = [c for c in reader.tickets.history(ticket.ticket_id) if c.at <= now]
            found += promises_of(
                ticket, history, compiled, told=told, start=start, end=end, now=now
            )
    return found


def as_rows(found: list[Kept]) -> dict[str, object]:
    """The report for scripts: totals, and counts per clock and group."""
    total = Counter({"all": len(found)}) + Counter(each.ending.value for each in found)
    groups = {
        by: [
            {"clock": clock, by: value, **{name: row[name] for name in COLUMNS}}
            for (clock, value), row in sorted(tally(found, by).items())
        ]
        for by in GROUPS
    }
    return {"total": {name: total[name] for name in COLUMNS[:-1]}, **groups}


def _is_month(text: str) -> bool:
    match = _MONTH.fullmatch(text)
    return match is not None and int(match.group(1)) in YEARS


def _bounds(year: int, month: int, zone: str) -> tuple[datetime, datetime]:
    """A month begins and ends at the desk's own midnight."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return local_time(zone, datetime(year, month, 1)), local_time(zone, datetime(*following, 1))


def _show(console: Console, month: str, found: list[Kept]) -> None:
    console.print(f"[bold]{month}[/]: {len(found)} promises began")
    for by in GROUPS:
        table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
        for heading in ("promise", by, *COLUMNS):
            table.add_column(heading, justify="left" if heading in ("promise", by) else "right")
        for (clock, value), row in sorted(tally(found, by).items()):
            counts = [str(row[name]) if row[name] else "-" for name in COLUMNS]
            counts[2] = f"[bold red]{counts[2]}[/]" if row[Ending.BROKEN] else counts[2]
            table.add_row(clock.replace("_", " "), value.replace("[", "\\["), *counts)
        console.print()
        console.print(table)
