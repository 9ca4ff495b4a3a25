# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for rules that no event can reach: they ask for what their events do not bring.

Also for rules that decide nothing, because another one holds whenever they do and goes before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.config.contradictions import together
from bot.config.problems import Problem
from bot.rules.conditions import (
    Condition,
    CountAlerts,
    FieldIs,
    NoticeUnder,
    Says,
    StartsDuring,
)
from bot.rules.events import Occasion
from bot.rules.policy import Effects, Policy, Rule

BROUGHT_BY: dict[str, frozenset[Occasion]] = {
    "alert.": frozenset({Occasion.ALERT}),
    "sla.": frozenset({Occasion.SLA_WARNING, Occasion.SLA_BREACHED}),
    "contacts": frozenset({Occasion.CONTACT_ADDED}),
}
"""Fields that hold a value on these events alone."""
WORKS = frozenset({Occasion.MAINTENANCE_ANNOUNCED})
WITHOUT_TEXT = frozenset({Occasion.HELPDESK_STATE, Occasion.CONTACT_ADDED})


def check_events(policy: Policy) -> list[Problem]:
    """A warning for each rule that cannot fire for want of an event, or that decides nothing."""
    return [*_unreached(policy.rules), *_overruled(policy)]


def _unreached(rules: Iterable[Rule]) -> Iterator[Problem]:
    for rule in rules:
        for part in together(rule.condition):
            wanted = _occasions(part)
            if wanted is not None and not wanted & rule.occasions:
                tried = _shown(rule.occasions)
                what = f"rule {rule.rule_id!r} can never fire: it asks for {_what(part)} and is "
                what += f"tried on {tried}"
                advice = f"write `events: [{_shown(wanted)}]`"
                yield Problem(rule.place, what, advice, is_warning=True)
                break


def _occasions(part: Condition) -> frozenset[Occasion] | None:
    """The only events on which a line can hold; None where any will do."""
    match part:
        case FieldIs(field="event", values=values):
            return frozenset(each for each in Occasion if each.value in values)
        case FieldIs(field=name, values=values) if values:
            return next((on for start, on in BROUGHT_BY.items() if name.startswith(start)), None)
        case CountAlerts():
            return BROUGHT_BY["alert."]
        case NoticeUnder() | StartsDuring():
            return WORKS
        case Says():
            return frozenset(Occasion) - WITHOUT_TEXT
        case _:
            return None


def _what(part: Condition) -> str:
    match part:
        case FieldIs(field="event", values=values):
            return f"the event {' or '.join(values)}"
        case FieldIs(field=name):
            return name
        case CountAlerts():
            return "a count of alerts"
        case Says():
            return "words of a message"
        case _:
            return "announced works"


def _shown(occasions: Iterable[Occasion]) -> str:
    return ", ".join(sorted(each.value for each in occasions))


def _overruled(policy: Policy) -> Iterator[Problem]:
    """Rules that only decide a code, where a broader rule decides an earlier one."""
    parts = {rule.rule_id: frozenset(together(rule.condition)) for rule in policy.rules}
    deciding = [rule for rule in policy.rules if not rule.is_watched and rule.until is None]
    by_part: dict[Condition | None, list[Rule]] = {}
    for rule in deciding:
        by_part.setdefault(next(iter(parts[rule.rule_id]), None), []).append(rule)
    for rule in deciding:
        own = parts[rule.rule_id]
        broader = (
            other
            for part in (None, *own)
            for other in by_part.get(part, ())
            if other.rule_id != rule.rule_id
            and parts[other.rule_id] <= own
            and other.occasions >= rule.occasions
            and _goes_before(policy, other.effects, rule.effects)
        )
        found = next(broader, None)
        if found is not None:
            what = f"rule {rule.rule_id!r} decides nothing: {found.rule_id!r} holds whenever it "
            what += "does, and decides the same or what comes earlier in the list"
            advice = f"remove it, or exclude it from {found.rule_id!r} with `unless`"
            yield Problem(rule.place, what, advice, is_warning=True)


def _goes_before(policy: Policy, first: Effects, second: Effects) -> bool:
    """Whether everything that `second` does is overruled by `first`."""
    if second != Effects(priority=second.priority, category=second.category):
        return False
    for name, order in (("priority", policy.priorities), ("category", policy.categories)):
        mine, theirs = getattr(second, name), getattr(first, name)
        if mine is None:
            continue
        if theirs is None or theirs not in order or mine not in order:
            return False
        if order.index(theirs) > order.index(mine):
            return False
    return True
