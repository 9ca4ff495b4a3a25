# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers a rule's condition with true, false or unknown, and says what it saw."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from bot.rules.answers import (
    NO,
    Answer,
    announced_works,
    count_alerts,
    count_tickets,
    machine_mail,
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
from bot.rules.reading import Reading
from bot.rules.situation import Decided, Situation, values_of
from bot.rules.text import PatternBook, Scope, Vocabulary
from bot.rules.truth import Truth, all_of, not_, truth_of

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
ORDERED = frozenset({"priority", "category"})
"""Fields whose codes have an order: the policy's list, the earlier being the higher."""


ONE_PART = (TextPart.SUBJECT, TextPart.BODY)


@dataclass(slots=True)
class Judge:
    """Answers the conditions of one event; `reading` is shared by all who ask about it."""

    policy: Policy
    calendars: Mapping[str, Calendar]
    vocabulary: Vocabulary
    situation: Situation
    decided: Decided
    reading: Reading = field(default=None)  # type: ignore[assignment]
    _held: dict[str, tuple[str, ...] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Without a reading of others, one of its own."""
        if self.reading is None:
            message = self.situation.message
            self.reading = Reading(message, self.vocabulary, PatternBook(()))

    def answer(self, condition: Condition) -> Answer:
        """The answer to any condition."""
        return _ANSWERS[type(condition)](self, condition)

    def _all(self, condition: AllOf) -> Answer:
        """Cheap parts are asked first; the evidence stands in the order of the rule."""
        answers: list[Answer] = [NO] * len(condition.parts)
        for place in condition.order:
            answer = answers[place] = self.answer(condition.parts[place])
            if answer.truth is Truth.FALSE:
                return NO
        evidence = tuple(each for answer in answers for each in answer.evidence)
        doubtful = [answer for answer in answers if answer.truth is Truth.UNKNOWN]
        unknown = tuple(each for answer in doubtful for each in answer.unknown)
        return Answer(Truth.UNKNOWN if doubtful else Truth.TRUE, evidence, unknown)

    def _any(self, condition: AnyOf) -> Answer:
        truth = Truth.FALSE
        unknown: list[str] = []
        for part in condition.parts:
            answer = self.answer(part)
            if answer.truth is Truth.TRUE:
                return answer
            if answer.truth is Truth.UNKNOWN:
                truth = Truth.UNKNOWN
                unknown += answer.unknown
        return Answer(truth, (), tuple(unknown))

    def _not(self, condition: Not) -> Answer:
        part = condition.part
        inner = self.answer(part)
        if inner.truth is not Truth.FALSE:
            return Answer(not_(inner.truth), (), inner.unknown)
        if isinstance(part, FieldIs):
            return Answer(Truth.TRUE, (self._shown(part.field),))
        seen = inner.evidence if isinstance(part, AnyOpen | AllClosed | Count) else ()
        return Answer(Truth.TRUE, seen)

    def _says(self, condition: Says) -> Answer:
        if self.reading.is_empty:
            return NO
        findings = self.reading.findings(_scope(condition.where))
        where = condition.where if condition.where in ONE_PART else None
        if condition.is_anywhere:
            all_said = [findings.says(name, where=where) for name in condition.lists]
            truth = all_of(said.truth for said in all_said)
            hits = tuple(hit for said in all_said for hit in said.hits[:1])
        else:
            said = findings.says(
                condition.lists, where=where, one_of=condition.one_of, without=condition.without
            )
            most = len(condition.lists) + (1 if condition.one_of else 0)
            truth, hits = said.truth, said.hits[:most]
        if truth is Truth.FALSE:
            return NO
        evidence = tuple(hit.evidence() for hit in hits) if truth is Truth.TRUE else ()
        return Answer(truth, evidence, ("the message's text",) if truth is Truth.UNKNOWN else ())

    def _matches(self, condition: Matches) -> Answer:
        if condition.field is None:
            if self.reading.is_empty:
                return NO
            truth, hit = self.reading.match(condition.pattern, _scope(condition.where))
            unknown = ("the message's text",) if truth is Truth.UNKNOWN else ()
            return Answer(truth, (hit.evidence(),) if hit else (), unknown)
        pattern = self.reading.book.pattern(condition.pattern)
        values = self.values(condition.field)
        if values is None:
            return Answer(Truth.UNKNOWN, (), (condition.field,))
        found = any(pattern.search(value) is not None for value in values)
        return Answer(truth_of(found), (f"{condition.field} matches {condition.pattern!r}",))

    def _field(self, condition: FieldIs) -> Answer:
        values = self.values(condition.field)
        if values is None:
            return Answer(Truth.UNKNOWN, (), (condition.field,))
        if not self._compare(condition, values):
            return NO
        return Answer(Truth.TRUE, (self._shown(condition.field),))

    def _shown(self, name: str) -> str:
        return f"{name} is {', '.join(self.values(name) or ('nothing',))}"

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

    def values(self, name: str) -> tuple[str, ...] | None:
        """What a field holds, looked up once: none for "no value", None for "not known"."""
        if name not in self._held:
            self._held[name] = values_of(name, self.situation, self.decided, self.policy)
        return self._held[name]


def _scope(where: TextPart) -> Scope:
    return Scope.WHOLE if where is TextPart.ALL else Scope.NEW


_ANSWERS: dict[type[Condition], Callable[[Judge, Any], Answer]] = {
    AllOf: Judge._all,
    AnyOf: Judge._any,
    Not: Judge._not,
    Says: Judge._says,
    Matches: Judge._matches,
    FieldIs: Judge._field,
    AnyOpen: lambda judge, asked: judge._open(asked.calendars, wants_open=True),
    AllClosed: lambda judge, asked: judge._open(asked.calendars, wants_open=False),
    Changed: Judge._changed,
    Count: lambda judge, asked: count_tickets(asked, judge.situation, judge.decided),
    CountAlerts: lambda judge, asked: count_alerts(asked, judge.situation),
    TagAdded: lambda judge, asked: tag_added(asked, judge.situation),
    NobodyOn: lambda judge, asked: nobody_on(asked.roster, judge.situation),
    NoticeUnder: lambda judge, asked: announced_works(asked, judge.situation, judge.calendars),
    StartsDuring: lambda judge, asked: announced_works(asked, judge.situation, judge.calendars),
    MachineMail: lambda judge, asked: machine_mail(asked, judge.situation),
}
