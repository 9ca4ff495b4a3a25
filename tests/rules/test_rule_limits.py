# SPDX-License-Identifier: GPL-3.0-or-later
"""No rules file and no text takes more than linear work, and no text makes the engine raise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.compiled import CompiledPolicy, compile_policy
from bot.rules.conditions import AllOf, AnyOf, Condition, FieldIs, Matches, Not, Says, TextPart
from bot.rules.engine import decide
from bot.rules.events import Occasion
from bot.rules.policy import Effects, Policy, Rule
from bot.rules.situation import Situation
from bot.rules.text import ListSpec, prepare
from bot.rules.ticket import Origin, Status, Ticket
from bot.rules.truth import Truth

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ON_NEW = frozenset({Occasion.CREATED})
WORDS = {
    "down": ListSpec({"en": ("is down", "down", "no"), "sv": ("*stopp*", "fel*")}, excepted=("a",)),
    "all": ListSpec({"en": ("everyone", "down for all"), "fr": ("a", "panne générale")}, fold=True),
}
ASKED: tuple[Condition, ...] = (
    Says(("down",)),
    Says(("down", "all")),
    Says(("down", "all"), is_anywhere=True),
    Says(("down",), TextPart.ALL),
    Says(("down",), without=("all",)),
    Matches(r"\berror (\d+)\b"),
    Matches(r"(?:a|b)*c{2,}[^x]*"),
    AllOf((Not(Says(("all",))), AnyOf((Says(("down",)), FieldIs("subject", ("a",)))))),
)
ROUND = 6_000
"""Characters of the shorter text."""


def _policy(conditions: tuple[Condition, ...], words: dict[str, ListSpec]) -> CompiledPolicy:
    rules = tuple(
        Rule(f"r{n}", condition, Effects(add_tags=(f"t{n}",)), ON_NEW)
        for n, condition in enumerate(conditions)
    )
    return compile_policy(Policy("d", "0", words=words, rules=rules))


def _decide(compiled: CompiledPolicy, subject: str, body: str, *, is_html: bool = False) -> None:
    ticket = Ticket(
        ticket_id="t", origin=Origin.HELPDESK, created_at=NOW, updated_at=NOW, status=Status.NEW,
        subject=subject, description=body,
    )  # fmt: skip
    message = prepare(subject, body, is_html=is_html, is_machine=Truth.FALSE)
    for fired in decide(compiled, Situation(ticket, Occasion.CREATED, NOW, "k", message)).fired:
        assert all(isinstance(line, str) for line in fired.evidence)


def _work(action: Callable[[], object]) -> int:
    """Lines of our own that ran: a measure that no machine's load changes."""
    count = 0

    def on_line(frame: object, event: str, _: object) -> Callable[..., object]:
        nonlocal count
        count += event == "line"
        return on_line

    before = sys.gettrace()
    sys.settrace(on_line)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    ["down ", "no down ", "is down for all. ", "a ", "a, ", "stoppstopp", "fel fel ", "error 1 ",
     "panne generale ", "no\n", "> is down\n", "On 1/1/2026 x wrote:\n", "Best,\nA\n\n", "\u0301",
     "ё", "abc", "isn't down ", "a-b ", "'", "...", "Äpfel "],
)  # fmt: skip
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    """Whatever is written over and over, work grows no faster than the text."""
    compiled = _policy(ASKED, WORDS)

    def work(length: int) -> int:
        return _work(lambda: _decide(compiled, piece * 20, piece * (length // len(piece))))

    work(100)
    once, twice = work(ROUND), work(2 * ROUND)

    assert twice < 2.2 * once + 2_000


@pytest.mark.parametrize("kind", ["lists", "words", "fields", "chain", "patterns"])
def test_twice_the_rules_are_at_most_twice_the_work(kind: str) -> None:
    """Reading and deciding by a policy costs no more per rule the longer it is."""

    def work(size: int) -> int:
        words = {f"l{n}": ListSpec({"en": (f"word{n}", f"word{n} down")}) for n in range(size)}
        asked: dict[str, list[Condition]] = {
            "lists": [Says((f"l{n}",)) for n in range(size)],
            "words": [Says(("one",))],
            "fields": [FieldIs("org.x", (f"v{n}",)) for n in range(size)],
            "chain": [FieldIs("tags", (f"t{n - 1}",)) for n in range(size)],
            "patterns": [Matches(rf"code{n} \d+") for n in range(size)],
        }
        if kind == "words":
            words = {"one": ListSpec({"en": tuple(f"word{n}*" for n in range(size))})}
        text = " ".join(f"word{n} code{n} 7" for n in range(50))
        return _work(lambda: _decide(_policy(tuple(asked[kind]), words), "x", text))

    work(10)
    once, twice = work(150), work(300)

    assert twice < 2.2 * once + 2_000


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(), max_size=120), st.text(st.characters(), max_size=300),
       st.booleans())  # fmt: skip
def test_no_text_makes_the_engine_raise(subject: str, body: str, is_html: bool) -> None:
    """Every text there is gets a decision with readable evidence."""
    _decide(_policy(ASKED, WORDS), subject, f"is down {body} down for all", is_html=is_html)
