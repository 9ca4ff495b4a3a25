# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes of a condition a function that answers quickly and says no more than true, false, unknown.

The engine asks these for every rule an event can concern, and `Judge.answer` for the evidence of
those that hold, when somebody wants to read it. Both give the same truth, which a test keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.rules.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FieldIs,
    Matches,
    Not,
    Says,
    TextPart,
)
from bot.rules.evaluation import Judge
from bot.rules.text import Scope
from bot.rules.truth import Truth, not_

Verdict = Callable[[Judge], Truth]
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def verdict_of(condition: Condition) -> Verdict:
    """The function that answers a condition; those asked seldom are left to the judge."""
    match condition:
        case AllOf(parts):
            return _every([verdict_of(parts[place]) for place in condition.order])
        case AnyOf(parts):
            return _some([verdict_of(part) for part in parts])
        case Not(part):
            return _denied(verdict_of(part))
        case FieldIs(comparison=Comparison.IN | Comparison.HAS):
            return _held(condition)
        case Says(lists=(name,), where=TextPart.NEW, one_of=(), without=()):
            return _said(name)
        case Matches(field=None, where=TextPart.NEW):
            return _matched(condition.pattern)
        case _:
            return lambda judge: judge.answer(condition).truth


def _every(parts: Sequence[Verdict]) -> Verdict:
    def answer(judge: Judge) -> Truth:
        together = TRUE
        for part in parts:
            truth = part(judge)
            if truth is FALSE:
                return truth
            if truth is UNKNOWN:
                together = truth
        return together

    return answer


def _some(parts: Sequence[Verdict]) -> Verdict:
    def answer(judge: Judge) -> Truth:
        together = FALSE
        for part in parts:
            truth = part(judge)
            if truth is TRUE:
                return truth
            if truth is UNKNOWN:
                together = truth
        return together

    return answer


def _denied(part: Verdict) -> Verdict:
    return lambda judge: not_(part(judge))


def _held(condition: FieldIs) -> Verdict:
    name, wanted = condition.field, frozenset(value.casefold() for value in condition.values)

    def answer(judge: Judge) -> Truth:
        values = judge.values(name)
        if values is None:
            return UNKNOWN
        for value in values:
            if value.casefold() in wanted:
                return TRUE
        return FALSE

    return answer


def _said(name: str) -> Verdict:
    def answer(judge: Judge) -> Truth:
        reading = judge.reading
        return FALSE if reading.is_empty else reading.findings(Scope.NEW).truth(name)

    return answer


def _matched(written: str) -> Verdict:
    def answer(judge: Judge) -> Truth:
        reading = judge.reading
        return FALSE if reading.is_empty else reading.truth(written)

    return answer
