# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets the reminders of a ticket and tells them when they fall due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers.sending import send
from bot.handlers.ticket_effects import notice_of
from bot.rules.actions import NoticeKind, Reason, Timer
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.history import Change
from bot.rules.reminders import REMINDER, reason_of, reminders_of
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction


def set_reminders(
    ticket: Ticket, history: Sequence[Change], tx: Transaction, compiled: CompiledPolicy
) -> None:
    """Let exactly the reminders run that the ticket, as it is now, gives rise to."""
    if not compiled.policy.reminders:
        return
    wanted = {timer.key: timer for timer in reminders_of(ticket, history, compiled)}
    for running in tx.timers.of_ticket(ticket.ticket_id):
        if running.kind == REMINDER and running.key not in wanted:
            tx.timers.stop(running.key)
    told = tx.alerts.of_ticket(ticket.ticket_id)
    for timer in wanted.values():
        if timer.key not in told:
            tx.timers.set(timer)


def fire_reminder(
    timer: Timer, ticket: Ticket, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> str:
    """Tell one reminder, once; of several that fell due meanwhile only the last is told."""
    history = tx.tickets.history(ticket.ticket_id)
    wanted = reminders_of(ticket, history, compiled)
    tx.alerts.save(timer.key, {"told_at": now.isoformat()}, ticket_id=ticket.ticket_id)
    if timer.key not in {each.key for each in wanted}:
        return "no longer wanted"
    spec = compiled.policy.reminders[timer.detail["reminder"]]
    prefix = timer.key.rpartition("/")[0]
    if any(
        each.key.rpartition("/")[0] == prefix and timer.due_at < each.due_at <= now
        for each in wanted
    ):
        return "a later one is told instead"
    reason = reason_of(spec, timer)
    notice = replace(
        notice_of(ticket, NoticeKind.REMINDER, compiled, timer.due_at), reason=reason, buttons=()
    )
    send(tell(spec.tell, notice, compiled, key=timer.key, now=now), tx, compiled, now=now)
    tx.journal.add(
        at=now,
        subject=f"ticket:{ticket.ticket_id}",
        event_key=timer.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason(f"reminder {spec.name}", spec.because, (reason,)),),
        summary=f"reminded {', '.join(spec.tell)}",
    )
    return "reminded"
