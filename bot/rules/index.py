# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the few rules that an event can concern, so that the others need not be tried.

Every rule is filed under what it cannot hold without (`needs`). A rule that is not found here is
certainly false; one that might be true or unknown always is. The text is scanned only if a rule
could be left out by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.rules.evaluation import Judge
from bot.rules.events import Occasion
from bot.rules.needs import NeedsReader, Sign, change, fact, pattern_mark, word_mark
from bot.rules.policy import Rule
from bot.rules.verdicts import Verdict, verdict_of

FEW = 8
"""So many rules are tried at once; for more the text is scanned first."""


class _Filed(NamedTuple):
    """A rule by its place in the layer, and what it needs beside the sign it is filed under."""

    place: int
    others: tuple[frozenset[Sign], ...]


Files = dict[Sign, list[_Filed]]


@dataclass(slots=True)
class _File:
    """The rules of one layer that are tried on one occasion, by their place in the layer.

    `by_fact` holds rules that need facts alone, `by_sign` those about the text; of the latter
    `scoped` holds those that need a fact too, `textual` the others.
    """

    always: list[int] = field(default_factory=list)
    by_fact: Files = field(default_factory=dict)
    by_sign: Files = field(default_factory=dict)
    scoped: Files = field(default_factory=dict)
    textual: list[int] = field(default_factory=list)
    facts: dict[str, set[Sign]] = field(default_factory=dict)


class LayerIndex:
    """One layer of rules, filed for each occasion when it first comes."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Nothing is filed yet."""
        self.rules = rules
        self.by_id = {rule.rule_id: rule for rule in rules}
        self._files: dict[Occasion, _File] = {}
        self._verdicts: dict[str, Verdict] = {}

    def candidates(self, judge: Judge) -> list[Rule]:
        """The rules that may hold or be unknown, in their order; all others are false."""
        file = self._file(judge.situation.occasion)
        seen = _facts_seen(file, judge)
        chosen = {*file.always, *_met(file.by_fact, seen)}
        chosen.update(_textual(file, seen, judge))
        return [self.rules[index] for index in sorted(chosen)]

    def verdict(self, rule: Rule) -> Verdict:
        """What answers a rule's condition quickly, made when the rule is first tried."""
        known = self._verdicts.get(rule.rule_id)
        if known is None:
            known = self._verdicts[rule.rule_id] = verdict_of(rule.condition)
        return known

    def _file(self, occasion: Occasion) -> _File:
        if occasion not in self._files:
            self._files[occasion] = _filed(self.rules, occasion)
        return self._files[occasion]


def _filed(rules: Sequence[Rule], occasion: Occasion) -> _File:
    tried = [(n, rule) for n, rule in enumerate(rules) if occasion in rule.occasions]
    reader, file = NeedsReader(rule.condition for _, rule in tried), _File()
    for index, rule in tried:
        needs = reader.of(rule.condition)
        for sign in (sign for each in (*needs.facts, *needs.signs) for sign in each):
            if sign in reader.names:
                file.facts.setdefault(reader.names[sign], set()).add(sign)
        if needs.signs:
            # Facts are met less often than marks that were seen: they are compared first.
            _put(file.by_sign, needs.signs[0], _Filed(index, needs.facts + needs.signs[1:]))
            if needs.facts:
                _put(file.scoped, needs.facts[0], _Filed(index, needs.facts[1:]))
            else:
                file.textual.append(index)
        elif needs.facts:
            _put(file.by_fact, needs.facts[0], _Filed(index, needs.facts[1:]))
        else:
            file.always.append(index)
    return file


def _put(files: Files, signs: Iterable[Sign], filed: _Filed) -> None:
    for sign in signs:
        files.setdefault(sign, []).append(filed)


def _met(files: Files, seen: set[Sign]) -> list[int]:
    """The rules of which everything needed was seen; written flat, as it asks most rules."""
    met = []
    for sign in seen & files.keys():
        for place, others in files[sign]:
            for each in others:
                if seen.isdisjoint(each):
                    break
            else:
                met.append(place)
    return met


def _facts_seen(file: _File, judge: Judge) -> set[Sign]:
    """What the fields hold; everything, of a field that could not be read."""
    seen: set[Sign] = {change(each.field) for each in judge.situation.changes}
    for name, known in file.facts.items():
        values = judge.values(name)
        if values is None:
            seen |= known
        else:
            seen.update(fact(name, value) for value in values or ("",))
    return seen


def _textual(file: _File, seen: set[Sign], judge: Judge) -> Iterable[int]:
    """The rules about the text: by their facts alone if those leave few, else by a scan."""
    if not file.by_sign:
        return ()
    scoped = [file.scoped[sign] for sign in seen & file.scoped.keys()]
    if len(file.textual) + sum(map(len, scoped)) <= FEW or judge.reading.is_partial:
        return (*file.textual, *_met(file.scoped, seen))
    return _met(file.by_sign, _marks_seen(judge) | seen)


def _marks_seen(judge: Judge) -> set[Sign]:
    reading = judge.reading
    if reading.is_empty:
        return set()
    marks = {word_mark(name) for name in reading.seen_lists()}
    marks.update(pattern_mark(written) for written in reading.seen_patterns())
    return marks
