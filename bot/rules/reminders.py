# SPDX-License-Identifier: GPL-3.0-or-later
"""Reminders of a ticket: a date in a field comes near, or it has waited for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.rules.actions import Timer
from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy
from bot.rules.history import Change
from bot.rules.policy_parts import ReminderSpec
from bot.rules.ticket import Ticket

REMINDER = "reminder"
"""The kind of a reminder's timer."""
MOST_AGAIN = 60
"""How often one reminder repeats for one stretch of waiting."""


def reminders_of(
    ticket: Ticket, history: Sequence[Change], compiled: CompiledPolicy
) -> tuple[Timer, ...]:
    """A timer per reminder that the ticket, as it is now, gives rise to; the key says which."""
    if ticket.status.is_done:
        return ()
    found: list[Timer] = []
    for spec in compiled.policy.reminders.values():
        fields = ticket.fields
        if all(fields.get(name) == value for name, value in spec.if_field.items()):
            found += _of_date(spec, ticket, compiled)
            found += _of_status(spec, ticket, history, compiled)
    return tuple(found)


def reason_of(spec: ReminderSpec, timer: Timer) -> str:
    """What a reminder says, as a code with its detail."""
    if spec.date_field is not None:
        name = spec.date_field.replace("_", " ")
        return f"date_near:{name} {timer.detail.get('date', '')}"
    waiting = ", ".join(spec.if_field.values()) or ", ".join(sorted(spec.statuses))
    return f"paused_long:{waiting}"


def _of_date(spec: ReminderSpec, ticket: Ticket, compiled: CompiledPolicy) -> Iterator[Timer]:
    day = _date(ticket.fields.get(spec.date_field or ""))
    if day is None:
        return
    for before in spec.before:
        wall = datetime.combine(day, time()) - before
        at: datetime | None = local_time(compiled.policy.zone, wall).astimezone(UTC)
        if spec.hours is not None and at is not None:
            at = compiled.calendars[spec.hours].next_open(at)
        if at is not None and at >= ticket.created_at:
            key = f"{REMINDER}/{spec.name}/{ticket.ticket_id}/{day}/{before.days}d"
            detail = {"reminder": spec.name, "date": day.isoformat()}
            yield Timer(key, REMINDER, at, ticket_id=ticket.ticket_id, detail=detail)


def _of_status(
    spec: ReminderSpec, ticket: Ticket, history: Sequence[Change], compiled: CompiledPolicy
) -> Iterator[Timer]:
    if spec.after is None or ticket.status.value not in spec.statuses:
        return
    since = _since(ticket, history)
    spans = [spec.after + (spec.every or timedelta()) * n for n in range(MOST_AGAIN)]
    for number, span in enumerate(spans if spec.every is not None else spans[:1]):
        at: datetime | None = since + span
        if spec.hours is not None:
            at = compiled.calendars[spec.hours].add(since, int(span.total_seconds()))
        if at is not None:
            second = since.replace(microsecond=0).isoformat()
            key = f"{REMINDER}/{spec.name}/{ticket.ticket_id}/{second}/{number}"
            detail = {"reminder": spec.name}
            yield Timer(key, REMINDER, at, ticket_id=ticket.ticket_id, detail=detail)


def _since(ticket: Ticket, history: Sequence[Change]) -> datetime:
    """Since when the ticket has its present status."""
    for change in reversed(history):
        if change.field == "status" and change.new == ticket.status.value:
            return change.at
    return ticket.created_at


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
