# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a case and the ticket that the helpdesk made of it be one; the case keeps its clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.handlers.ladders import close_ladders
from bot.handlers.tickets import set_clocks
from bot.rules.engine import CompiledPolicy
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor, Snapshot, Status, Ticket
from bot.rules.ticket_news import first_seen
from bot.store.transaction import Transaction

PERSONS = ("priority", "category", "group")


def take_over(
    number: int,
    case: Ticket,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    picture: Snapshot | None = None,
) -> None:
    """Give the case its number; what we knew of the helpdesk's own ticket goes over to it.

    The other's clocks end, its messages that have not gone out are taken back: the case has its
    own, which began when the mail came. `picture` shows a ticket that we do not know yet.
    """
    other = tx.tickets.by_number(number)
    if other is not None:
        for change in tx.tickets.history(other.ticket_id):
            if change.kind is not ChangeKind.CREATED:
                tx.tickets.add_change(case.ticket_id, change)
        _close(other, case, tx, compiled, now=now)
    shown = first_seen(case.ticket_id, picture) if picture is not None else None
    _join(number, case, other or shown, tx)
    adopted = tx.tickets.load(case.ticket_id) or case
    set_clocks(adopted, tx.tickets.history(case.ticket_id), tx, compiled, now=now)


def _join(number: int, case: Ticket, other: Ticket | None, tx: Transaction) -> None:
    """What our people set in the other stays, and so does who works on it."""
    case = replace(case, number=number, writer=case.requester)
    if other is None:
        tx.tickets.save(case)
        return
    by_hand = [name for name in PERSONS if other.set_by.get(name) is Actor.AGENT]
    kept = {name: getattr(other, name) for name in by_hand}
    setters = {**case.set_by, **dict.fromkeys(by_hand, Actor.AGENT)}
    tx.tickets.save(
        replace(
            case,
            **kept,
            set_by=setters,
            assignee=other.assignee,
            status=other.status if other.assignee else case.status,
        )
    )


def _close(
    other: Ticket, case: Ticket, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    gone = Change(
        f"backfill/{case.ticket_id}", now, ChangeKind.GONE, Actor.SELF, new=case.reference
    )
    tx.tickets.add_change(other.ticket_id, gone)
    closed = replace(other, number=None, status=Status.DELETED, updated_at=now)
    tx.tickets.save(closed)
    close_ladders(f"ticket:{other.ticket_id}", tx)
    reason = f"it is the case {case.reference}"
    tx.outbox.supersede(now=now, reason=reason, ticket_id=other.ticket_id)
    set_clocks(closed, tx.tickets.history(other.ticket_id), tx, compiled, now=now)
