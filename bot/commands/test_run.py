# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of one desk and says of each that fails what was expected and what came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands.decide_context import with_event_days
from bot.commands.decide_course import decide_one
from bot.commands.decide_input import read_line
from bot.commands.decide_values import BadLine
from bot.commands.test_expect import Mismatch, mismatches
from bot.commands.test_tellings import occasion_words
from bot.commands.test_timeline import play
from bot.commands.test_timeline_expect import timeline_mismatches
from bot.commands.test_world import Trial
from bot.config.desk_tests import DeskTest
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Effects
from bot.rules.tracing import RuleTrace, Tried, trace

GREATEST_WHY = 3
"""Rules of which is said why they kept quiet, where any of them would have done it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One event whose answer is not the expected one: the differences, and why it came so.

    `body` tells the events of one test apart; it is empty where there is one.
    """

    differences: tuple[str, ...]
    why: tuple[str, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """A test and its failures; none if it passes."""

    test: DeskTest
    failures: tuple[Failure, ...]


def run_test(test: DeskTest, compiled: CompiledPolicy) -> Ran:
    """Run any test; those with a timeline have a world of their own."""
    return run_simple(test, compiled) if test.is_simple else run_timeline(test, compiled)


def run_simple(test: DeskTest, compiled: CompiledPolicy) -> Ran:
    """Decide every event of a test without a timeline."""
    failures = [
        failure for given in test.givens if (failure := _failure(test, given, compiled)) is not None
    ]
    return Ran(test, tuple(failures))


def run_timeline(test: DeskTest, compiled: CompiledPolicy) -> Ran:
    """Play a test's timeline in a world of its own."""
    try:
        played = play(test.timeline, compiled)
    except Trial as problem:
        return Ran(test, (Failure((f"timeline: {problem}",)),))
    found = timeline_mismatches(
        test.expect,
        told=played.told,
        clocks={"warned": played.warned, "breached": played.breached},
        tickets=played.tickets,
    )
    lines = tuple(str(each) for each in found)
    why = tuple(f"{each.name} was told at {each.at:%Y-%m-%d %H:%M:%S} UTC: "
                f"{occasion_words(each.occasion)}" for each in played.told)  # fmt: skip
    return Ran(test, (Failure(lines, why or ("nobody was told",)),) if lines else ())


def differences(
    test: DeskTest, given: Mapping[str, Any], answer: Mapping[str, Any], compiled: CompiledPolicy
) -> tuple[Mismatch, ...]:
    """What of one answer is not as the test expects."""
    categories = compiled.policy.categories
    return mismatches(
        test.expect,
        answer,
        current=given.get("current"),
        default_category=categories[-1] if categories else None,
    )


def _failure(test: DeskTest, given: Mapping[str, Any], compiled: CompiledPolicy) -> Failure | None:
    body = str(given.get("body") or "") if len(test.givens) > 1 else ""
    try:
        answer = decide_one(dict(given), compiled)
    except BadLine as problem:
        return Failure((f"given: {problem}",), body=body)
    except Exception as error:
        # The boundary of a test: whatever odd values do, the others run.
        what = f"given: a value cannot be used: {type(error).__name__}: {str(error)[:120]}"
        return Failure((what,), body=body)
    found = differences(test, given, answer, compiled)
    if not found:
        return None
    why = (*_fired(answer), *_quiet(test, given, compiled, found))
    return Failure(tuple(str(each) for each in found), why, body)


def _fired(answer: Mapping[str, Any]) -> Iterator[str]:
    if not answer["fired"]:
        yield "no rule fired"
    for each in answer["fired"]:
        evidence = "; ".join(each["evidence"])
        yield f"{each['rule']} fired" + (f": {evidence}" if evidence else "")


def _quiet(
    test: DeskTest,
    given: Mapping[str, Any],
    compiled: CompiledPolicy,
    found: Iterable[Mismatch],
) -> Iterator[str]:
    """What stopped the rules that would have done what the test misses."""
    keys = {each.key for each in found}
    wanted = set(test.expect["fired"].value) if "fired" in keys else set()
    context = given.get("context")
    compiled = with_event_days(compiled, context) if isinstance(context, dict) else compiled
    traced = trace(compiled, read_line(given, compiled).situation)
    for each in traced:
        if each.rule.rule_id in wanted and each.tried is not Tried.FIRED:
            yield _why(each)
    for key in sorted(keys & {"priority", "category", "tags", "routes"} & set(test.expect)):
        able = [each for each in traced if _does(each.rule.effects, key, test.expect[key].value)]
        if any(each.tried is Tried.FIRED for each in able):
            continue
        left = [each for each in able if each.rule.rule_id not in wanted]
        yield from (_why(each) for each in left[:GREATEST_WHY])
        wanted |= {each.rule.rule_id for each in left}


def _does(effects: Effects, key: str, value: Any) -> bool:
    """Whether a rule would give (a part of) what is expected."""
    match key:
        case "priority":
            return value is not None and effects.priority == value
        case "category":
            return value is not None and effects.category == value
        case "tags":
            return bool(set(effects.add_tags) & set(value))
        case _:
            return bool({*effects.tell, *effects.routes, effects.group} & set(value))


def _why(each: RuleTrace) -> str:
    return f"{each.rule.rule_id} kept quiet: {'; '.join(each.seen)}"
