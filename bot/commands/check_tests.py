# SPDX-License-Identifier: GPL-3.0-or-later
"""What `deskmate check` says of a desk's tests and statements: untested rules, ids nobody has.

A rule has a positive test if one fails when the rule never holds, a negative one if one fails when
it always does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.commands.test_flips import Course, Sample, courses_of, samples_of
from bot.commands.test_mutate import ALWAYS, NEVER, Flip
from bot.config.desk_tests import DeskTest, read_tests
from bot.config.problems import Problem
from bot.config.statements import (
    TESTS,
    read_citations,
    read_statements,
    unknown_citations,
    yaml_files,
)
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Rule
from bot.rules.truth import Truth


def check_desk(folder: Path, compiled: CompiledPolicy) -> list[Problem]:
    """Warnings about the tests and the statements beside a policy, where there are any."""
    return [*_citations(folder), *_tests(folder, compiled)]


def _citations(folder: Path) -> Iterator[Problem]:
    statements, problems = read_statements(folder)
    if statements:
        yield from (replace(each, is_warning=True) for each in problems)
        cited, _ = read_citations(folder)
        for problem in unknown_citations(statements, cited):
            yield replace(problem, is_warning=True)


def _tests(folder: Path, compiled: CompiledPolicy) -> Iterator[Problem]:
    if not yaml_files(folder / TESTS):
        return
    tests, problems = read_tests(folder, compiled.policy)
    if problems:
        yield from (replace(each, is_warning=True) for each in problems)
        return
    noticing = _Noticing(samples_of(tests, compiled), courses_of(tests, compiled))
    fires, keeps_quiet = _named(tests, "fired"), _named(tests, "not_fired")
    for rule in compiled.policy.rules:
        if rule.is_watched:
            continue
        if rule.rule_id not in fires and not noticing.is_noticed(rule, holds=False):
            what = f"no test fails if rule {rule.rule_id!r} never fires"
            advice = f"write one with `fired: [{rule.rule_id}]` in {folder / TESTS}"
            yield Problem(rule.place, what, advice, is_warning=True)
        if rule.rule_id not in keeps_quiet and not noticing.is_noticed(rule, holds=True):
            what = f"no test fails if rule {rule.rule_id!r} always fires"
            advice = f"write one with `not_fired: [{rule.rule_id}]` in {folder / TESTS}"
            yield Problem(rule.place, what, advice, is_warning=True)


def _named(tests: Sequence[DeskTest], key: str) -> set[str]:
    """The rules that tests name under a key."""
    return {rule for test in tests if key in test.expect for rule in test.expect[key].value}


@dataclass(frozen=True, slots=True)
class _Noticing:
    """The tests of a desk, asked what they would miss."""

    samples: Sequence[Sample]
    courses: Sequence[Course]

    def is_noticed(self, rule: Rule, *, holds: bool) -> bool:
        """Whether a test fails where the rule always holds, or never."""
        if holds and rule.condition == ALWAYS:
            return True  # It is meant to.
        flip = Flip(replace(rule, condition=ALWAYS if holds else NEVER), "")
        is_other = Truth.FALSE if holds else Truth.TRUE
        touched = (
            sample
            for sample in self.samples
            if rule.occasions & {sample.asked.situation.occasion}
            and (sample.own_answer(rule) is is_other or sample.is_course)
        )
        return any(sample.is_noticed(flip) for sample in touched) or (
            not holds
            and any(course.concerns(rule) and course.is_noticed(flip) for course in self.courses)
        )
