# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds conditions that no event can ever meet, so that a rule that never fires is not relied on.

Only plain contradictions are found: one field with two values, a calendar open and closed, a line
and its own opposite. A rule without a finding may still never fire.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from bot.rules.conditions import (
    AllClosed,
    AllOf,
    AnyOf,
    AnyOpen,
    Comparison,
    Condition,
    FieldIs,
    MachineMail,
    Not,
)

SEVERAL = frozenset({"tags", "via"})
"""Fields that hold several values at once."""


def contradiction(condition: Condition) -> str | None:
    """Why the condition can never hold, in words; None where that is not plain."""
    return _of(together(condition))


def _of(parts: Sequence[Condition]) -> str | None:
    plain = [part for part in parts if not isinstance(part, AnyOf)]
    for first, second in combinations(plain, 2):
        found = _between(first, second) or _between(second, first)
        if found is not None:
            return found
    for part in parts:
        if isinstance(part, AnyOf):
            reasons = [_of([*plain, *together(each)]) for each in part.parts]
            if reasons and None not in reasons:
                return reasons[0]
    return None


def together(condition: Condition) -> list[Condition]:
    """What must hold at once: nested `all`, and `none` as its single opposites."""
    match condition:
        case AllOf(parts):
            return [each for part in parts for each in together(part)]
        case AnyOf((part,)):
            return together(part)
        case Not(AnyOf(parts)):
            return [each for part in parts for each in together(Not(part))]
        case Not(AllOf((part,))):
            return together(Not(part))
        case Not(Not(part)):
            return together(part)
        case _:
            return [condition]


def _between(first: Condition, second: Condition) -> str | None:
    match first, second:
        case _, Not(part) if part == first:
            return "a line and its opposite must both hold"
        case AnyOpen(names), AllClosed(others) if set(names) <= set(others):
            return f"{' or '.join(names)} must be open and closed"
        case MachineMail(expected), MachineMail(other) if expected != other:
            return "a machine must and must not have written it"
        case FieldIs(), FieldIs():
            return _between_fields(first, second)
        case FieldIs(), Not(FieldIs() as part):
            return _against(first, part)
        case _:
            return None


def _between_fields(first: FieldIs, second: FieldIs) -> str | None:
    if first.field != second.field or first.field in SEVERAL:
        return None
    allowed, others = _folded(first), _folded(second)
    match first.comparison, second.comparison:
        case Comparison.IN, Comparison.IN if not allowed & others:
            return f"{first.field} must be {_shown(first)} and {_shown(second)}"
        case Comparison.IN, Comparison.NOT_IN if allowed <= others:
            return f"{first.field} must and must not be {_shown(first)}"
        case Comparison.IN, Comparison.MISSING:
            return f"{first.field} must be {_shown(first)} and missing"
        case _:
            return None


def _against(wanted: FieldIs, denied: FieldIs) -> str | None:
    same = wanted.field == denied.field and wanted.field not in SEVERAL
    are_lists = wanted.comparison is Comparison.IN and denied.comparison is Comparison.IN
    if same and are_lists and _folded(wanted) <= _folded(denied):
        return f"{wanted.field} must and must not be {_shown(wanted)}"
    return None


def _folded(condition: FieldIs) -> set[str]:
    return {value.casefold() for value in condition.values}


def _shown(condition: FieldIs) -> str:
    return " or ".join(condition.values)
