# SPDX-License-Identifier: GPL-3.0-or-later
"""Says in words what stopped a rule: the first of its conditions that is false or unknown."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rules.conditions import (
    AllClosed,
    AllOf,
    AnyOf,
    AnyOpen,
    Changed,
    Comparison,
    Condition,
    Count,
    CountAlerts,
    FieldIs,
    MachineMail,
    Matches,
    NobodyOn,
    Not,
    Says,
    TagAdded,
    TextPart,
)
from bot.rules.evaluation import Judge
from bot.rules.situation import values_of
from bot.rules.truth import Truth

WANTED = {
    Comparison.IN: "wanted",
    Comparison.HAS: "wanted",
    Comparison.HAS_ALL: "wanted all of",
    Comparison.NOT_IN: "wanted anything but",
    Comparison.AT_LEAST: "wanted at least",
    Comparison.AT_MOST: "wanted at most",
    Comparison.STARTS: "wanted one that begins with",
    Comparison.ENDS: "wanted one that ends with",
    Comparison.MISSING: "wanted none",
}
PLACES = {
    TextPart.NEW: "subject or body",
    TextPart.SUBJECT: "the subject",
    TextPart.BODY: "the body",
    TextPart.ALL: "the whole text",
}
SHOWN = 4
"""Alternatives that are named; the others are counted."""


def what_stopped(judge: Judge, condition: Condition) -> str:
    """Why a condition does not hold, such as `category is other, wanted incident`.

    For one that holds: what was seen.
    """
    answer = judge.answer(condition)
    match condition:
        case AllOf(parts):
            return what_stopped(judge, _first(judge, parts, answer.truth)) if parts else "nothing"
        case AnyOf(parts) if answer.truth is Truth.UNKNOWN:
            return what_stopped(judge, _first(judge, parts, answer.truth))
        case AnyOf(parts) if answer.truth is Truth.FALSE:
            return _none_of([what_stopped(judge, part) for part in parts])
        case Not(part):
            return _denied(judge, part)
    if answer.truth is Truth.UNKNOWN:
        return f"{', '.join(answer.unknown) or 'a fact'} is not known"
    if answer.truth is Truth.TRUE:
        return "; ".join(answer.evidence) or "it holds"
    return _leaf(judge, condition, answer.evidence)


def _first(judge: Judge, parts: Sequence[Condition], truth: Truth) -> Condition:
    """The first part that answers as the whole does."""
    return next((part for part in parts if judge.answer(part).truth is truth), parts[0])


def _none_of(reasons: list[str]) -> str:
    if len(reasons) == 1:
        return reasons[0]
    more = f"; and {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
    return f"none of {len(reasons)}: {'; '.join(reasons[:SHOWN])}{more}"


def _denied(judge: Judge, part: Condition) -> str:
    """Of something that must not hold: what was seen of it."""
    answer = judge.answer(part)
    match part:
        case FieldIs(field=name, comparison=Comparison.MISSING) if answer.truth is Truth.TRUE:
            return f"{name} is missing"
        case AnyOf(parts) if answer.truth is Truth.TRUE:
            return _denied(judge, _first(judge, parts, Truth.TRUE))
    if answer.truth is Truth.TRUE:
        return f"must not hold, but does: {'; '.join(answer.evidence) or 'it holds'}"
    return what_stopped(judge, part)


def _leaf(judge: Judge, condition: Condition, evidence: tuple[str, ...]) -> str:
    """One line of a rule that is false."""
    match condition:
        case Says():
            return _not_said(judge, condition)
        case Matches(pattern=pattern, field=None, where=where):
            return f"matches {pattern!r}: not found in {PLACES[where]}"
        case Matches(pattern=pattern, field=str(name)):
            return f"{name} is {_value(judge, name)}, wanted a match of {pattern!r}"
        case FieldIs(field=name, values=values, comparison=comparison):
            wanted = f"{WANTED[comparison]} {' or '.join(values)}".strip()
            return f"{name} is {_value(judge, name)}, {wanted}"
        case AnyOpen(names):
            return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} closed"
        case AllClosed():
            return "; ".join(evidence)
        case Changed():
            return _not_changed(judge, condition)
        case TagAdded(tags=tags):
            return f"this event did not add the tag {' or '.join(tags)}"
        case Count(at_least=at_least, customers=customers):
            of = f" of {customers} customers" if customers else ""
            return f"{'; '.join(evidence)}, wanted {at_least}{of}"
        case CountAlerts(at_least=at_least):
            return f"{'; '.join(evidence) or 'no alert'}, wanted {at_least}"
        case MachineMail(expected):
            return "no machine wrote it" if expected else "a machine wrote it"
        case NobodyOn(roster):
            on_duty = judge.situation.on_duty.get(roster, ())
            return f"{', '.join(on_duty)} of {roster} is there"
        case _:
            seen = "; ".join(evidence)
            return f"{_name(condition)} does not hold" + (f": {seen}" if seen else "")


def _not_said(judge: Judge, condition: Says) -> str:
    names = " and ".join(condition.lists)
    if condition.one_of:
        names = f"{names} and one of {', '.join(condition.one_of)}"
    if judge.situation.message is None:
        return f"says {names}: this event has no text"
    where = PLACES[condition.where]
    missing = [
        name
        for name in condition.lists
        if judge.answer(Says((name,), condition.where)).truth is not Truth.TRUE
    ]
    if not missing and condition.without:
        spoilers = ", ".join(condition.without)
        return f"says {names}: not found in {where} in one sentence without {spoilers}"
    if not missing:
        return f"says {names}: found in {where}, but not in one sentence"
    return f"says {' and '.join(missing)}: not found in {where}"


def _not_changed(judge: Judge, condition: Changed) -> str:
    for change in judge.situation.changes:
        if change.field == condition.field:
            seen = f"from {change.old or 'nothing'} to {change.new or 'nothing'}"
            return f"{change.field} changed {seen} by {change.actor.value}, wanted another change"
    return f"this event did not change {condition.field}"


def _value(judge: Judge, name: str) -> str:
    values = values_of(name, judge.situation, judge.decided, judge.policy)
    return ", ".join(values) if values else "nothing"


def _name(condition: Condition) -> str:
    words = type(condition).__name__
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in words).strip("_")
