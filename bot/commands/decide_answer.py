# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one decision as `deskmate decide` answers it (docs/decide.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.commands.decide_clocks import clock_states, running
from bot.commands.decide_input import Asked
from bot.rules.consequences import Consequences, consequences_of
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy, RulesDecision
from bot.rules.policy import Finding, Recipient
from bot.rules.presence import present, roster_now
from bot.rules.sla import ClockState
from bot.rules.ticket_clocks import NOTIFIED_AT, needs_notification


def answer_of(asked: Asked, decision: RulesDecision, compiled: CompiledPolicy) -> dict[str, Any]:
    """The output line: every field holds the value after the event."""
    policy, at = compiled.policy, asked.situation.at
    own = decision.priority
    beside = consequences_of(decision, asked.situation, compiled)
    states = clock_states(asked, decision, compiled)
    told = _told(decision, beside, compiled)
    return {
        "id": asked.line_id,
        "category": decision.category,
        "priority": own,
        "helpdesk_priority": policy.helpdesk.priorities.get(own or policy.default_priority or ""),
        "tags": sorted(decision.add_tags),
        "routes": _routes(told, decision, beside),
        "mentions": _mentions(told, compiled, asked),
        "delivered_by": _delivered_by(told, compiled, asked),
        "clocks": running(states),
        "calendars": _calendars(compiled, at),
        "escalation_level": beside.level,
        "link_to": beside.link_to,
        "hold_until": beside.hold_until,
        "suggest": [
            {"article": each.article.article_id, "score": each.score} for each in beside.suggest
        ],
        "publish": [{"where": each.where, "template": each.template} for each in beside.publish],
        "reply": [{"template": name, "visibility": "public"} for name in beside.replies],
        "ledger": [
            {"book": each.book, "period": each.period, "key": each.key} for each in beside.ledger
        ],
        "violations": [*_findings(beside.violations), *_broken(states, compiled)],
        "warnings": _findings(beside.warnings),
        "fired": [
            {
                "rule": fired.rule.rule_id,
                "because": list(fired.rule.because),
                "evidence": list(fired.evidence),
            }
            for fired in decision.fired
        ],
        "unknown": sorted({*decision.unknown, *_unknown_beginning(asked, compiled)}),
    }


def _unknown_beginning(asked: Asked, compiled: CompiledPolicy) -> tuple[str, ...]:
    """A call's time is nowhere but where somebody enters it; a clock that needs it does not run."""
    is_told = asked.context.get(NOTIFIED_AT) is not None
    if is_told or asked.situation.ticket.via != "phone":
        return ()
    needs_it = any(needs_notification(each) for each in compiled.policy.promises.values())
    return (NOTIFIED_AT,) if needs_it else ()


def _findings(found: Iterable[Finding]) -> list[dict[str, str]]:
    return [{"code": each.code, "text": each.text or each.code.replace("_", " ")} for each in found]


def _broken(states: dict[str, ClockState], compiled: CompiledPolicy) -> list[dict[str, str]]:
    """Promises with a `violation` that were broken by this event's time."""
    found = []
    for name, state in states.items():
        code = compiled.policy.promises[name].violation
        if code and state.breached_at is not None:
            text = f"{name}: due {state.due_at.isoformat()}" if state.due_at else name
            found.append({"code": code, "text": text})
    return found


def _told(decision: RulesDecision, beside: Consequences, compiled: CompiledPolicy) -> list[str]:
    """Everybody who is told at once: by rules, by a path's step, by the first level of a ladder."""
    told = [name for told in decision.told for name in told.names]
    told += [beside.step] if beside.step is not None else []
    ladders = [compiled.policy.ladders[name] for name in beside.pages]
    told += [
        name
        for ladder in ladders
        for level in ladder.levels
        if not level.after
        for name in level.tell
    ]
    return list(dict.fromkeys(told))


def _routes(told: list[str], decision: RulesDecision, beside: Consequences) -> list[str]:
    group = [decision.group] if decision.group else []
    return list(dict.fromkeys([*told, *beside.routes, *group]))


def _mentions(told: list[str], compiled: CompiledPolicy, asked: Asked) -> list[str]:
    found: dict[str, None] = {}
    for name in told:
        for person in present(name, compiled, asked.situation.at):
            found.update(dict.fromkeys(person.mention))
            found.update(dict.fromkeys(_on_duty(person, compiled, asked)[:1]))
    return list(found)


def _on_duty(person: Recipient, compiled: CompiledPolicy, asked: Asked) -> tuple[str, ...]:
    """Who of `mention_from` is there: as the context says, else as the roster does."""
    roster, told = person.mention_from or "", asked.situation.on_duty
    if roster in told or roster not in compiled.policy.rosters:
        return told.get(roster, ())
    return roster_now(roster, compiled, asked.situation.at)


def _delivered_by(told: list[str], compiled: CompiledPolicy, asked: Asked) -> list[str]:
    """The channels that would be used, with what the context says is down left out."""
    down = {kind for kind in ("teams", "slack", "mail", "sms") if asked.context.get(kind) == "down"}
    found: dict[str, None] = {}
    for name in told:
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


def _calendars(compiled: CompiledPolicy, at: datetime) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "open": calendar.is_open(at),
            "next_open": opens.isoformat() if (opens := calendar.next_open(at)) else None,
        }
        for name, calendar in compiled.calendars.items()
    }
