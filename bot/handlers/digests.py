# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the digests of a desk when its calendars open or close, and sets the next ones."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.sending import send
from bot.rules.actions import Notice, NoticeKind, Timer, Urgency
from bot.rules.delivery import tell
from bot.rules.digest import OpenTicket, horizon, lines_of, next_digest
from bot.rules.engine import CompiledPolicy
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction

DIGEST = "digest"
"""The kind of a digest's timer; its key is `digest/NAME`."""


def set_digests(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> None:
    """Let a timer run to the next instant of every digest."""
    for digest in compiled.policy.digests.values():
        at = next_digest(digest, compiled.calendars[digest.hours], now)
        if at is not None:
            tx.timers.set(Timer(f"{DIGEST}/{digest.name}", DIGEST, at))


def fire_digest(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Tell one digest by the state of now; one whose instant is long past is not caught up."""
    name = timer.key.removeprefix(f"{DIGEST}/")
    digest = compiled.policy.digests.get(name)
    if digest is None:
        return "no such digest"
    following = next_digest(digest, compiled.calendars[digest.hours], now)
    if following is not None:
        tx.timers.set(Timer(timer.key, DIGEST, following))
    calendar = compiled.calendars[digest.hours]
    if now - timer.due_at > max(digest.before, digest.due_within):
        return "too late to be of use"
    until = horizon(digest, calendar, timer.due_at)
    lines, soon = lines_of(_open_tickets(tx), until)
    notice = Notice(
        kind=NoticeKind.DIGEST,
        thread=timer.key.replace("/", ":", 1),
        at=timer.due_at,
        title="hand_over" if digest.is_at_closing else "opening",
        due_at=until,
        language=compiled.policy.language,
        zone=compiled.policy.zone,
        lines=lines,
        soon=soon,
    )
    key = f"{timer.key}/{timer.due_at.isoformat()}"
    rows = tell(digest.tell, notice, compiled, key=key, now=now, urgency=Urgency.LOW)
    send(rows, tx, compiled, now=now)
    return f"{len(lines)} open, {soon} due soon"


def _open_tickets(tx: Transaction) -> list[OpenTicket]:
    return [_pictured(ticket, tx) for ticket in tx.tickets.open_tickets()]


def _pictured(ticket: Ticket, tx: Transaction) -> OpenTicket:
    clocks = tx.tickets.clocks(ticket.ticket_id).values()
    dues = [
        datetime.fromisoformat(clock["due_at"])
        for clock in clocks
        if clock.get("due_at") and clock.get("phase") == "running"
    ]
    taken = tx.alerts.load(f"taken/{ticket.ticket_id}") or {}
    owner = taken.get("by") or (ticket.assignee.name if ticket.assignee else None)
    return OpenTicket(ticket, min(dues, default=None), owner)
