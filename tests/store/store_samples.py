# SPDX-License-Identifier: GPL-3.0-or-later
"""Events, messages and tickets to write down in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.rules.actions import Notice, NoticeKind, Outgoing, Timer, Urgency
from bot.rules.events import Event, TicketGone
from bot.rules.ticket import Origin, Status, Ticket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def event(key: str, stream: str = "ticket/1") -> Event:
    """A small event."""
    return Event(key, stream, NOON, "webhook", TicketGone(number=1, how="deleted"))


def outgoing(
    key: str,
    *,
    destination: str = "slack:#support",
    order_key: str | None = None,
    urgency: Urgency = Urgency.NORMAL,
    ticket_id: str | None = "t1",
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    is_obsolete_when_done: bool = False,
) -> Outgoing:
    """A notice on its way; its order key is its own key unless told."""
    return Outgoing(
        key=key,
        destination=destination,
        order_key=order_key or key,
        message=Notice(NoticeKind.RULE, thread="ticket:t1", at=NOON, title=key),
        urgency=urgency,
        ticket_id=ticket_id,
        not_before=not_before,
        expires_at=expires_at,
        is_obsolete_when_done=is_obsolete_when_done,
    )


def ticket(
    ticket_id: str = "t1", *, number: int | None = None, status: Status = Status.OPEN
) -> Ticket:
    """A small ticket."""
    return Ticket(
        ticket_id=ticket_id,
        origin=Origin.HELPDESK if number else Origin.MAILBOX,
        created_at=NOON,
        updated_at=NOON,
        status=status,
        subject="Printer on fire",
        description="Literally.",
        number=number,
    )


def timer(key: str, due_at: datetime, *, ticket_id: str | None = "t1", kind: str = "r") -> Timer:
    """A timer of a ticket."""
    return Timer(key, kind, due_at, ticket_id, {"clock": "first_reply"})
