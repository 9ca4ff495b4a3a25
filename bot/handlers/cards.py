# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the first message about a ticket up to date in each room, where what it says changed.

Every handler that changes how a ticket stands ends by this; a timer renews the time that is left.
Of several edits that wait only the newest is made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.handlers.card_ends import tell_end
from bot.handlers.card_rooms import CARD, card_key, load_card, save_card
from bot.handlers.case_words import is_case
from bot.handlers.ladders import open_ladders
from bot.handlers.ticket_effects import notice_of
from bot.rules.actions import Notice, Outgoing, Timer, Urgency
from bot.rules.cards import (
    ENDS,
    Face,
    Standing,
    answered_at,
    digest_of,
    face_of,
    highest,
    next_look,
)
from bot.rules.engine import CompiledPolicy
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction
from bot.store.waiting import next_due


def renew_card(
    ticket_id: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    is_time: bool = False,
) -> frozenset[str]:
    """Let each room's first message say how the ticket stands; which rooms are kept up to date.

    `is_time`: the time left is renewed also where nothing else changed.
    """
    card = load_card(ticket_id, tx)
    ticket = tx.tickets.load(ticket_id) if card is not None else None
    if card is None or ticket is None or is_case(ticket):
        return frozenset()
    rooms = frozenset(each.destination for each in card.rooms if each.can_edit)
    if card.is_closed:
        return rooms
    standing = _standing(ticket, tx)
    face = face_of(standing, card, now)
    notice = _notice(face, ticket, compiled, now)
    said = digest_of(face, notice)
    is_news = is_time or any(each.said != said for each in card.rooms)
    is_time = is_time and card.renewed_at != now
    told = [each for each in card.rooms if each.can_edit and (each.said or each.since != now)]
    # All of them or none: what waits for one room must not be taken back by another's edit.
    stale = told if is_time or any(each.said != said for each in told) else []
    if stale:
        tx.outbox.supersede_edits(ticket_id, now=now)
    for each in stale:
        shown = replace(notice, language=each.language, zone=each.zone)
        tx.outbox.add(_edit(each.destination, shown, said, now), now)
    ended = [each for each in card.rooms if not each.can_edit and face.kind in ENDS]
    for each in ended:
        tell_end(each, notice, tx, compiled, now=now)
    after = replace(
        card,
        rooms=tuple(replace(each, said=said) for each in card.rooms if each not in ended),
        renewed_at=now if stale else card.renewed_at,
        is_closed=standing.is_done,
    )
    if after != card:
        save_card(ticket_id, after, tx)
    if is_news:
        _set_timer(ticket_id, face, tx, now)
    return rooms


def fire_card(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """The time that is left is worth saying anew."""
    rooms = renew_card(timer.ticket_id or "", tx, compiled, now=now, is_time=True)
    return f"renewed in {len(rooms)} rooms"


def _standing(ticket: Ticket, tx: Transaction) -> Standing:
    taken = tx.alerts.load(f"taken/{ticket.ticket_id}") or {}
    owner = ticket.assignee.name if ticket.assignee else None
    ladder = highest(open_ladders(f"ticket:{ticket.ticket_id}", tx))
    due = next_due(ticket, tx)
    is_put_off = bool(taken.get("until"))
    by = None if is_put_off else taken.get("by")
    if by is None and not is_put_off and ladder is not None and ladder.is_taken:
        by = owner
    return Standing(
        is_done=ticket.status.is_done,
        answered_at=answered_at(tx.tickets.history(ticket.ticket_id)),
        taken_by=by,
        put_off_by=taken["by"] if is_put_off else None,
        owner=by or owner,
        clock=due.clock if due else None,
        due_at=due.at if due else None,
        level=max(0, ladder.level) if ladder else 0,
        pages=ladder.pages if ladder else 1,
        may_raise=ladder is not None and ladder.level + 1 < len(ladder.spec.levels),
    )


def _notice(face: Face, ticket: Ticket, compiled: CompiledPolicy, now: datetime) -> Notice:
    return replace(
        notice_of(ticket, face.kind, compiled, now),
        clock=face.clock,
        due_at=face.due_at,
        owner=face.owner,
        reason=face.reason,
        buttons=face.buttons,
    )


def _edit(destination: str, notice: Notice, said: str, now: datetime) -> Outgoing:
    return Outgoing(
        key=f"{CARD}/{notice.ticket_id}/{now.isoformat()}/{said}/{destination}",
        destination=destination,
        order_key=f"{destination}/{notice.thread}",
        message=notice,
        urgency=Urgency.EDIT,
        ticket_id=notice.ticket_id,
    )


def _set_timer(ticket_id: str, face: Face, tx: Transaction, now: datetime) -> None:
    key, at = card_key(ticket_id), next_look(face, now)
    if at is None:
        tx.timers.stop(key)
        return
    tx.timers.set(Timer(key, CARD, at, ticket_id=ticket_id))
