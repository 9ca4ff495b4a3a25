# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy makes of one event, reduced to what can be compared; words do not matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.commands.explanation import clocks_after
from bot.commands.past import Past
from bot.rules.consequences import consequences_of
from bot.rules.engine import CompiledPolicy, RulesDecision, decide
from bot.rules.replay import PastEvent

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An event's outcome; `clocks` maps a running clock to its deadline, in ISO format."""

    category: str | None
    priority: str | None
    tags: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    clocks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one event that two policies decide otherwise; `what` names the event."""

    what: str
    name: str
    old: str
    new: str


def outcome_of(past_tickets: Past, past: PastEvent, compiled: CompiledPolicy) -> Outcome:
    """What the policy makes of a stored ticket's event."""
    situation = past_tickets.situation(past)
    decision = decide(compiled, situation)
    beside = consequences_of(decision, situation, compiled)
    step = (beside.step,) if beside.step else ()
    group = (decision.group,) if decision.group else ()
    clocks = clocks_after(past, decision, compiled)
    return Outcome(
        category=decision.category,
        priority=decision.priority,
        tags=(past.ticket.tags | decision.add_tags) - decision.remove_tags,
        routes=frozenset((*told_names(decision), *step, *beside.routes, *group)),
        clocks={
            each.state.name: each.state.due_at.isoformat() for each in clocks if each.state.due_at
        },
    )


def told_names(decision: RulesDecision) -> tuple[str, ...]:
    """Everybody whom the rules tell, each once."""
    return tuple(dict.fromkeys(name for told in decision.told for name in told.names))


def outcome_of_answer(answer: Mapping[str, Any]) -> Outcome:
    """What one answer of `deskmate decide` says."""
    return Outcome(
        category=answer["category"],
        priority=answer["priority"],
        tags=frozenset(answer["tags"]),
        routes=frozenset(answer["routes"]),
        clocks={name: str(clock["due"]) for name, clock in answer["clocks"].items()},
    )


def differences(what: str, old: Outcome, new: Outcome) -> list[Difference]:
    """The fields in which two outcomes differ, clock by clock."""
    found = [
        Difference(what, "category", old.category or NOTHING, new.category or NOTHING),
        Difference(what, "priority", old.priority or NOTHING, new.priority or NOTHING),
        Difference(what, "tags", _all(old.tags), _all(new.tags)),
        Difference(what, "routes", _all(old.routes), _all(new.routes)),
    ]
    for name in dict.fromkeys([*old.clocks, *new.clocks]):
        before, after = old.clocks.get(name, NOTHING), new.clocks.get(name, NOTHING)
        found.append(Difference(what, f"clock {name}", before, after))
    return [each for each in found if each.old != each.new]


def _all(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or NOTHING
