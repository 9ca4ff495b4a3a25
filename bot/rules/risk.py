# SPDX-License-Identifier: GPL-3.0-or-later
"""Which open tickets deserve a look before a promise breaks, each with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.history import Change, ChangeKind
from bot.rules.sla import Phase
from bot.rules.ticket import Actor, Status, Ticket
from bot.rules.ticket_clocks import TicketClock

PAST_SHARE = 0.75
REPEATED = 3
REPEATED_WITHIN = timedelta(days=7)
GROWING = 3
"""Messages of the requester since anybody answered."""
_DONE = (Status.SOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Risk:
    """One ticket and why it is at risk; `due_at` is its next deadline."""

    ticket: Ticket
    reasons: tuple[str, ...]
    due_at: datetime | None


def risk_of(
    ticket: Ticket,
    history: Sequence[Change],
    clocks: Sequence[TicketClock],
    siblings: Sequence[Ticket],
) -> Risk | None:
    """The ticket's risk; `siblings` are all open tickets, among them its customer's others."""
    reasons = (
        *_late(clocks),
        *_reopened(history),
        *_repeated(ticket, siblings),
        *_growing(history),
    )
    due = [c.state.due_at for c in clocks if c.state.is_open and c.state.due_at is not None]
    return Risk(ticket, reasons, min(due, default=None)) if reasons else None


def _late(clocks: Sequence[TicketClock]) -> tuple[str, ...]:
    found = []
    for clock in clocks:
        state = clock.state
        name = state.name.replace("_", " ")
        if state.phase is not Phase.RUNNING or not state.target:
            continue
        if state.breached_at is not None:
            found.append(f"{name} is broken")
        elif state.elapsed >= PAST_SHARE * state.target:
            found.append(f"{name} is {state.elapsed * 100 // state.target} % used")
    return tuple(found)


def _reopened(history: Sequence[Change]) -> tuple[str, ...]:
    times = sum(
        change.field == "status" and change.old in _DONE and change.new not in _DONE
        for change in history
    )
    return (f"reopened {times} times" if times > 1 else "reopened",) if times else ()


def _repeated(ticket: Ticket, siblings: Sequence[Ticket]) -> tuple[str, ...]:
    """The same customer has several open at once: one fault, or one bad week."""
    if ticket.organisation is None:
        return ()
    near = [
        other
        for other in siblings
        if other.organisation == ticket.organisation
        and abs(other.created_at - ticket.created_at) <= REPEATED_WITHIN
    ]
    if len(near) < REPEATED:
        return ()
    return (f"one of {len(near)} open tickets of {ticket.organisation} within a week",)


def _growing(history: Sequence[Change]) -> tuple[str, ...]:
    waiting = 0
    for change in history:
        if change.kind is not ChangeKind.COMMENT or not change.is_public:
            continue
        waiting = 0 if change.actor is Actor.AGENT else waiting + 1
    return (f"{waiting} messages without an answer",) if waiting >= GROWING else ()
