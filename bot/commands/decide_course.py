# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of `deskmate decide` and the `later_events` that happen after it, in their order.

The answer is the one after the last event. What has been done on the way stays done: people stay
told, tags added, answers sent, bookings booked; everything else is as the last event left it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.commands.decide_answer import answer_of
from bot.commands.decide_context import with_event_days
from bot.commands.decide_input import Asked, mail_id, read_line
from bot.commands.decide_values import object_of, objects_of
from bot.rules import engine
from bot.rules.engine import CompiledPolicy, RulesDecision
from bot.rules.events import Occasion

OF_ONE_EVENT = frozenset({"event", "at", "change", "later_events"})
DONE = (
    "tags", "routes", "mentions", "delivered_by", "reply", "suggest", "ledger", "violations",
    "warnings",
)  # fmt: skip
"""Lists of what was done; they grow with each event."""
KEPT = ("category", "priority", "escalation_level")
STATES = ("helpdesk", "teams", "slack", "mail", "sms")


@dataclass(frozen=True, slots=True)
class _Taken:
    """One event: what was asked, decided and answered."""

    asked: Asked
    decision: RulesDecision
    answer: dict[str, Any]


def decide_one(given: Any, compiled: CompiledPolicy) -> dict[str, Any]:
    """What the policy does with one event and those after it.

    A later copy of a mail that is known is no event. Raises `BadLine` for what cannot be
    understood.
    """
    taken = _take(given, compiled)
    context = object_of(given, "context")
    seen = {mail_id(given, "message_id")}
    answer = taken.answer
    for later in objects_of(context, "later_events", where="context."):
        message_id = mail_id(later, "message_id")
        if message_id and message_id in seen:
            continue
        seen.add(message_id)
        group = taken.decision.group
        given = _after(given, taken, later)
        taken = _take(given, compiled)
        answer = _with_past(answer, taken, group=group)
    return answer


def _take(given: Any, compiled: CompiledPolicy) -> _Taken:
    if isinstance(given, dict) and isinstance(given.get("context"), dict):
        compiled = with_event_days(compiled, given["context"])
    asked = read_line(given, compiled)
    decision = engine.decide(compiled, asked.situation)
    return _Taken(asked, decision, answer_of(asked, decision, compiled))


def _after(given: dict[str, Any], taken: _Taken, later: dict[str, Any]) -> dict[str, Any]:
    """The line of a later event: the same ticket, as the event before left it."""
    context = {**object_of(given, "context"), **object_of(later, "context")}
    context.pop("later_events", None)
    context |= {kind: later[kind] for kind in STATES if kind in later}
    plain = {key: value for key, value in given.items() if key not in OF_ONE_EVENT}
    return {
        **plain,
        **later,
        "id": given.get("id"),
        "at": later.get("at") or later.get("created_at") or given.get("at"),
        "created_at": given.get("created_at") or given.get("at"),
        "current": {**_left(given, taken), **(later.get("current") or {})},
        "context": context,
    }


def _left(given: dict[str, Any], taken: _Taken) -> dict[str, Any]:
    """The ticket as an event left it, as `current` says it."""
    situation, answer = taken.asked.situation, taken.answer
    current = dict(given.get("current") or {})
    current |= {change.field: change.new for change in situation.changes}
    current |= {name: answer[name] for name in KEPT if answer[name] is not None}
    current["hold_until"] = answer["hold_until"]
    before = (given.get("current") or {}).get("escalation_level")
    if answer["escalation_level"] not in (None, before):
        current["escalated_at"] = situation.at.isoformat()
    if taken.decision.group is not None:
        current["group"] = taken.decision.group
    current["tags"] = sorted({*situation.ticket.tags, *answer["tags"]})
    if situation.occasion is Occasion.AGENT_REPLY:
        current.setdefault("first_responded", situation.at.isoformat())
    return current


def _with_past(before: dict[str, Any], taken: _Taken, *, group: str | None) -> dict[str, Any]:
    """The last answer with what was done before it; a notice stays while its state lasts.

    `group` had the ticket before; one that has it no longer is no route.
    """
    answer = dict(taken.answer)
    if group != taken.decision.group:
        before = {**before, "routes": [each for each in before["routes"] if each != group]}
    for key in DONE:
        answer[key] = before[key] + [each for each in answer[key] if each not in before[key]]
    answer["tags"] = sorted(answer["tags"])
    known = {each["rule"] for each in before["fired"]}
    answer["fired"] = before["fired"] + [e for e in answer["fired"] if e["rule"] not in known]
    if taken.asked.situation.occasion is not Occasion.HELPDESK_STATE:
        answer["publish"] = [*before["publish"], *answer["publish"]]
    return answer
