# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers a rule's condition with true, false or unknown, and says what it saw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from bot.rules.answers import (
    Answer,
    announced_works,
    count_alerts,
    count_tickets,
    nobody_on,
    tag_added,
)
from bot.rules.business_time import Calendar
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
from bot.rules.policy import Policy
from bot.rules.situation import Decided, Situation, values_of
from bot.rules.text import (
    Findings,
    Pattern,
    PatternProblem,
    Scope,
    Vocabulary,
    compile_pattern,
    find,
    matches,
)
from bot.rules.truth import Truth, not_, truth_of

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
ORDERED = frozenset({"priority", "category"})
"""Fields whose codes have an order: the policy's list, the earlier being the higher."""


@dataclass(slots=True)
class Judge:
    """Answers the conditions of one event; the text is searched once, and only when asked."""

    policy: Policy
    calendars: Mapping[str, Calendar]
    vocabulary: Vocabulary
    situation: Situation
    decided: Decided
    _found: dict[Scope, Findings] = field(default_factory=dict)

    def answer(self, condition: Condition) -> Answer:
        """The answer to any condition."""
        match condition:
            case AllOf(parts):
                return self._all(parts)
            case AnyOf(parts):
                return self._any(parts)
            case Not(part):
                inner = self.answer(part)
                return Answer(not_(inner.truth), (), inner.unknown)
            case Says():
                return self._says(condition)
            case Matches():
                return self._matches(condition)
            case FieldIs():
                return self._field(condition)
            case AnyOpen(names):
                return self._open(names, wants_open=True)
            case AllClosed(names):
                return self._open(names, wants_open=False)
            case Changed():
                return self._changed(condition)
            case Count():
                return count_tickets(condition, self.situation, self.decided)
            case CountAlerts():
                return count_alerts(condition, self.situation)
            case TagAdded():
                return tag_added(condition, self.situation)
            case NobodyOn(roster):
                return nobody_on(roster, self.situation)
            case NoticeUnder() | StartsDuring():
                return announced_works(condition, self.situation, self.calendars)
            case MachineMail(expected):
                message = self.situation.message
                truth = message.is_machine if message else Truth.FALSE
                unknown = ("machine_mail",) if truth is Truth.UNKNOWN else ()
                return Answer(truth if expected else not_(truth), ("a machine's mail",), unknown)
            case _:
                assert_never(condition)

    def _all(self, parts: Iterable[Condition]) -> Answer:
        truth = Truth.TRUE
        evidence: list[str] = []
        unknown: list[str] = []
        for part in parts:
            answer = self.answer(part)
            if answer.truth is Truth.FALSE:
                return Answer(Truth.FALSE)
            evidence += answer.evidence
            if answer.truth is Truth.UNKNOWN:
                truth = Truth.UNKNOWN
                unknown += answer.unknown
        return Answer(truth, tuple(evidence), tuple(unknown))

    def _any(self, parts: Iterable[Condition]) -> Answer:
        truth = Truth.FALSE
        unknown: list[str] = []
        for part in parts:
            answer = self.answer(part)
            if answer.truth is Truth.TRUE:
                return answer
            if answer.truth is Truth.UNKNOWN:
                truth = Truth.UNKNOWN
                unknown += answer.unknown
        return Answer(truth, (), tuple(unknown))

    def _says(self, condition: Says) -> Answer:
        message = self.situation.message
        if message is None:
            return Answer(Truth.FALSE)
        findings = self._findings(condition.where)
        if condition.is_anywhere:
            all_said = [findings.says(name) for name in condition.lists]
            truth = _all_of(said.truth for said in all_said)
            hits = tuple(hit for said in all_said for hit in said.hits[:1])
        else:
            said = findings.says(
                condition.lists, one_of=condition.one_of, without=condition.without
            )
            most = len(condition.lists) + (1 if condition.one_of else 0)
            truth, hits = said.truth, said.hits[:most]
        if condition.where in (TextPart.SUBJECT, TextPart.BODY):
            hits = tuple(hit for hit in hits if hit.where == condition.where)
            truth = truth if hits or truth is not Truth.TRUE else Truth.FALSE
        evidence = tuple(hit.evidence() for hit in hits) if truth is Truth.TRUE else ()
        return Answer(truth, evidence, ("the message's text",) if truth is Truth.UNKNOWN else ())

    def _findings(self, where: TextPart) -> Findings:
        scope = Scope.WHOLE if where is TextPart.ALL else Scope.NEW
        message = self.situation.message
        assert message is not None, "the caller looked"
        if scope not in self._found:
            self._found[scope] = find(self.vocabulary, message, scope)
        return self._found[scope]

    def _matches(self, condition: Matches) -> Answer:
        pattern = _compiled(condition.pattern)
        if condition.field is None:
            if self.situation.message is None:
                return Answer(Truth.FALSE)
            scope = Scope.WHOLE if condition.where is TextPart.ALL else Scope.NEW
            truth, hit = matches(pattern, self.situation.message, scope)
            return Answer(truth, (hit.evidence(),) if hit else ())
        values = self._values(condition.field)
        if values is None:
            return Answer(Truth.UNKNOWN, (), (condition.field,))
        found = any(pattern.search(value) is not None for value in values)
        return Answer(truth_of(found), (f"{condition.field} matches {condition.pattern!r}",))

    def _field(self, condition: FieldIs) -> Answer:
        values = self._values(condition.field)
        if values is None:
            return Answer(Truth.UNKNOWN, (), (condition.field,))
        shown = ", ".join(values) if values else "nothing"
        evidence = (f"{condition.field} is {shown}",)
        return Answer(truth_of(self._compare(condition, values)), evidence)

    def _compare(self, condition: FieldIs, values: tuple[str, ...]) -> bool:
        wanted = [value.casefold() for value in condition.values]
        held = [value.casefold() for value in values]
        match condition.comparison:
            case Comparison.IN | Comparison.HAS:
                return any(value in wanted for value in held)
            case Comparison.NOT_IN:
                return bool(held) and not any(value in wanted for value in held)
            case Comparison.HAS_ALL:
                return all(value in held for value in wanted)
            case Comparison.MISSING:
                return not held
            case Comparison.STARTS:
                return any(value.startswith(tuple(wanted)) for value in held)
            case Comparison.ENDS:
                return any(value.endswith(tuple(wanted)) for value in held)
            case Comparison.AT_LEAST:
                return self._rank(condition, values, is_least=True)
            case Comparison.AT_MOST:
                return self._rank(condition, values, is_least=False)
            case _:
                assert_never(condition.comparison)

    def _rank(self, condition: FieldIs, values: tuple[str, ...], *, is_least: bool) -> bool:
        """Own codes by their order in the policy (earlier is more), numbers by size."""
        codes = self.policy.priorities if condition.field == "priority" else self.policy.categories
        if condition.field in ORDERED:
            ranks = {code: float(-place) for place, code in enumerate(codes)}
            held = [ranks[value] for value in values if value in ranks]
            wanted = [ranks[value] for value in condition.values if value in ranks]
        else:
            held = [float(value) for value in values if _NUMBER.fullmatch(value)]
            wanted = [float(value) for value in condition.values if _NUMBER.fullmatch(value)]
        if not held or not wanted:
            return False
        return held[0] >= wanted[0] if is_least else held[0] <= wanted[0]

    def _open(self, names: tuple[str, ...], *, wants_open: bool) -> Answer:
        for name in names:
            if self.calendars[name].is_open(self.situation.at):
                return Answer(truth_of(wants_open), (f"{name} is open",))
        return Answer(truth_of(not wants_open), (f"{' and '.join(names)} closed",))

    def _changed(self, condition: Changed) -> Answer:
        for change in self.situation.changes:
            if change.field != condition.field:
                continue
            fits = (
                (not condition.to or change.new in condition.to)
                and (not condition.was or change.old in condition.was)
                and (not condition.by or change.actor.value in condition.by)
            )
            if fits:
                seen = f"{change.field} from {change.old or 'nothing'} to {change.new or 'nothing'}"
                return Answer(Truth.TRUE, (f"{seen}, by {change.actor.value}",))
        return Answer(Truth.FALSE)

    def _values(self, name: str) -> tuple[str, ...] | None:
        return values_of(name, self.situation, self.decided, self.policy)


def _all_of(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    if Truth.FALSE in found:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.TRUE


def _compiled(pattern: str) -> Pattern:
    """The check compiled it before; re2 keeps compiled patterns itself."""
    compiled = compile_pattern(pattern)
    assert not isinstance(compiled, PatternProblem), "a policy with this pattern does not load"
    return compiled
