# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells our people of words that the helpdesk did not take for a ticket it has."""

from __future__ import annotations

from datetime import datetime

from bot.rules.actions import Notice, NoticeKind, TicketUpdate, Timer
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.store.transaction import Transaction

_QUOTED = 500


def fire_refused_note(
    timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> str:
    """Once each: which ticket, why, and the words, which the ticket's history keeps here."""
    row = tx.outbox.by_key(timer.detail["row"])
    if row is None or not isinstance(row.outgoing.message, TicketUpdate):
        return "the note is forgotten"
    note, policy = row.outgoing.message, compiled.policy
    ticket = tx.tickets.load(note.ticket_id)
    notice = Notice(
        kind=NoticeKind.ADMIN,
        thread=f"ticket:{note.ticket_id}",
        at=now,
        reason=f"note_refused:#{note.number} ({timer.detail['why']})",
        title=ticket.subject if ticket is not None else "",
        quote=(note.comment or "")[:_QUOTED],
        ticket_id=note.ticket_id,
        number=note.number,
        reference=ticket.reference if ticket is not None else None,
        language=policy.language,
        zone=policy.zone,
    )
    for each in tell(policy.outage.tell, notice, compiled, key=timer.key, now=now):
        tx.outbox.add(each, now)
    return "told of words that the helpdesk refused"
