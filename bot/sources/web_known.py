# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps of a trigger's delivery only what is news: a trigger names values, not what changed.

A value that we know already is no change; one of a ticket that we do not know yet is left to the
export, which brings the whole ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.rules.events import Event, FieldChanged
from bot.rules.ticket import Ticket
from bot.store.store import Store


def only_news(store: Store, events: Sequence[Event]) -> Sequence[Event]:
    """The events whose value differs from the known one, with the old value filled in."""
    news: list[Event] = []
    with store.read() as reader:
        for event in events:
            fact = event.fact
            if not isinstance(fact, FieldChanged):
                news.append(event)
                continue
            known = reader.tickets.by_number(fact.number)
            if known is None:
                continue
            old = _value(known, fact.field)
            if old != fact.new:
                news.append(replace(event, fact=replace(fact, old=old)))
    return news


def _value(ticket: Ticket, field: str) -> str | None:
    match field:
        case "status":
            return str(ticket.status)
        case "priority":
            return ticket.priority
        case "category":
            return ticket.category
        case "group":
            return ticket.group
        case "tags":
            return " ".join(sorted(ticket.tags)) or None
    return ticket.fields.get(field)
