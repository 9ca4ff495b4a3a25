# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps which rooms heard of a ticket and what they were shown of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.rules.actions import Notice, Outgoing, Urgency
from bot.rules.cards import TIMED, Card, Room
from bot.rules.delivery import destinations, people_at
from bot.rules.engine import CompiledPolicy
from bot.rules.few_cards import after_message, weight_of
from bot.store.queues import OutboxState
from bot.store.rows import body_of, value_of
from bot.store.transaction import Transaction

CARD = "card"
"""The kind of a card's timer; its key, as that of its state, is `card/TICKET`."""
ROOMS = frozenset({"slack", "teams"})
FEW = frozenset({"teams"})
"""Ways whose messages cannot be edited: of each matter they show few."""
KEPT = "kept for the summary"


def card_key(ticket_id: str) -> str:
    """Under which name a ticket's card and its timer are kept."""
    return f"{CARD}/{ticket_id}"


def load_card(ticket_id: str, tx: Transaction) -> Card | None:
    """A ticket's card; None where no room heard of it."""
    state = tx.alerts.load(card_key(ticket_id))
    return None if state is None else value_of(Card, state["card"])


def save_card(ticket_id: str, card: Card, tx: Transaction) -> None:
    """Write a ticket's card down."""
    tx.alerts.save(card_key(ticket_id), {"card": body_of(card)}, ticket_id=ticket_id)


def may_show(
    row: Outgoing, notice: Notice, tx: Transaction, *, now: datetime, has_other_way: bool
) -> bool:
    """Note what a room hears of a ticket; False where it is kept for the summary at its end."""
    ticket_id, kind = notice.ticket_id, row.destination.partition(":")[0]
    if ticket_id is None or notice.kind not in TIMED or kind not in ROOMS:
        return True
    card = load_card(ticket_id, tx) or Card(notice.kind, now)
    known = {each.destination: each for each in card.rooms}
    room = known.get(row.destination) or Room(row.destination, now, notice.language, notice.zone)
    is_kept = False
    if kind in FEW:
        weight = weight_of(notice.kind, row.urgency)
        verdict = after_message(room.shown, weight, has_other_way=has_other_way)
        room, is_kept = replace(room, shown=verdict.shown), verdict.is_kept
    rooms = tuple({**known, row.destination: room}.values())
    save_card(ticket_id, replace(card, told_at=now, rooms=rooms, is_closed=False), tx)
    return not is_kept


def full_ways(rows: Iterable[Outgoing]) -> frozenset[str]:
    """Those of their destinations that are shown everything."""
    return frozenset(
        row.destination for row in rows if row.destination.partition(":")[0] not in FEW
    )


def are_told_elsewhere(row: Outgoing, beside: Iterable[Outgoing], compiled: CompiledPolicy) -> bool:
    """Whether each of those whom a row goes to is told by another row that is shown for certain.

    `beside` are the rows of the same telling; what others are told by them calls nobody here.
    """
    told = full_ways(beside)
    people = people_at(row.destination, compiled)
    ways = [destinations(compiled.policy.people[name]) for name in people]
    return bool(ways) and all(not told.isdisjoint(each) for each in ways)


def keep(
    row: Outgoing, notice: Notice, tx: Transaction, now: datetime, *, is_told_elsewhere: bool
) -> None:
    """Keep a message for the summary; a call then goes its next way at once.

    `is_told_elsewhere`: those whom it calls are called by another row.
    """
    is_new = tx.outbox.add(row, now, untold=(OutboxState.SUPERSEDED, KEPT))
    is_call = row.urgency is Urgency.CRITICAL and not is_told_elsewhere
    if is_new and is_call and row.fallback:
        way, *rest = row.fallback
        instead = replace(
            row, key=f"{row.key}/instead/{way}", destination=way,
            order_key=f"{way}/{notice.thread}", fallback=tuple(rest),
        )  # fmt: skip
        tx.outbox.add(instead, now)
