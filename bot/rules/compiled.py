# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy made ready to decide by: calendars, word lists, patterns, rules in layers with an index.

    compiled = compile_policy(policy)

`Accelerators` only save time: the answers are the same without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.rules.business_time import Calendar, calendars_of
from bot.rules.calendar_lists import calendars_for
from bot.rules.conditions import Matches
from bot.rules.index import LayerIndex
from bot.rules.knowledge import NOTHING_KNOWN, Knowledge
from bot.rules.layers import layers_of, parts_of
from bot.rules.policy import Policy, Rule
from bot.rules.text import PatternBook, Vocabulary, compile_lists
from bot.rules.ticket import Ticket

MOST_INDEXES = 64
"""Kept indexes of layers: a policy has fewer, but tools try many variants of one."""


@dataclass(frozen=True, slots=True)
class Accelerators:
    """What may be used where it is installed: pyahocorasick's automaton, google-re2's sets."""

    automaton: bool = True
    pattern_set: bool = True


EVERYTHING = Accelerators()


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A policy made ready to decide by.

    `knowledge` is what suggestions are made of; whoever compiles adds it, and it changes with time.
    """

    policy: Policy
    calendars: Mapping[str, Calendar]
    vocabulary: Vocabulary
    layers: tuple[tuple[Rule, ...], ...]
    book: PatternBook
    knowledge: Knowledge = NOTHING_KNOWN
    _indexes: dict[int, LayerIndex] = field(default_factory=dict, repr=False, compare=False)

    def index(self, layer: tuple[Rule, ...]) -> LayerIndex:
        """The index of one layer, made when it is first tried."""
        known = self._indexes.get(id(layer))
        if known is None or known.rules is not layer:
            if len(self._indexes) >= MOST_INDEXES:
                self._indexes.clear()
            known = self._indexes[id(layer)] = LayerIndex(layer)
        return known


def compile_policy(policy: Policy, *, accelerators: Accelerators = EVERYTHING) -> CompiledPolicy:
    """Make a policy ready; one that loaded without a mistake always compiles."""
    patterns = (
        part.pattern
        for rule in policy.rules
        for part in parts_of(rule.condition)
        if isinstance(part, Matches)
    )
    return CompiledPolicy(
        policy=policy,
        calendars=calendars_of(policy.calendars),
        vocabulary=compile_lists(policy.words, accelerated=accelerators.automaton),
        layers=layers_of(policy.rules),
        book=PatternBook(
            patterns, accelerated=accelerators.automaton, with_set=accelerators.pattern_set
        ),
    )


def for_ticket(compiled: CompiledPolicy, ticket: Ticket) -> CompiledPolicy:
    """The policy with the calendars as they are for this ticket's customer."""
    calendars = calendars_for(compiled.policy.calendars, compiled.calendars, ticket)
    return compiled if calendars is compiled.calendars else replace(compiled, calendars=calendars)
