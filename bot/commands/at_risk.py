# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate at-risk`: the open tickets to look at now, each with its reasons."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.status import safe, until
from bot.commands.stored import stored
from bot.commands.unusable import Unusable, policy_of
from bot.handlers.calendars import as_switched
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.risk import Risk, risk_of
from bot.rules.ticket_clocks import clocks_of
from bot.store.transaction import Reader


def show_at_risk(folder: Path, *, as_json: bool) -> int:
    """Print the tickets at risk, the next deadline first; 0, or 2 for what is unusable."""
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    now = clock.now()
    try:
        policy = policy_of(folder, clock)
        with stored(clock) as reader:
            compiled = as_switched(compile_policy(policy), reader)
            risks = read_risks(reader, compiled, now)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps({"at_risk": [_row(each) for each in risks]}, ensure_ascii=False))  # noqa: T201
    elif not risks:
        console.print("No open ticket is at risk.")
    else:
        console.print(_table(risks, now))
    return 0


def read_risks(reader: Reader, compiled: CompiledPolicy, now: datetime) -> list[Risk]:
    """Every open ticket at risk, the next deadline first."""
    tickets = reader.tickets.open_tickets()
    found = []
    for ticket in tickets:
        history = reader.tickets.history(ticket.ticket_id)
        clocks = clocks_of(ticket, history, compiled, now)
        risk = risk_of(ticket, history, clocks, tickets)
        if risk is not None:
            found.append(risk)
    return sorted(found, key=lambda risk: (risk.due_at is None, risk.due_at or now))


def _row(risk: Risk) -> dict[str, object]:
    return {
        "number": risk.ticket.number,
        "subject": risk.ticket.subject,
        "organisation": risk.ticket.organisation,
        "due_at": risk.due_at.isoformat() if risk.due_at else None,
        "reasons": list(risk.reasons),
    }


def _table(risks: list[Risk], now: datetime) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("due", "no.", "whose", "subject", "why"):
        table.add_column(heading, no_wrap=heading in ("due", "no."))
    for risk in risks:
        ticket = risk.ticket
        table.add_row(
            until(risk.due_at, now),
            str(ticket.number or "-"),
            safe(ticket.organisation or ticket.requester.name or "-"),
            safe(ticket.subject[:50]),
            safe("; ".join(risk.reasons)),
        )
    return table
