# SPDX-License-Identifier: GPL-3.0-or-later
"""The index only saves time: whatever it leaves out is false, whatever the accelerators are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.compiled import Accelerators, compile_policy
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
    TextPart,
)
from bot.rules.engine import decide
from bot.rules.evaluation import Judge
from bot.rules.events import FieldChanged, Occasion
from bot.rules.layers import circles, layers_of
from bot.rules.policy import Effects, Policy, Rule
from bot.rules.situation import Decided, Situation
from bot.rules.text import ListSpec, prepare
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.rules.truth import Truth
from bot.rules.verdicts import verdict_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ON_NEW = frozenset({Occasion.CREATED})
PLAIN = Accelerators(automaton=False, pattern_set=False)
WORDS = {
    "down": ListSpec({"en": ("is down", "outage"), "de": ("*ausfall",)}),
    "slow": ListSpec({"en": ("slow*", "lag")}, excepted=("jet lag",)),
    "café": ListSpec({"fr": ("café",)}, fold=True),
}
PATTERNS = (r"\berror \d+\b", r"(?:lag|slow) (?:again|now)", r"[0-9]{3}", r"out+age", "x*",
            r"(down)? is", r"\d-\d", "[a-f]{4}", r"a.c")  # fmt: skip
FIELDS = ("plan", "region", "tags")
VALUES = st.lists(st.sampled_from(["gold", "Silver", "emea"]), min_size=1, max_size=2).map(tuple)
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        Says,
        st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=2).map(tuple),
        st.sampled_from(TextPart),
        st.booleans(),
    ),
    st.builds(Matches, st.sampled_from(PATTERNS), where=st.sampled_from(TextPart)),
    st.builds(
        FieldIs,
        st.sampled_from(FIELDS),
        VALUES,
        st.sampled_from([Comparison.IN, Comparison.NOT_IN, Comparison.HAS_ALL, Comparison.MISSING]),
    ),
    st.builds(Changed, st.sampled_from(FIELDS)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
TEXT = st.lists(
    st.sampled_from(["is", "down", "no", "outage", "Stromausfall", "slowly", "jet", "lag", "again",
                     "error", "503", "cafe", "a\u0301bc", ".", ",", "\n> quoted", "1-2", "ſlow"]),
    max_size=10,
).map(" ".join)  # fmt: skip
TICKET = Ticket(
    ticket_id="t", origin=Origin.HELPDESK, created_at=NOW, updated_at=NOW, status=Status.NEW,
    subject="", description="",
)  # fmt: skip
SITUATIONS = st.builds(
    lambda body, subject, fields, unknown, changes, machine: Situation(
        ticket=replace(TICKET, fields=fields, tags=frozenset(fields.values())),
        occasion=Occasion.CREATED,
        at=NOW,
        key="k",
        message=None if body == "." else prepare(subject, body, is_machine=machine),
        changes=tuple(FieldChanged(1, name, None, "gold", Actor.AGENT) for name in changes),
        unknown=unknown,
    ),
    TEXT | st.none(),
    TEXT | st.none(),
    st.dictionaries(st.sampled_from(FIELDS[:2]), st.sampled_from(["gold", "silver", ""])),
    st.frozensets(st.sampled_from(FIELDS), max_size=1),
    st.lists(st.sampled_from(FIELDS), max_size=1),
    st.sampled_from(Truth),
)


def _rules(conditions: list[Condition]) -> tuple[Rule, ...]:
    return tuple(
        Rule(f"r{n}", condition, Effects(comment="x"), ON_NEW)
        for n, condition in enumerate(conditions)
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(CONDITIONS, min_size=1, max_size=14), SITUATIONS)
def test_what_the_index_leaves_out_is_false(
    conditions: list[Condition], situation: Situation
) -> None:
    """Every rule answers as it does when it is tried alone, unknown ones included."""
    rules = _rules(conditions)
    compiled = compile_policy(Policy("d", "0", words=WORDS, rules=rules))
    ticket = situation.ticket
    decided = Decided(None, None, None, ticket.tags, ticket.fields)
    judge = Judge(compiled.policy, {}, compiled.vocabulary, situation, decided)
    [layer] = compiled.layers

    found = compiled.index(layer).candidates(judge)

    left_out = [rule for rule in rules if rule not in found]
    assert [judge.answer(rule.condition).truth for rule in left_out] == [Truth.FALSE] * len(
        left_out
    )


@settings(deadline=None, max_examples=150)
@given(CONDITIONS, SITUATIONS)
def test_quick_answer_is_the_explained_one(condition: Condition, situation: Situation) -> None:
    """What the engine acts on is what `explain` shows, unknown included."""
    compiled = compile_policy(Policy("d", "0", words=WORDS, rules=_rules([condition])))
    decided = Decided(None, None, None, situation.ticket.tags, situation.ticket.fields)
    judge = Judge(compiled.policy, {}, compiled.vocabulary, situation, decided)

    assert judge.answer(condition).truth is verdict_of(condition)(judge)


@settings(deadline=None, max_examples=100)
@given(st.lists(CONDITIONS, min_size=1, max_size=14), SITUATIONS)
def test_accelerators_change_no_answer(conditions: list[Condition], situation: Situation) -> None:
    """The standard library alone decides the same, with the same evidence."""
    policy = Policy("d", "0", words=WORDS, rules=_rules(conditions))
    message = situation.message
    again = message and prepare(message.subject, message.body, is_machine=message.is_machine)

    fast = decide(compile_policy(policy), situation)
    plain = decide(compile_policy(policy, accelerators=PLAIN), replace(situation, message=again))

    assert fast == plain


def test_rule_that_is_left_out_can_begin_again() -> None:
    """A rule that held and is now passed over unread has ended: the next time is a new one."""
    rules = _rules([FieldIs("plan", ("gold",))])
    compiled = compile_policy(Policy("d", "0", rules=rules))
    gold = replace(TICKET, fields={"plan": "gold"})

    def after(ticket: Ticket, fired: Any) -> Any:
        situation = Situation(replace(ticket, fired=fired), Occasion.CREATED, NOW, "k")
        return decide(compiled, situation).holding

    holding = after(gold, {})
    assert holding == {"r0": "k"}
    assert after(replace(gold, fields={"plan": "silver"}), holding) == {}


def _chain(length: int) -> tuple[Rule, ...]:
    """Each rule reads the tag that the one before it sets; the last stands first."""
    rules = [
        Rule(f"r{n}", FieldIs("tags", (f"t{n}",)), Effects(add_tags=(f"t{n + 1}",)), ON_NEW)
        for n in range(length)
    ]
    return tuple(reversed(rules))


def test_layers_follow_a_long_chain() -> None:
    """Three thousand rules in a row are three thousand layers, found without comparing pairs."""
    layers = layers_of(_chain(3_000))

    assert [layer[0].rule_id for layer in layers] == [f"r{n}" for n in range(3_000)]


def test_circle_is_named_without_its_neighbours() -> None:
    """Rules that lead into a circle or out of it are not part of it."""
    ring = [
        Rule("a", FieldIs("tags", ("x", "start")), Effects(add_tags=("y",)), ON_NEW),
        Rule("b", FieldIs("tags", ("y",)), Effects(add_tags=("x",)), ON_NEW),
        Rule("before", FieldIs("plan", ("gold",)), Effects(add_tags=("start",)), ON_NEW),
        Rule("after", FieldIs("tags", ("x",)), Effects(add_tags=("end",)), ON_NEW),
    ]

    assert [rule.rule_id for rule in circles(ring)] == ["a", "b"]
