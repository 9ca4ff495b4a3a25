# SPDX-License-Identifier: GPL-3.0-or-later
"""The clocks of a line of `deskmate decide`: what runs after its event, and what was broken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.commands.decide_input import Asked
from bot.commands.decide_values import instant
from bot.rules.engine import CompiledPolicy, RulesDecision, for_ticket
from bot.rules.events import Occasion
from bot.rules.sla import ClockEvent, ClockState, Clockwork, Moment, Phase, read_clock

HAPPENED = {
    Occasion.AGENT_REPLY: Moment.AGENT_REPLY,
    Occasion.INTERNAL_NOTE: Moment.AGENT_NOTE,
    Occasion.REQUESTER_REPLY: Moment.REQUESTER_REPLY,
}


def clock_states(
    asked: Asked, decision: RulesDecision, compiled: CompiledPolicy
) -> dict[str, ClockState]:
    """Where each promise's clock stands after the event."""
    compiled = for_ticket(compiled, asked.situation.ticket)
    events = _events(asked, decision)
    found = {}
    for name, promise in compiled.policy.promises.items():
        calendar = compiled.calendars[promise.hours]
        work = Clockwork(promise.clock, calendar, compiled.calendars)
        found[name] = read_clock(work, events, asked.situation.at)
    return found


def running(states: dict[str, ClockState]) -> dict[str, dict[str, Any]]:
    """The clocks that run; a promise without a target for such a ticket has none."""
    return {
        name: {
            "due": state.due_at.isoformat() if state.due_at else None,
            "calendar": state.calendar,
            "starts_at": state.started_at.isoformat(),
        }
        for name, state in states.items()
        if state.phase is Phase.RUNNING and state.has_target and state.started_at is not None
    }


def _events(asked: Asked, decision: RulesDecision) -> list[ClockEvent]:
    """The past as `current` and `context` tell it, then the line's own event."""
    situation, current, created_at = asked.situation, asked.current, asked.created_at
    before = str(current["priority"]) if current.get("priority") else None
    events = [
        ClockEvent(
            created_at,
            Moment.CREATED,
            status=str(current.get("status") or situation.ticket.status.value),
            priority=before or decision.priority,
            plan=situation.ticket.fields.get("plan"),
            organisation=situation.ticket.organisation,
        )
    ]
    notified = instant(asked.context, "notified_at")
    if notified is not None:
        events.insert(0, ClockEvent(notified, Moment.NOTIFIED))
    events += _past(asked, created_at)
    at = situation.at
    if situation.occasion in HAPPENED:
        events.append(ClockEvent(at, HAPPENED[situation.occasion]))
    for change in situation.changes:
        if change.field == "status" and change.new:
            events.append(ClockEvent(at, Moment.STATUS, change.new))
        if change.field == "assignee" and change.new:
            events.append(ClockEvent(at, Moment.ASSIGNED))
        if change.new:
            values = change.new.split() if change.field == "tags" else [change.new]
            name = "tag" if change.field == "tags" else change.field
            events += [ClockEvent(at, Moment.FIELD, f"{name}={value}") for value in values]
    if before is not None and decision.priority != before:
        events.append(ClockEvent(at, Moment.PRIORITY, decision.priority))
    if decision.group and decision.group != current.get("group"):
        events.append(ClockEvent(at, Moment.FIELD, f"group={decision.group}"))
    return events


def _past(asked: Asked, created_at: datetime) -> list[ClockEvent]:
    found = []
    for key, moment in (("first_responded", Moment.AGENT_REPLY), ("acked", Moment.ACKNOWLEDGED)):
        value = asked.current.get(key)
        if value:
            at = instant(asked.current, key) if isinstance(value, str) else created_at
            found.append(ClockEvent(max(at or created_at, created_at), moment))
    return found
