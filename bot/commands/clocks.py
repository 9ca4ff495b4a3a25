# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate clocks TICKET`: where each promise to a ticket stands, and how that was counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.stored import stored
from bot.commands.time import span_table
from bot.commands.unusable import Unusable, policy_of
from bot.handlers.calendars import as_switched
from bot.rules.business_time import Calendar, Span
from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy, compile_policy, for_ticket
from bot.rules.sla import ClockState
from bot.rules.sla_explain import spans_of
from bot.rules.ticket import Ticket
from bot.rules.ticket_clocks import TicketClock, clocks_of, without_beginning
from bot.store.transaction import Reader


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket and its clocks at one moment."""

    ticket: Ticket
    clocks: tuple[TicketClock, ...]


def show_clocks(number: int, folder: Path, *, as_json: bool) -> int:
    """Print the clocks of the helpdesk's ticket `number`; 0, 1 for no such ticket, 2 unusable."""
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    now = clock.now()
    try:
        policy = policy_of(folder, clock)
        with stored(clock) as reader:
            compiled = as_switched(compile_policy(policy), reader)
            found = _find(number, reader, compiled, now)
    except Unusable as problem:
        problem.show(console)
        return 2
    if found is None:
        console.print(f"deskmate: ticket {number} is not known here")
        return 1
    compiled = for_ticket(compiled, found.ticket)
    if as_json:
        rows = [_row(each, compiled, now) for each in found.clocks]
        unknown = list(without_beginning(found.ticket, compiled))
        answer = {"ticket": number, "clocks": rows, "beginning_unknown": unknown}
        print(json.dumps(answer, ensure_ascii=False))  # noqa: T201
    else:
        _show(console, found, compiled, now)
    return 0


def _find(number: int, reader: Reader, compiled: CompiledPolicy, now: datetime) -> Found | None:
    ticket = reader.tickets.by_number(number)
    if ticket is None:
        return None
    history = reader.tickets.history(ticket.ticket_id)
    return Found(ticket, clocks_of(ticket, history, compiled, now))


def _show(console: Console, found: Found, compiled: CompiledPolicy, now: datetime) -> None:
    ticket = found.ticket
    console.print(f"[bold]#{ticket.number}[/]", end=" ")
    console.print(ticket.subject, markup=False)
    console.print(f"priority {ticket.priority or 'none'}, status {ticket.status}")
    if not found.clocks:
        console.print("no target is configured for such a ticket: nothing is promised")
    for name in without_beginning(ticket, compiled):
        console.print(f"{name.replace('_', ' ')}: nobody knows when we were notified; fill in the")
        console.print("  field notified_at, with the time of the call or the mail")
    for clock in found.clocks:
        state, calendar = clock.state, _calendar(clock, compiled)
        console.print(f"\n[bold]{state.name.replace('_', ' ')}[/]: {_sentence(state, now)}")
        target = timedelta(seconds=state.target or 0)
        used = timedelta(seconds=state.elapsed)
        console.print(f"  {used} of {target} used in {state.calendar}", markup=False)
        for due in clock.due:
            at = local_time(calendar.spec.zone, due.at).strftime("%a %Y-%m-%d %H:%M:%S %Z")
            console.print(f"  {due.kind} at {at}")
        spans = _spans(clock, compiled, now)
        if spans:
            console.print(span_table(spans, calendar))


def _sentence(state: ClockState, now: datetime) -> str:
    late = " [bold red](broken)[/]" if state.breached_at else ""
    match state.phase:
        case "running" if state.due_at is not None:
            left = state.due_at - now
            how = "late" if left < timedelta() else "left"
            return f"runs, {str(abs(left)).split('.')[0]} {how}{late}"
        case "paused":
            return f"paused, nothing falls due{late}"
        case "achieved":
            return f"kept{late}" if not state.breached_at else f"answered{late}"
        case phase:
            return f"{phase}{late}"


def _spans(clock: TicketClock, compiled: CompiledPolicy, now: datetime) -> tuple[Span, ...]:
    return spans_of(clock.state, _calendar(clock, compiled), now)


def _calendar(clock: TicketClock, compiled: CompiledPolicy) -> Calendar:
    """The one it counts in, which may be a priority's, a plan's or an organisation's own."""
    return compiled.calendars[clock.state.calendar]


def _row(clock: TicketClock, compiled: CompiledPolicy, now: datetime) -> dict[str, object]:
    state = clock.state
    return {
        "clock": state.name,
        "phase": state.phase.value,
        "calendar": state.calendar,
        "started_at": _iso(state.started_at),
        "due_at": _iso(state.due_at),
        "breached_at": _iso(state.breached_at),
        "achieved_at": _iso(state.achieved_at),
        "elapsed": state.elapsed,
        "target": state.target,
        "spans": [
            {"start": _iso(s.start), "end": _iso(s.end), "kind": s.kind.value, "why": s.why}
            for s in _spans(clock, compiled, now)
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
