# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate incident availability`: each service by month against its promise."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.incident_json import month_json
from bot.commands.incident_product import months_of
from bot.commands.incident_product_text import month_cells
from bot.commands.incident_text import said_at
from bot.commands.status import safe
from bot.commands.stored import load_compiled, since_of, stored
from bot.commands.unusable import Unusable
from bot.rules.calendar_days import local_time
from bot.rules.incident_values import Incident
from bot.rules.keeping import Kept
from bot.rules.policy import Policy
from bot.store.incidents import all_incidents
from bot.texts.report_words import report_words

HEADINGS = ("service", "month", "away", "planned", "available", "promised", "allowed", "verdict")


def show_months(folder: Path, since: str, *, as_json: bool) -> int:
    """Print the months; 0, 1 if a promise was broken, 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        compiled, now = load_compiled(folder, clock), clock.now()
        policy = compiled.policy
        if not policy.incidents.services:
            raise Unusable(
                "deskmate: the policy names no service; see `incidents:` in docs/rules.md"
            )
        start = since_of(since, now)
        with stored(clock) as reader:
            known = [reader.journal.began(), *(each.began_at for each in all_incidents(reader))]
            # Of the time before the store's first record nobody knows whether a promise was kept.
            start = max(start, min((at for at in known if at is not None), default=now))
            start = max(start, _all_kept_since(policy, now) or start)
            found = months_of(reader, compiled, since=start, until=now, now=now)
    except Unusable as problem:
        problem.show(console)
        return 2
    is_broken = any(each.is_kept is False for months in found.values() for each in months)
    if as_json:
        shown = {name: [month_json(each) for each in months] for name, months in found.items()}
        print(json.dumps({"services": shown}, ensure_ascii=False))  # noqa: T201
        return int(is_broken)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in HEADINGS:
        table.add_column(heading)
    for name, months in found.items():
        for each in months:
            table.add_row(
                safe(policy.labels.get(name, name)), *month_cells(each, report_words("en"))
            )
    console.print(table)
    return int(is_broken)


def _all_kept_since(policy: Policy, now: datetime) -> datetime | None:
    """The first month of which no timeline was let go of; None where they are kept for ever."""
    span = policy.keep.of(Kept.INCIDENTS)
    if span is None:
        return None
    cut = local_time(policy.zone, now - span)
    year, month = (cut.year + 1, 1) if cut.month == 12 else (cut.year, cut.month + 1)
    return local_time(policy.zone, datetime(year, month, 1)).astimezone(UTC)


def incident_lines(incidents: Iterable[Incident], zone: str) -> list[str]:
    """A line for each incident of the product: name, since when, how it stands, what it is."""
    return [
        f"{each.name}  {said_at(each.began_at, zone)}  "
        f"{f'part of P{each.part_of}' if each.part_of else each.phase}  {each.severity}  "
        f"{', '.join(each.services)}  {safe(each.title)}"
        for each in incidents
    ]
