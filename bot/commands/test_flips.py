# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the flips of a policy that none of its tests notices.

A flip is first asked only for its own rule's answer: where that stays, everything stays, and the
event need not be decided again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.commands.decide_answer import answer_of
from bot.commands.decide_context import with_event_days
from bot.commands.decide_course import decide_one
from bot.commands.decide_input import Asked, read_line
from bot.commands.decide_values import BadLine
from bot.commands.test_mutate import Flip, with_flip
from bot.commands.test_run import differences, run_timeline
from bot.commands.test_timeline import play
from bot.config.desk_tests import DeskTest
from bot.rules import engine
from bot.rules.conditions import Condition
from bot.rules.engine import CompiledPolicy
from bot.rules.evaluation import Judge
from bot.rules.policy import Rule
from bot.rules.tracing import decided_before
from bot.rules.truth import Truth


@dataclass(slots=True)
class Sample:
    """One event of one test, understood once, with a judge per layer of rules."""

    test: DeskTest
    given: Mapping[str, Any]
    compiled: CompiledPolicy
    asked: Asked
    _judges: dict[int, Judge] = field(default_factory=dict)
    _truths: dict[str, Truth] = field(default_factory=dict)

    @property
    def is_course(self) -> bool:
        """Whether further events follow, so that the first answer says nothing of the last."""
        return bool((self.given.get("context") or {}).get("later_events"))

    def answer(self, rule: Rule, condition: Condition) -> Truth:
        """What `condition` answers in the place of the rule's own; false where it is not tried."""
        situation = self.asked.situation
        is_over = rule.until is not None and situation.at.date() > rule.until
        if is_over or situation.occasion not in rule.occasions:
            return Truth.FALSE
        return self._judge(_layer(self.compiled, rule)).answer(condition).truth

    def own_answer(self, rule: Rule) -> Truth:
        """What the rule answers as it stands in the policy."""
        if rule.rule_id not in self._truths:
            self._truths[rule.rule_id] = self.answer(rule, rule.condition)
        return self._truths[rule.rule_id]

    def is_noticed(self, flip: Flip) -> bool:
        """Whether the test fails under the flip."""
        flipped = with_flip(self.compiled, flip)
        if self.is_course:
            answer = decide_one(dict(self.given), flipped)
        else:
            decision = engine.decide(flipped, self.asked.situation)
            answer = answer_of(self.asked, decision, flipped)
        return bool(differences(self.test, self.given, answer, flipped))

    def _judge(self, layer: int) -> Judge:
        if layer not in self._judges:
            compiled, situation = self.compiled, self.asked.situation
            self._judges[layer] = Judge(
                compiled.policy, compiled.calendars, compiled.vocabulary, situation,
                decided_before(compiled, situation, layer),
            )  # fmt: skip
        return self._judges[layer]


@dataclass(slots=True)
class Course:
    """One test with a timeline; it is played anew for flips of the rules that fire in it."""

    test: DeskTest
    compiled: CompiledPolicy
    _fired: frozenset[str] | None = None

    def is_noticed(self, flip: Flip) -> bool:
        """Whether the test fails under the flip."""
        return bool(run_timeline(self.test, with_flip(self.compiled, flip)).failures)

    def concerns(self, rule: Rule) -> bool:
        """Whether the rule fires in it."""
        if self._fired is None:
            self._fired = play(self.test.timeline, self.compiled).fired
        return rule.rule_id in self._fired


def courses_of(tests: Iterable[DeskTest], compiled: CompiledPolicy) -> tuple[Course, ...]:
    """The tests with a timeline."""
    return tuple(Course(test, compiled) for test in tests if not test.is_simple)


def samples_of(tests: Iterable[DeskTest], compiled: CompiledPolicy) -> tuple[Sample, ...]:
    """Every event of the simple tests; one that cannot be read notices nothing."""
    found = []
    for test in tests:
        for given in test.givens:
            context = given.get("context")
            fed = with_event_days(compiled, context) if isinstance(context, dict) else compiled
            try:
                found.append(Sample(test, given, fed, read_line(given, fed)))
            except BadLine:
                continue
    return tuple(found)


def unnoticed(
    flips: Iterable[Flip],
    samples: Sequence[Sample],
    courses: Sequence[Course],
    compiled: CompiledPolicy,
) -> Iterator[tuple[Flip, bool]]:
    """Each flip, and whether no test fails under it; timelines are played where no other does."""
    rules = {rule.rule_id: rule for rule in compiled.policy.rules}
    for flip in flips:
        rule = rules[flip.rule.rule_id]
        is_noticed = any(sample.is_noticed(flip) for sample in _touched(flip, rule, samples))
        yield (
            flip,
            not is_noticed
            and not any(course.concerns(rule) and course.is_noticed(flip) for course in courses),
        )


def _touched(flip: Flip, rule: Rule, samples: Sequence[Sample]) -> list[Sample]:
    """The events on which the rule would answer otherwise, those first on which it fired."""
    touched = [
        sample
        for sample in samples
        if sample.is_course or _is_other(sample, rule, flip.rule.condition)
    ]
    return sorted(touched, key=lambda sample: sample.own_answer(rule) is not Truth.TRUE)


def _is_other(sample: Sample, rule: Rule, condition: Condition) -> bool:
    before, after = sample.own_answer(rule), sample.answer(rule, condition)
    is_asked = "unknown" in sample.test.expect and after is Truth.UNKNOWN
    return before is not after or is_asked


def _layer(compiled: CompiledPolicy, rule: Rule) -> int:
    """The number of the rule's layer, from 1."""
    for number, layer in enumerate(compiled.layers, start=1):
        if any(each.rule_id == rule.rule_id for each in layer):
            return number
    raise KeyError(rule.rule_id)
