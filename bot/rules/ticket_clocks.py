# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a ticket's history as its clocks do, and says where each of them stands and what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.rules.actions import Timer
from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy, for_ticket
from bot.rules.history import Change, ChangeKind
from bot.rules.policy import Promise
from bot.rules.sla import (
    ClockEvent,
    ClockState,
    Clockwork,
    Due,
    DueKind,
    Moment,
    read_clock,
    upcoming,
)
from bot.rules.sla_clock import PAUSE_REASON
from bot.rules.ticket import Actor, Origin, Status, Ticket

WARNING, BREACHED = "sla_warning", "sla_breached"
NOTIFIED_AT = "notified_at"
"""The own field in which an agent says when somebody was told, as by a phone call."""
_CHANGED = {
    "status": Moment.STATUS,
    "priority": Moment.PRIORITY,
    "plan": Moment.PLAN,
    "organisation": Moment.ORGANISATION,
}


@dataclass(frozen=True, slots=True)
class TicketClock:
    """One promise to one ticket: its clock now, and the instants at which people are told."""

    promise: Promise
    state: ClockState
    due: tuple[Due, ...]


def clocks_of(
    ticket: Ticket, history: Sequence[Change], compiled: CompiledPolicy, now: datetime
) -> tuple[TicketClock, ...]:
    """Every clock that the policy promises such a ticket; those without a target are left out.

    An internal ticket that follows another one up was promised to nobody.
    """
    if ticket.origin is Origin.FOLLOW_UP:
        return ()
    compiled = for_ticket(compiled, ticket)
    default = compiled.policy.default_priority
    told: dict[str | None, tuple[ClockEvent, ...]] = {}
    found = []
    for promise in compiled.policy.promises.values():
        watched = promise.undecided or default
        if watched not in told:
            told[watched] = tuple(clock_events(ticket, history, watched, zone=compiled.policy.zone))
        events = told[watched]
        work = Clockwork(promise.clock, compiled.calendars[promise.hours], compiled.calendars)
        state = read_clock(work, events, now)
        if state.has_target:
            found.append(TicketClock(promise, state, upcoming(work, state)))
    return tuple(found)


def without_beginning(ticket: Ticket, compiled: CompiledPolicy) -> tuple[str, ...]:
    """The promises that count from a notification of which nobody knows when it was."""
    if notified_at(ticket, compiled.policy.zone) is not None:
        return ()
    return tuple(
        name for name, promise in compiled.policy.promises.items() if needs_notification(promise)
    )


def needs_notification(promise: Promise) -> bool:
    """Whether a clock begins with the notification and with nothing else."""
    clock = promise.clock
    return clock.begins == {Moment.NOTIFIED} and not clock.begin_fields


def clock_events(
    ticket: Ticket, history: Sequence[Change], default: str | None, *, zone: str
) -> Iterable[ClockEvent]:
    """The history as clocks see it; what was set at birth stands in the first event.

    `default` is the priority that counts while nobody has decided one, `zone` the desk's.

    What the rules decided at the ticket's creation stands in the history at that instant, so the
    promise does not depend on when we saw the ticket.
    """
    first_status = _at_birth("status", ticket.status.value, history) or "new"
    priority = _at_birth("priority", ticket.priority, history)
    priority = priority or default
    notified = notified_at(ticket, zone)
    if notified is not None:
        yield ClockEvent(notified, Moment.NOTIFIED)
    yield ClockEvent(
        ticket.created_at,
        Moment.CREATED,
        status=first_status,
        priority=priority,
        plan=ticket.fields.get("plan"),
        organisation=ticket.organisation,
    )
    waits_for = _at_birth(PAUSE_REASON, ticket.fields.get(PAUSE_REASON), history)
    if waits_for:
        yield ClockEvent(ticket.created_at, Moment.FIELD, f"{PAUSE_REASON}={waits_for}")
    for change in history:
        if change.at >= ticket.created_at:
            yield from _events_of(change, default)


def notified_at(ticket: Ticket, zone: str) -> datetime | None:
    """When somebody was first told; None where nobody knows.

    What came to our own mailbox or from monitoring was told when it came. Else the field
    `notified_at` says it, in the desk's `zone` if it names no offset; a date alone is no time, and
    a time after the ticket's creation is a slip of the keyboard and not believed.
    """
    if ticket.origin is not Origin.HELPDESK:
        return ticket.created_at
    stamped = (ticket.fields.get(NOTIFIED_AT) or "").strip()
    try:
        at = local_time(zone, datetime.fromisoformat(stamped)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if len(stamped) > len("2026-03-10") and at <= ticket.created_at else None


def timers_of(ticket_id: str, clocks: Iterable[TicketClock]) -> tuple[Timer, ...]:
    """A timer per warning and breach that lies ahead; the key says clock, cycle and which."""
    return tuple(
        Timer(
            key=timer_key(ticket_id, due),
            kind=WARNING if due.kind is DueKind.WARNING else BREACHED,
            due_at=due.at,
            ticket_id=ticket_id,
            detail={"clock": due.clock, "cycle": str(due.cycle), "share": f"{due.share:.3f}"},
        )
        for clock in clocks
        for due in clock.due
    )


def timer_key(ticket_id: str, due: Due) -> str:
    """What makes a warning or a breach the same one, however often it is computed."""
    which = f"warning-{due.share:.3f}" if due.kind is DueKind.WARNING else "breach"
    return f"clock/{ticket_id}/{due.clock}/{due.cycle}/{which}"


def _at_birth(field: str, present: str | None, history: Sequence[Change]) -> str | None:
    """A field's value before its first change; its present one if it never changed."""
    for change in history:
        if change.field == field:
            return change.old
    return present


def _events_of(change: Change, default: str | None) -> Iterable[ClockEvent]:
    match change.kind:
        case ChangeKind.COMMENT:
            moment = _comment_moment(change)
            if moment is not None:
                yield ClockEvent(change.at, moment)
        case ChangeKind.FIELD if change.field == "status" and change.new == Status.DELETED:
            yield ClockEvent(change.at, Moment.MERGED)
        case ChangeKind.FIELD if change.field in _CHANGED:
            value = change.new
            if change.field == "priority":
                value = value or default
            yield ClockEvent(change.at, _CHANGED[change.field], value)
            if change.field == "status":
                yield ClockEvent(change.at, Moment.FIELD, f"status={value}")
        case ChangeKind.FIELD if change.field == "assignee" and change.new:
            yield ClockEvent(change.at, Moment.ASSIGNED)
        case ChangeKind.FIELD if change.field == "tags":
            for tag in sorted(set((change.new or "").split()) - set((change.old or "").split())):
                yield ClockEvent(change.at, Moment.FIELD, f"tag={tag}")
        case ChangeKind.FIELD if change.new:
            yield ClockEvent(change.at, Moment.FIELD, f"{change.field}={change.new}")
        case ChangeKind.TAKEN:
            yield ClockEvent(change.at, Moment.ACKNOWLEDGED)
        case ChangeKind.GONE:
            yield ClockEvent(change.at, Moment.MERGED)


def _comment_moment(change: Change) -> Moment | None:
    match change.actor:
        case Actor.AGENT:
            return Moment.AGENT_REPLY if change.is_public else Moment.AGENT_NOTE
        case Actor.REQUESTER if change.is_public:
            return Moment.REQUESTER_REPLY
        case _:
            return None
