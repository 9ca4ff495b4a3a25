# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries every rule on one event and keeps why each fired or did not, for people who ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.rules.conditions import AllOf, AnyOf, Condition, Not
from bot.rules.engine import CompiledPolicy, RulesDecision, decide
from bot.rules.evaluation import Judge
from bot.rules.policy import Rule
from bot.rules.situation import Decided, Situation
from bot.rules.tracing_words import what_stopped
from bot.rules.truth import Truth


class Tried(StrEnum):
    """What came of trying a rule."""

    FIRED = "fired"
    NO = "no"
    UNKNOWN = "unknown"
    OTHER_EVENT = "other event"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule on one event: `seen` is the evidence, or the first thing that stopped it.

    `layer` counts from 1; a later layer sees what earlier ones decided. `is_edge` says that the
    rule did not hold before, so that it acts.
    """

    rule: Rule
    layer: int
    tried: Tried
    seen: tuple[str, ...] = ()
    is_edge: bool = False


def trace(compiled: CompiledPolicy, situation: Situation) -> tuple[RuleTrace, ...]:
    """Every rule of the policy in the order in which they are tried."""
    edges = {each.rule.rule_id for each in decide(compiled, situation).fired if each.is_edge}
    found: list[RuleTrace] = []
    for number, layer in enumerate(compiled.layers, start=1):
        judge = _judge(compiled, situation, number)
        for rule in layer:
            traced = _trace(judge, rule, number)
            found.append(replace(traced, is_edge=rule.rule_id in edges))
    return tuple(found)


def decided_before(compiled: CompiledPolicy, situation: Situation, layer: int) -> Decided:
    """What the rules of a layer read: the ticket with all that earlier layers decided."""
    earlier = replace(compiled, layers=compiled.layers[: layer - 1])
    # A rule that went on holding is no edge and adds no tag again, but later layers see its tag.
    fresh = replace(situation, ticket=replace(situation.ticket, fired={}))
    decision = decide(earlier, fresh)
    ticket = situation.ticket
    return Decided(
        priority=decision.priority,
        category=None if _is_default(decision) else decision.category,
        group=decision.group,
        tags=(ticket.tags | decision.add_tags) - decision.remove_tags,
        fields={**ticket.fields, **decision.fields},
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a rule's condition: how deep it is nested, its answer, what was seen."""

    depth: int
    truth: Truth
    what: str


def steps_of(compiled: CompiledPolicy, situation: Situation, rule_id: str) -> tuple[Step, ...]:
    """Every line of one rule's condition with its own answer; none for a rule nobody wrote."""
    for number, layer in enumerate(compiled.layers, start=1):
        for rule in layer:
            if rule.rule_id == rule_id:
                judge = _judge(compiled, situation, number)
                return tuple(_steps(judge, rule.condition, 0))
    return ()


def _steps(judge: Judge, condition: Condition, depth: int) -> Iterator[Step]:
    truth = judge.answer(condition).truth
    match condition:
        case AllOf(parts) | AnyOf(parts):
            words = "all of" if isinstance(condition, AllOf) else "one of"
            yield Step(depth, truth, words)
            for part in parts:
                yield from _steps(judge, part, depth + 1)
        case Not(part):
            yield Step(depth, truth, "not")
            yield from _steps(judge, part, depth + 1)
        case _:
            yield Step(depth, truth, what_stopped(judge, condition))


def _judge(compiled: CompiledPolicy, situation: Situation, layer: int) -> Judge:
    decided = decided_before(compiled, situation, layer)
    return Judge(compiled.policy, compiled.calendars, compiled.vocabulary, situation, decided)


def _is_default(decision: RulesDecision) -> bool:
    return any(each.startswith("category ") for each in decision.defaults)


def _trace(judge: Judge, rule: Rule, layer: int) -> RuleTrace:
    situation = judge.situation
    if situation.occasion not in rule.occasions:
        tried_on = ", ".join(sorted(each.value for each in rule.occasions))
        return RuleTrace(rule, layer, Tried.OTHER_EVENT, (f"tried on {tried_on}",))
    if rule.until is not None and situation.at.date() > rule.until:
        return RuleTrace(rule, layer, Tried.OVER, (f"until {rule.until}",))
    answer = judge.answer(rule.condition)
    match answer.truth:
        case Truth.TRUE:
            return RuleTrace(rule, layer, Tried.FIRED, tuple(dict.fromkeys(answer.evidence)))
        case Truth.FALSE:
            return RuleTrace(rule, layer, Tried.NO, (what_stopped(judge, rule.condition),))
        case Truth.UNKNOWN:
            return RuleTrace(rule, layer, Tried.UNKNOWN, (what_stopped(judge, rule.condition),))
