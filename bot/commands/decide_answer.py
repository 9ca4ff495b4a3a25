# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one decision as `deskmate decide` answers it (docs/decide.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.commands.decide_input import Asked
from bot.rules.delivery import destinations, present
from bot.rules.engine import CompiledPolicy, RulesDecision
from bot.rules.sla import ClockEvent, Clockwork, Moment, Phase, read_clock


def answer_of(asked: Asked, decision: RulesDecision, compiled: CompiledPolicy) -> dict[str, Any]:
    """The output line: every field holds the value after the event."""
    policy = compiled.policy
    own = decision.priority
    return {
        "id": asked.line_id,
        "category": decision.category,
        "priority": own,
        "helpdesk_priority": policy.helpdesk.priorities.get(own or policy.default_priority or ""),
        "tags": sorted(decision.add_tags),
        "routes": _routes(decision),
        "mentions": _mentions(decision, compiled, asked.situation.at),
        "delivered_by": _delivered_by(decision, compiled, asked),
        "clocks": _clocks(asked, decision, compiled),
        "calendars": _calendars(compiled, asked.situation.at),
        "escalation_level": asked.current.get("escalation_level"),
        "link_to": None,
        "hold_until": None,
        "suggest": [],
        "publish": [],
        "reply": [],
        "ledger": [],
        "violations": [],
        "warnings": [],
        "fired": [
            {
                "rule": fired.rule.rule_id,
                "because": list(fired.rule.because),
                "evidence": list(fired.evidence),
            }
            for fired in decision.fired
        ],
        "unknown": sorted(decision.unknown),
    }


def _names(decision: RulesDecision) -> list[str]:
    return list(dict.fromkeys(name for told in decision.told for name in told.names))


def _routes(decision: RulesDecision) -> list[str]:
    group = [decision.group] if decision.group else []
    return list(dict.fromkeys([*_names(decision), *group]))


def _mentions(decision: RulesDecision, compiled: CompiledPolicy, at: datetime) -> list[str]:
    found: dict[str, None] = {}
    for name in _names(decision):
        for person in present(name, compiled, at):
            found.update(dict.fromkeys(person.mention))
    return list(found)


def _delivered_by(decision: RulesDecision, compiled: CompiledPolicy, asked: Asked) -> list[str]:
    """The channels that would be used, with what the context says is down left out."""
    down = {kind for kind in ("teams", "slack", "mail") if asked.context.get(kind) == "down"}
    found: dict[str, None] = {}
    for name in _names(decision):
        for person in present(name, compiled, asked.situation.at):
            ways = _kinds(destinations(person), down)
            if not ways:
                others = (present(each, compiled, asked.situation.at) for each in person.otherwise)
                ways = [
                    kind
                    for group in others
                    for other in group
                    for kind in _kinds(destinations(other), down)
                ]
            found.update(dict.fromkeys(ways))
    return list(found)


def _kinds(addresses: Iterable[str], down: set[str]) -> list[str]:
    kinds = (address.partition(":")[0] for address in addresses)
    return [kind for kind in kinds if kind not in down]


def _clocks(
    asked: Asked, decision: RulesDecision, compiled: CompiledPolicy
) -> dict[str, dict[str, Any]]:
    """Clocks that run after the event; a promise without a target for such a ticket has none."""
    found: dict[str, dict[str, Any]] = {}
    events = _clock_events(asked, decision)
    for name, promise in compiled.policy.promises.items():
        calendar = compiled.calendars[promise.hours]
        work = Clockwork(promise.clock, calendar, compiled.calendars)
        state = read_clock(work, events, asked.situation.at)
        if state.phase is Phase.RUNNING and state.has_target and state.started_at is not None:
            found[name] = {
                "due": state.due_at.isoformat() if state.due_at else None,
                "calendar": promise.hours,
                "starts_at": state.started_at.isoformat(),
            }
    return found


def _clock_events(asked: Asked, decision: RulesDecision) -> list[ClockEvent]:
    ticket, current = asked.situation.ticket, asked.current
    events = [
        ClockEvent(
            asked.created_at,
            Moment.CREATED,
            status=ticket.status.value,
            priority=decision.priority,
            plan=ticket.fields.get("plan"),
            organisation=ticket.organisation,
        )
    ]
    notified = asked.context.get("notified_at")
    if isinstance(notified, str):
        events.insert(0, ClockEvent(datetime.fromisoformat(notified), Moment.NOTIFIED))
    if current.get("first_responded"):
        events.append(ClockEvent(asked.created_at, Moment.AGENT_REPLY))
    if current.get("acked"):
        events.append(ClockEvent(asked.created_at, Moment.ACKNOWLEDGED))
    return events


def _calendars(compiled: CompiledPolicy, at: datetime) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "open": calendar.is_open(at),
            "next_open": opens.isoformat() if (opens := calendar.next_open(at)) else None,
        }
        for name, calendar in compiled.calendars.items()
    }
