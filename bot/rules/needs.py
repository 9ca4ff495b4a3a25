# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads from a condition what must be seen before it can be anything but false.

A fact stands for "this field holds this value", a mark for "this list or pattern is in the text".
Of each set one member must be there; no set means that nothing is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType

from bot.rules.conditions import (
    AllOf,
    AnyOf,
    Changed,
    Comparison,
    Condition,
    FieldIs,
    Matches,
    Not,
    Says,
    TagAdded,
    TextPart,
)
from bot.rules.layers import parts_of

Sign = NewType("Sign", str)
"""Something to be seen in an event; texts, because those are compared fastest."""


def fact(name: str, value: str) -> Sign:
    """A field holds a value, whatever its capitals; an empty one for "holds none"."""
    return Sign(f"field {name}={value.casefold()}")


def change(name: str) -> Sign:
    """The event changed this field."""
    return Sign(f"changed {name}")


def word_mark(list_name: str) -> Sign:
    """A list's words stand in the text's new part."""
    return Sign(f"says {list_name}")


def pattern_mark(written: str) -> Sign:
    """What a pattern cannot match without stands in the text's new part."""
    return Sign(f"matches {written}")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a condition cannot do without: one sign of each set.

    `facts` are sets of facts and changes alone, which cost nothing to look at; the sets of `signs`
    hold marks too, for which the text must be scanned. The first set is the one met most seldom.
    """

    facts: tuple[frozenset[Sign], ...] = ()
    signs: tuple[frozenset[Sign], ...] = ()


NOTHING = Needs()
RARE = 0.01
"""How often a list's words, a pattern or a change are guessed to be there."""


class NeedsReader:
    """Reads needs; of several choices it takes the one that is met most seldom.

    `names` says of each fact, once it was read, which field it is about.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        """`conditions` are all of the policy's: they tell how many values a field has."""
        self.names: dict[Sign, str] = {}
        values: dict[str, set[str]] = {}
        for condition in conditions:
            for part in parts_of(condition):
                if isinstance(part, FieldIs):
                    values.setdefault(part.field, set()).update(part.values)
        self._values = {name: len(several) for name, several in values.items()}

    def of(self, condition: Condition) -> Needs:
        """The needs of one condition."""
        match condition:
            case FieldIs():
                return self._of_field(condition)
            case Changed(field=name):
                return Needs((frozenset([change(name)]),))
            case TagAdded():
                return Needs((frozenset([change("tags")]),))
            case Says(where=where) if where is not TextPart.ALL:
                return _of_words(condition)
            case Matches(field=None, where=where) if where is not TextPart.ALL:
                return Needs(signs=(frozenset([pattern_mark(condition.pattern)]),))
            case AllOf(parts):
                return self._of_all(parts)
            case AnyOf(parts):
                return _of_any([self.of(part) for part in parts])
            case Not(AnyOf(parts)):
                return self._of_all(tuple(Not(part) for part in parts))
            case Not(Not(part)):
                return self.of(part)
            case _:
                return NOTHING

    def _of_all(self, parts: Iterable[Condition]) -> Needs:
        found = [self.of(part) for part in parts]
        return Needs(
            facts=self._by_rarity(each.facts for each in found),
            signs=self._by_rarity(each.signs for each in found),
        )

    def _by_rarity(
        self, several: Iterable[tuple[frozenset[Sign], ...]]
    ) -> tuple[frozenset[Sign], ...]:
        together = dict.fromkeys(each for sets in several for each in sets)
        return tuple(sorted(together, key=self._frequency))

    def _frequency(self, signs: frozenset[Sign]) -> float:
        """How often one of the signs is there, by guess: a field's values are taken as equals."""
        return sum(
            1 / max(2, self._values[self.names[sign]]) if sign in self.names else RARE
            for sign in signs
        )

    def _of_field(self, condition: FieldIs) -> Needs:
        match condition.comparison:
            case Comparison.IN | Comparison.HAS:
                values = condition.values
            case Comparison.HAS_ALL if condition.values:
                values = condition.values[:1]
            case Comparison.MISSING:
                values = ("",)
            case _:
                return NOTHING
        facts = [fact(condition.field, value) for value in values]
        self.names.update(dict.fromkeys(facts, condition.field))
        return Needs((frozenset(facts),))


def _of_words(condition: Says) -> Needs:
    each = [frozenset([word_mark(name)]) for name in condition.lists]
    if condition.one_of and not condition.is_anywhere:
        each.append(frozenset(word_mark(name) for name in condition.one_of))
    return Needs(signs=tuple(each))


def _of_any(found: list[Needs]) -> Needs:
    """One of the parts must hold, so one of all their rarest signs is needed."""
    facts = [each.facts[:1] for each in found]
    either = [each.signs[:1] or each.facts[:1] for each in found]
    is_textual = any(each.signs for each in found)
    return Needs(_union(facts), _union(either) if is_textual else ())


def _union(several: list[tuple[frozenset[Sign], ...]]) -> tuple[frozenset[Sign], ...]:
    """One set of all; none if a part needs nothing."""
    if not all(several):
        return ()
    return (frozenset(sign for sets in several for each in sets for sign in each),)
