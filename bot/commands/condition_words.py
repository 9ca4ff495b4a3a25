# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a condition in one line, as the rules language writes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from bot.rules.answers import span_words
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
    NoticeUnder,
    Says,
    StartsDuring,
    TagAdded,
    TextPart,
)
from bot.rules.situation import FINGERPRINT


def condition_words(condition: Condition) -> str:
    """`says: down`, `plan: [gold, silver]`, `unless says: intermittent`."""
    match condition:
        case AllOf(parts):
            return _repeats(parts) if is_repeats(condition) else _nested("all", parts)
        case AnyOf(parts):
            return _nested("any", parts)
        case Not(part):
            return f"unless {condition_words(part)}"
        case Says():
            return _says(condition)
        case Matches(pattern=pattern, field=None, where=where):
            return f"matches: {_where(pattern, where, 'pattern')}"
        case Matches(pattern=pattern, field=name):
            return f"{name}: {{matches: {pattern}}}"
        case FieldIs():
            return _field(condition)
        case AnyOpen(names):
            return f"any_open: {_listed(names)}"
        case AllClosed(names):
            return f"all_closed: {_listed(names)}"
        case Changed(field=name, to=to, was=was, by=by):
            return f"changed: {_with(name, ('to', to), ('from', was), ('by', by))}"
        case TagAdded(tags=tags, by=by):
            return f"tag_added: {_with(_listed(tags), ('by', by))}"
        case Count():
            return _count(condition)
        case CountAlerts(same=same, at_least=at_least, within=within):
            told = f"alerts: {_listed(same)}, at_least: {at_least}, within: {span_words(within)}"
            return f"count: {{{told}}}"
        case NobodyOn(roster):
            return f"nobody_on: {roster}"
        case NoticeUnder(notice):
            return f"notice_under: {span_words(notice)}"
        case StartsDuring(names):
            return f"starts_during: {_listed(names)}"
        case MachineMail(expected):
            return f"machine_mail: {str(expected).lower()}"
        case _:
            assert_never(condition)


def is_repeats(condition: Condition) -> bool:
    """Whether it is `repeats:`, one line of the language though two conditions."""
    match condition:
        case AllOf((Not(FieldIs(field=name, comparison=Comparison.MISSING)), Count(same=same))):
            return name.startswith(FINGERPRINT) and name in same
        case _:
            return False


def _repeats(parts: tuple[Condition, ...]) -> str:
    count = parts[1]
    assert isinstance(count, Count), "the caller looked"
    name, *more = (each.removeprefix(FINGERPRINT) for each in count.same)
    told = [f"fingerprint: {name}", f"at_least: {count.at_least}"]
    told += [f"same: {_listed(more)}"] if more else []
    return f"repeats: {{{', '.join([*told, f'within: {span_words(count.within)}'])}}}"


def _nested(word: str, parts: Iterable[Condition]) -> str:
    return f"{word}: [{', '.join(condition_words(part) for part in parts)}]"


def _says(condition: Says) -> str:
    word = "says_all" if condition.is_anywhere else "says"
    if not (condition.one_of or condition.without):
        return f"{word}: {_where(_listed(condition.lists), condition.where, 'lists')}"
    where = () if condition.where is TextPart.NEW else (condition.where.value,)
    told = (("one_of", condition.one_of), ("without", condition.without), ("where", where))
    return f"{word}: {_with(f'lists: {_listed(condition.lists)}', *told)}"


def _where(what: str, where: TextPart, key: str) -> str:
    return what if where is TextPart.NEW else f"{{{key}: {what}, where: {where}}}"


def _field(condition: FieldIs) -> str:
    values = _listed(condition.values)
    if condition.comparison is Comparison.IN:
        return f"{condition.field}: {values}"
    if condition.comparison is Comparison.MISSING:
        return f"{condition.field}: {{missing: true}}"
    return f"{condition.field}: {{{condition.comparison}: {values}}}"


def _count(condition: Count) -> str:
    told = [
        *([f"category: {_listed(condition.category)}"] if condition.category else []),
        f"at_least: {condition.at_least}",
        *([f"customers: {condition.customers}"] if condition.customers else []),
        *([f"same: {_listed(condition.same)}"] if condition.same else []),
        f"within: {span_words(condition.within)}",
    ]
    return f"count: {{{', '.join(told)}}}"


def _with(what: str, *more: tuple[str, tuple[str, ...]]) -> str:
    told = [f"{key}: {_listed(values)}" for key, values in more if values]
    return f"{{{', '.join([what, *told])}}}" if told else what


def _listed(values: Iterable[str]) -> str:
    names = list(values)
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
