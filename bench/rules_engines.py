# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines of bench/rules.py: ours in three builds, and three peers, all given the same rules.

A peer is handed the text ready for searching (without capitals, words between blanks); ours begins
with the text as the customer wrote it. Each answers the numbers of all rules that hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import json_logic
import rule_engine
from business_rules.engine import check_conditions_recursively
from business_rules.operators import StringType, type_operator
from business_rules.variables import BaseVariables, string_rule_variable

from bench.rules_corpus import Every, Field, Never, Regex, Sample, Some, Wanted, Words
from bot.rules import conditions
from bot.rules.compiled import Accelerators, compile_policy
from bot.rules.engine import decide
from bot.rules.events import Occasion
from bot.rules.policy import Effects, Policy, Rule
from bot.rules.situation import Situation
from bot.rules.text import ListSpec, Negation, prepare
from bot.rules.ticket import Origin, Status, Ticket
from bot.rules.truth import Truth

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Prepared:
    """One ticket for all engines; what is made ready beforehand stands in it."""

    def __init__(self, sample: Sample) -> None:
        """Nothing is made ready for us; the peers' texts are."""
        self.fields = sample.fields
        self.text, self.tokens = sample.text, sample.tokens
        self.known = {"text": self.text, "tokens": self.tokens, **sample.fields}
        ticket = Ticket(
            ticket_id=str(sample.number), origin=Origin.HELPDESK, created_at=NOW, updated_at=NOW,
            status=Status.NEW, subject=sample.subject, description=sample.body,
            fields=sample.fields,
        )  # fmt: skip
        self.message = prepare(sample.subject, sample.body, is_machine=Truth.FALSE)
        self.situation = Situation(ticket, Occasion.CREATED, NOW, "k", self.message)


def made_ready(sample: Sample) -> Prepared:
    """As the peers are given it: the new part, without capitals, cut into words."""
    prepared = Prepared(sample)
    for part in prepared.message.parts():
        assert part.tokens.folded and part.tokens.words
    return prepared


Engine = Callable[[Prepared], set[int]]


def ours(rules: list[Wanted], build: str) -> Engine:
    """Deskmate's engine; `build` is one of `BUILDS`."""
    lists: dict[str, ListSpec] = {}
    read = tuple(
        Rule(str(number), _condition(wanted, lists), Effects(add_tags=("t",)),
             frozenset({Occasion.CREATED}))
        for number, wanted in enumerate(rules)
    )  # fmt: skip
    compiled = compile_policy(
        Policy("bench", "0", words=lists, rules=read), accelerators=BUILDS[build]
    )

    def answer(prepared: Prepared) -> set[int]:
        fired = decide(compiled, prepared.situation).fired
        return {int(each.rule.rule_id) for each in fired}

    return answer


BUILDS: dict[str, Accelerators] = {
    "stdlib": Accelerators(automaton=False, pattern_set=False),
    "ahocorasick": Accelerators(automaton=True, pattern_set=False),
    "set": Accelerators(automaton=True, pattern_set=True),
}


def _condition(wanted: Wanted, lists: dict[str, ListSpec]) -> conditions.Condition:
    match wanted:
        case Words(phrases):
            name = f"list{len(lists)}"
            lists[name] = ListSpec({"en": phrases}, negation=Negation.NEAR)
            return conditions.Says((name,))
        case Regex(pattern):
            return conditions.Matches(pattern)
        case Field(name, values):
            return conditions.FieldIs("field." + name, values)
        case Every(parts):
            return conditions.AllOf(tuple(_condition(each, lists) for each in parts))
        case Some(parts):
            return conditions.AnyOf(tuple(_condition(each, lists) for each in parts))
        case Never(part):
            return conditions.Not(_condition(part, lists))


def with_rule_engine(rules: list[Wanted]) -> Engine:
    """rule-engine: one compiled expression per rule."""
    compiled = [rule_engine.Rule(_expression(wanted)) for wanted in rules]

    def answer(prepared: Prepared) -> set[int]:
        return {number for number, rule in enumerate(compiled) if rule.matches(prepared.known)}

    return answer


def _expression(wanted: Wanted) -> str:
    match wanted:
        case Words(phrases):
            return "(" + " or ".join(f'" {phrase} " in tokens' for phrase in phrases) + ")"
        case Regex(pattern):
            return f"(text =~~ {json.dumps(pattern)})"
        case Field(name, values):
            return "(" + " or ".join(f'{name} == "{value}"' for value in values) + ")"
        case Every(parts):
            return "(" + " and ".join(map(_expression, parts)) + ")"
        case Some(parts):
            return "(" + " or ".join(map(_expression, parts)) + ")"
        case Never(part):
            return f"not {_expression(part)}"


