# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the flips of a policy: each condition of a rule turned round or left out; pure.

A leaf is turned into its opposite; of `all` and `any` each part is left out once. A flip that no
test notices is a condition that no test needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.commands.condition_words import condition_words, is_repeats
from bot.rules.conditions import AllOf, AnyOf, Condition, Not, Says
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Rule

ALWAYS = AllOf(())
NEVER = AnyOf(())


@dataclass(frozen=True, slots=True)
class Flip:
    """One rule with one condition changed; `what` is the change in the language's own words."""

    rule: Rule
    what: str


def flips_of(rules: Iterable[Rule]) -> Iterator[Flip]:
    """Every flip of every rule that acts; a watched rule has no effect to miss."""
    for rule in rules:
        if not rule.is_watched:
            for condition, what in _changed(rule.condition):
                yield Flip(replace(rule, condition=condition), what)


def with_flip(compiled: CompiledPolicy, flip: Flip) -> CompiledPolicy:
    """The policy with that rule in the place of the one of its name; words and hours are kept.

    A flipped condition reads nothing that the rule did not read, so the layers hold.
    """
    rules = _replaced(compiled.policy.rules, flip.rule)
    return replace(
        compiled,
        policy=replace(compiled.policy, rules=rules),
        layers=tuple(
            _replaced(layer, flip.rule)
            if any(each.rule_id == flip.rule.rule_id for each in layer)
            else layer
            for layer in compiled.layers
        ),
    )


def _replaced(rules: Iterable[Rule], new: Rule) -> tuple[Rule, ...]:
    return tuple(new if rule.rule_id == new.rule_id else rule for rule in rules)


def _changed(condition: Condition) -> Iterator[tuple[Condition, str]]:
    if is_repeats(condition):
        yield Not(condition), f"with the opposite of `{condition_words(condition)}`"
        return
    match condition:
        case AllOf(parts) | AnyOf(parts):
            made = type(condition)
            for place, part in enumerate(parts):
                before, after = parts[:place], parts[place + 1 :]
                if before or after:
                    yield made((*before, *after)), f"without `{condition_words(part)}`"
                for changed, what in _changed(part):
                    yield made((*before, changed, *after)), what
        case Not(part):
            for changed, what in _changed(part):
                yield Not(changed), what
        case Says(one_of=one_of, without=without) if one_of or without:
            yield Not(condition), f"with the opposite of `{condition_words(condition)}`"
            yield from _fewer_lists(condition)
        case _:
            yield Not(condition), f"with the opposite of `{condition_words(condition)}`"


def _fewer_lists(says: Says) -> Iterator[tuple[Condition, str]]:
    """The condition with one list of `one_of` or of `without` left out."""
    words = condition_words(says)
    for name in says.one_of if len(says.one_of) > 1 else ():
        fewer = tuple(each for each in says.one_of if each != name)
        yield replace(says, one_of=fewer), f"without {name} in `{words}`"
    for name in says.without:
        fewer = tuple(each for each in says.without if each != name)
        yield replace(says, without=fewer), f"without {name} in `{words}`"
