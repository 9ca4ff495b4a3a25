# SPDX-License-Identifier: GPL-3.0-or-later
"""When a digest is due, and which tickets it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.rules.actions import TicketLine
from bot.rules.business_time import Calendar
from bot.rules.policy import Digest
from bot.rules.ticket import Ticket


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """An open ticket as a digest sees it: its next deadline, and who has it."""

    ticket: Ticket
    due_at: datetime | None
    owner: str | None


def next_digest(digest: Digest, calendar: Calendar, now: datetime) -> datetime | None:
    """The next instant strictly after `now`; None where the calendar has no such edge."""
    if not digest.is_at_closing:
        shut = calendar.next_close(now) if calendar.is_open(now) else now
        return None if shut is None else calendar.next_open(shut)
    closing = calendar.next_close(now)
    while closing is not None and closing - digest.before <= now:
        closing = calendar.next_close(closing)
    return None if closing is None else closing - digest.before


def horizon(digest: Digest, calendar: Calendar, at: datetime) -> datetime:
    """Until when "due soon" reaches: at a closing until somebody is there again."""
    if not digest.is_at_closing:
        return at + digest.due_within
    closing = calendar.next_close(at) if calendar.is_open(at) else at
    opening = calendar.next_open(closing) if closing is not None else None
    return opening or at + digest.due_within


def lines_of(
    open_tickets: Iterable[OpenTicket], until: datetime
) -> tuple[tuple[TicketLine, ...], int]:
    """The tickets, the most pressing first, and how many are due by `until`."""
    far = datetime.max.replace(tzinfo=until.tzinfo)
    ranked = sorted(open_tickets, key=lambda each: (each.due_at or far, each.ticket.created_at))
    soon = sum(each.due_at is not None and each.due_at <= until for each in ranked)
    lines = tuple(
        TicketLine(each.ticket.subject, each.ticket.number, each.due_at, each.owner)
        for each in ranked
    )
    return lines, soon