class Text(StringType):
    """business-rules' text with the opposites that it lacks."""

    name = "text"

    @type_operator("text")
    def not_equal_to(self, other: str) -> bool:
        return bool(self.value != other)

    @type_operator("text")
    def not_contains(self, other: str) -> bool:
        return other not in self.value

    @type_operator("text")
    def not_matches_regex(self, regex: str) -> bool:
        return re.search(regex, self.value) is None


class Variables(BaseVariables):  # type: ignore[misc]
    """One ticket as business-rules sees it."""

    def __init__(self, prepared: Prepared) -> None:
        self.sample_text, self.sample_tokens = prepared.text, prepared.tokens
        self.sample_fields = prepared.fields

    @string_rule_variable()
    def text(self) -> str:
        return self.sample_text

    @string_rule_variable()
    def tokens(self) -> str:
        return self.sample_tokens

    plan = string_rule_variable()(lambda self: self.sample_fields["plan"])
    region = string_rule_variable()(lambda self: self.sample_fields["region"])
    product = string_rule_variable()(lambda self: self.sample_fields["product"])
    brand = string_rule_variable()(lambda self: self.sample_fields["brand"])
    customer = string_rule_variable()(lambda self: self.sample_fields["customer"])


def with_business_rules(rules: list[Wanted]) -> Engine:
    """business-rules: conditions as dictionaries, `not` pushed down to the operators."""
    wanted = [_dictionary(each, is_denied=False) for each in rules]
    for each in ("text", "tokens", "plan", "region", "product", "brand", "customer"):
        getattr(Variables, each).field_type = Text

    def answer(prepared: Prepared) -> set[int]:
        known = Variables(prepared)
        return {n for n, each in enumerate(wanted) if check_conditions_recursively(each, known)}

    return answer


def _dictionary(wanted: Wanted, *, is_denied: bool) -> dict[str, Any]:
    deny = "not_" if is_denied else ""
    either, both = ("all", "any") if is_denied else ("any", "all")

    def one(name: str, operator: str, value: str) -> dict[str, Any]:
        return {"name": name, "operator": deny + operator, "value": value}

    match wanted:
        case Words(phrases):
            return {either: [one("tokens", "contains", f" {phrase} ") for phrase in phrases]}
        case Regex(pattern):
            return {both: [one("text", "matches_regex", pattern)]}
        case Field(name, values):
            return {either: [one(name, "equal_to", value) for value in values]}
        case Every(parts):
            return {both: [_dictionary(part, is_denied=is_denied) for part in parts]}
        case Some(parts):
            return {either: [_dictionary(part, is_denied=is_denied) for part in parts]}
        case Never(part):
            return _dictionary(part, is_denied=not is_denied)


def with_json_logic(rules: list[Wanted]) -> Engine:
    """json-logic-qubit, with an operation of ours for patterns."""
    patterns: dict[str, re.Pattern[str]] = {}
    wanted = [_logic(each, patterns) for each in rules]
    json_logic.add_operation(
        "found", lambda pattern, text: patterns[pattern].search(text) is not None
    )

    def answer(prepared: Prepared) -> set[int]:
        known = prepared.known
        return {n for n, each in enumerate(wanted) if json_logic.jsonLogic(each, known)}

    return answer


def _logic(wanted: Wanted, patterns: dict[str, re.Pattern[str]]) -> dict[str, Any]:
    match wanted:
        case Words(phrases):
            return {"or": [{"in": [f" {phrase} ", {"var": "tokens"}]} for phrase in phrases]}
        case Regex(pattern):
            patterns[pattern] = re.compile(pattern)
            return {"found": [pattern, {"var": "text"}]}
        case Field(name, values):
            return {"or": [{"==": [{"var": name}, value]} for value in values]}
        case Every(parts):
            return {"and": [_logic(part, patterns) for part in parts]}
        case Some(parts):
            return {"or": [_logic(part, patterns) for part in parts]}
        case Never(part):
            return {"!": [_logic(part, patterns)]}


PEERS: dict[str, Callable[[list[Wanted]], Engine]] = {
    "business-rules": with_business_rules,
    "json-logic-qubit": with_json_logic,
    "rule-engine": with_rule_engine,
}
