# SPDX-License-Identifier: GPL-3.0-or-later
"""Who waits for a word of ours, since when, and what is due next: read for lists and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.rules.history import ChangeKind
from bot.rules.ticket import Actor, Ticket
from bot.store.transaction import Reader

TICKETS = "read/export/tickets"
"""The state that says when the helpdesk's tickets were read last."""


@dataclass(frozen=True, slots=True)
class NextDue:
    """The promise that falls due next, or was broken already."""

    clock: str
    at: datetime
    is_breached: bool


def waits_since(ticket: Ticket, reader: Reader) -> datetime | None:
    """Since when the customer waits: their first public word after ours; None if they do not."""
    since: datetime | None = None
    for change in reader.tickets.history(ticket.ticket_id):
        is_word = change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT) and change.is_public
        if not is_word:
            continue
        if change.actor is Actor.REQUESTER:
            since = since or change.at
        elif change.actor is Actor.AGENT:
            since = None
    return since


def next_due(ticket: Ticket, reader: Reader) -> NextDue | None:
    """The running promise that is due first, None for none."""
    running = [
        NextDue(name, datetime.fromisoformat(clock["due_at"]), clock.get("breached_at") is not None)
        for name, clock in reader.tickets.clocks(ticket.ticket_id).items()
        if clock.get("phase") == "running" and clock.get("due_at")
    ]
    return min(running, key=lambda each: each.at, default=None)


def as_of(name: str, reader: Reader) -> str | None:
    """When something was read from the helpdesk last, as ISO-8601; None for never."""
    state = reader.states.load(name)
    return str(state["at"]) if state else None
