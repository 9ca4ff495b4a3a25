# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps which rooms heard of a ticket, so that what they were shown can be brought up to date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.actions import Notice, Outgoing
from bot.rules.cards import TIMED, Card, Room
from bot.store.rows import body_of, value_of
from bot.store.transaction import Transaction

CARD = "card"
"""The kind of a card's timer; its key, as that of its state, is `card/TICKET`."""
EDITED = "slack:"


def card_key(ticket_id: str) -> str:
    """Under which name a ticket's card and its timer are kept."""
    return f"{CARD}/{ticket_id}"


def load_card(ticket_id: str, tx: Transaction) -> Card | None:
    """A ticket's card; None where no room that can be edited heard of it."""
    state = tx.alerts.load(card_key(ticket_id))
    return None if state is None else value_of(Card, state["card"])


def save_card(ticket_id: str, card: Card, tx: Transaction) -> None:
    """Write a ticket's card down."""
    tx.alerts.save(card_key(ticket_id), {"card": body_of(card)}, ticket_id=ticket_id)


def note_room(row: Outgoing, notice: Notice, tx: Transaction, now: datetime) -> None:
    """A room hears of a ticket: from now on its first message there is kept up to date."""
    ticket_id = notice.ticket_id
    if ticket_id is None or notice.kind not in TIMED or not row.destination.startswith(EDITED):
        return
    card = load_card(ticket_id, tx) or Card(notice.kind, now)
    rooms = card.rooms
    if all(each.destination != row.destination for each in rooms):
        rooms = (*rooms, Room(row.destination, now, notice.language, notice.zone))
    save_card(ticket_id, replace(card, told_at=now, rooms=rooms, is_closed=False), tx)
