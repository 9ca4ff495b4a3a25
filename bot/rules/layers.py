# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders rules by what they read and set, so that nobody has to write an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.rules.conditions import (
    AllOf,
    AnyOf,
    Changed,
    Condition,
    Count,
    FieldIs,
    Matches,
    Not,
)
from bot.rules.policy import Rule


def parts_of(condition: Condition) -> Iterator[Condition]:
    """A condition and everything nested in it."""
    yield condition
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from parts_of(part)
        case Not(part):
            yield from parts_of(part)


def reads(rule: Rule) -> frozenset[str]:
    """What a rule's condition looks at, as far as another rule might set it: `tags:x` per tag."""
    found: set[str] = set()
    for part in parts_of(rule.condition):
        match part:
            case FieldIs(field="tags", values=values):
                found |= {f"tags:{value}" for value in values}
            case FieldIs(field=name) | Matches(field=str(name)):
                found.add(name.removeprefix("field."))
            case Count(category=categories, same=same):
                found |= {*same, *(("category",) if categories else ())}
    return frozenset(found)


def sets(rule: Rule) -> frozenset[str]:
    """What a rule may set, in the same words as `reads`."""
    effects = rule.effects
    plain = {
        name for name in ("priority", "category", "group") if getattr(effects, name) is not None
    }
    tags = {f"tags:{tag}" for tag in (*effects.add_tags, *effects.remove_tags)}
    return frozenset(plain | tags | set(effects.fields))


def is_per_event(rule: Rule) -> bool:
    """Whether each event is an occasion of its own: rules that ask what has just changed."""
    return any(isinstance(part, Changed) for part in parts_of(rule.condition))


def asks_for_the_end(rule: Rule) -> bool:
    """Whether a rule is about alerts that have ended; no other tells anybody of them."""
    return any(
        isinstance(part, FieldIs) and part.field == "alert.state" and "resolved" in part.values
        for part in parts_of(rule.condition)
    )


def layers_of(rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """The rules in layers, each reading only what earlier layers set.

    Rules in a circle come last, together; `circles` names them and the check refuses them.
    """
    left, layers = list(rules), []
    while left:
        layer = [rule for rule in left if not _waits_for(rule, left)] or left
        layers.append(tuple(layer))
        left = [rule for rule in left if rule not in layer]
    return tuple(layers)


def circles(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that read what they, by way of others, set themselves; empty if there are none."""
    left = list(rules)
    while True:
        free = [rule for rule in left if not _waits_for(rule, left)]
        if not free:
            break
        left = [rule for rule in left if rule not in free]
    while True:
        unread = [rule for rule in left if not any(_waits_for(each, [rule]) for each in left)]
        if not unread:
            return tuple(left)
        left = [rule for rule in left if rule not in unread]


def _waits_for(rule: Rule, others: Sequence[Rule]) -> bool:
    wanted = reads(rule)
    return any(wanted & sets(other) for other in others if other.rule_id != rule.rule_id)
