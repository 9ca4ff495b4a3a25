# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a room whose messages cannot be edited how a ticket ended, and what was kept for that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.handlers.card_rooms import KEPT
from bot.rules.actions import Notice, Outgoing, TicketLine, Urgency
from bot.rules.cards import Room
from bot.rules.delivery import OF_USE
from bot.rules.engine import CompiledPolicy
from bot.rules.few_cards import deserves_end
from bot.store.queues import OutboxRow
from bot.store.transaction import Transaction
from bot.texts.render import render


def tell_end(
    room: Room, notice: Notice, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """One message: answered or done, and the first line of each that was kept."""
    if not deserves_end(room.shown):
        return
    rows = tx.outbox.of_ticket(notice.ticket_id or "")
    lines = first_lines(rows, room.destination, room.since, compiled)
    ended = replace(
        notice,
        language=room.language,
        zone=room.zone,
        reason=f"kept_back:{room.shown.kept}" if lines else "",
        lines=lines,
        due_at=None,
        clock=None,
    )
    tx.outbox.add(
        Outgoing(
            key=f"end/{notice.thread}/{now.isoformat()}/{room.destination}",
            destination=room.destination,
            order_key=f"{room.destination}/{notice.thread}",
            message=ended,
            urgency=Urgency.LOW,
            ticket_id=notice.ticket_id,
            expires_at=now + OF_USE[Urgency.LOW],
        ),
        now,
    )


def first_lines(
    rows: Iterable[OutboxRow], destination: str, since: datetime, compiled: CompiledPolicy
) -> tuple[TicketLine, ...]:
    """The first lines of what a room was not shown, as each read at its own instant."""
    policy, found = compiled.policy, []
    for row in rows:
        notice = row.outgoing.message
        is_here = row.outgoing.destination == destination and row.created_at >= since
        is_kept = row.reason == KEPT and not row.is_emptied
        if is_here and is_kept and isinstance(notice, Notice):
            said = render(notice, now=notice.at, names=policy.labels, texts=policy.texts)
            found.append(TicketLine(said.headline))
    return tuple(dict.fromkeys(found))
