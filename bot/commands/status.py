# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate status`: what the daemon knows now, read from the store; it need not be running."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.drill_memory import last_drill, said_of_drill
from bot.handlers.backfill_notices import progress_in
from bot.rules.outage_state import Blind, from_row
from bot.rules.ticket import Ticket
from bot.settings import read_settings
from bot.store.incidents import all_incidents
from bot.store.problems import StoreProblem
from bot.store.store import Store
from bot.store.transaction import Reader

SHOWN = 20


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """One open ticket and what is promised next; `due_at` is ISO-8601, None for nothing."""

    number: int | None
    subject: str
    customer: str | None
    priority: str | None
    category: str | None
    clock: str | None
    due_at: str | None
    is_breached: bool
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """One incident of the product that is not closed; `due_at` is when customers should hear."""

    incident: str
    phase: str
    severity: str
    services: tuple[str, ...]
    due_at: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `status` shows."""

    helpdesk: str
    helpdesk_since: str | None
    blind: str | None
    blind_since: str | None
    last_probe: str | None
    inbox: dict[str, int]
    outbox: dict[str, int]
    held: dict[str, str]
    parked: int
    open_tickets: int
    cases: dict[str, int]
    incidents: tuple[OpenIncident, ...]
    last_drill: dict[str, Any] | None
    due_next: tuple[OpenTicket, ...]


def show_status(*, as_json: bool) -> int:
    """Print the status; 0, or 2 when the store cannot be read."""
    console = Console(highlight=False, soft_wrap=True)
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        for problem in settings:
            console.print(str(problem), markup=False)
        return 2
    clock = SystemClock()
    try:
        with Store.open(settings.store, clock=clock) as store, store.read() as reader:
            status = read_status(reader)
    except StoreProblem as problem:
        console.print(f"deskmate: {problem}", markup=False)
        return 2
    if as_json:
        print(json.dumps(asdict(status), ensure_ascii=False))  # noqa: T201
    else:
        _show(console, status, clock.now())
    return 0


def read_status(reader: Reader) -> Status:
    """The status as the store has it."""
    outage = from_row(reader.states.load("outage"))
    tickets = reader.tickets.open_tickets()
    rows = [_open(ticket, reader) for ticket in tickets]
    rows.sort(key=lambda row: (row.due_at is None, row.due_at or "", row.number or 0))
    return Status(
        helpdesk=outage.standing,
        helpdesk_since=_iso(outage.since),
        blind=outage.blind.value if outage.blind is not Blind.NO else None,
        blind_since=_iso(outage.blind_since),
        last_probe=_iso(outage.last_round_at),
        inbox=reader.inbox.counts(),
        outbox=reader.outbox.counts(),
        held=reader.outbox.held(),
        parked=len(reader.inbox.parked()),
        open_tickets=len(tickets),
        cases=asdict(progress_in(reader)),
        incidents=tuple(
            OpenIncident(
                each.name, each.phase.value, each.severity, each.services, _iso(each.due_at)
            )
            for each in all_incidents(reader)
            if not each.is_closed
        ),
        last_drill=last_drill(reader),
        due_next=tuple(rows[:SHOWN]),
    )


def _open(ticket: Ticket, reader: Reader) -> OpenTicket:
    name, clock = _next_clock(reader.tickets.clocks(ticket.ticket_id))
    taken = reader.alerts.load(f"taken/{ticket.ticket_id}")
    return OpenTicket(
        number=ticket.number,
        subject=ticket.subject,
        customer=ticket.organisation or ticket.requester.name,
        priority=ticket.priority,
        category=ticket.category,
        clock=name,
        due_at=clock.get("due_at"),
        is_breached=clock.get("breached_at") is not None,
        taken_by=str(taken["by"]) if taken else None,
    )


def _next_clock(clocks: dict[str, dict[str, Any]]) -> tuple[str | None, dict[str, Any]]:
    running = [
        (name, clock)
        for name, clock in clocks.items()
        if clock.get("phase") == "running" and clock.get("due_at")
    ]
    if not running:
        return None, {}
    return min(running, key=lambda each: str(each[1]["due_at"]))


def _show(console: Console, status: Status, now: datetime) -> None:
    tone = "green" if status.helpdesk == "healthy" and not status.blind else "bold red"
    since = f" since {_clock(status.helpdesk_since, now)}" if status.helpdesk_since else ""
    console.print(f"helpdesk  [{tone}]{status.helpdesk}[/]{since}")
    if status.blind:
        since = f" since {_clock(status.blind_since, now)}" if status.blind_since else ""
        what = f"blind[/] ({status.blind}){since}: whether the helpdesk is there is not seen"
        console.print(f"[bold red]{what}")
    waiting = sum(status.outbox.get(state, 0) for state in ("waiting", "claimed", "unknown"))
    console.print(f"messages  {waiting} waiting, {status.outbox.get('refused', 0)} refused")
    for destination, reason in status.held.items():
        console.print(f"held      {destination}: {reason}", markup=False)
    if status.parked:
        console.print(
            f"[bold red]parked[/]    {status.parked} events failed too often: "
            "`deskmate inbox list --parked`"
        )
    if any(status.cases.values()):
        console.print(f"cases     {said_of_cases(status.cases)}")
    for each in status.incidents:
        due = f", update to customers due in {_clock(each.due_at, now)}" if each.due_at else ""
        what = f"{each.incident} {each.phase}, {each.severity}, {', '.join(each.services)}{due}"
        console.print(f"incident  {safe(what)}")
    console.print(f"rehearsal {said_of_drill(status.last_drill, now)}", markup=False)
    console.print(f"tickets   {status.open_tickets} open\n")
    if not status.due_next:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("due", "promise", "no.", "priority", "category", "whose", "subject", "who"):
        table.add_column(heading, overflow="ellipsis", no_wrap=heading != "subject")
    for row in status.due_next:
        due = _clock(row.due_at, now) if row.due_at else "-"
        table.add_row(
            f"[bold red]{due}[/]" if row.is_breached else due,
            (row.clock or "-").replace("_", " "),
            str(row.number or "-"),
            row.priority or "-",
            row.category or "-",
            safe(row.customer or "-"),
            safe(row.subject[:60]),
            safe(row.taken_by or "-"),
        )
    console.print(table)


def said_of_cases(cases: Mapping[str, int]) -> str:
    """How far the cases of an outage have come into the helpdesk."""
    parts = [f"{number} {name}" for name, number in cases.items() if number]
    there = cases["imported"] + cases["adopted"]
    return f"{there} of {sum(cases.values())} are in the helpdesk ({', '.join(parts)})"


def until(at: datetime | None, now: datetime) -> str:
    """How long it is until an instant, or with a minus since it; - for none."""
    if at is None:
        return "-"
    seconds = round((at - now).total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if seconds < 90:
        return f"{sign}{seconds} s"
    if seconds < 5400:
        return f"{sign}{seconds // 60} min"
    return f"{sign}{seconds // 3600} h {seconds % 3600 // 60:02d}"


def safe(text: str) -> str:
    """Text that is a customer's: it must not colour our terminal, nor move its cursor."""
    return "".join(c if c.isprintable() else " " for c in text).replace("[", "\\[")


def _clock(text: str | None, now: datetime) -> str:
    return until(datetime.fromisoformat(text), now) if text else "-"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
