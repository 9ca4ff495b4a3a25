# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns run in linear time, know letters of every alphabet, and fail with a clear message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.text import Pattern, PatternProblem, compile_pattern, matches, prepare
from bot.rules.truth import Truth


def _pattern(written: str) -> Pattern:
    pattern = compile_pattern(written)
    assert isinstance(pattern, Pattern), pattern
    return pattern


def _is_found(written: str, body: str) -> bool:
    return matches(_pattern(written), prepare("", body))[0] is Truth.TRUE


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        (r"\båter\b", "nu är den nere åter", True),
        (r"\båter\b", "återställ", False),
        (r"\bсбой\b", "у нас СБОЙ!", True),
        (r"\bсбой\b", "сбойный", False),
        (r"\bfel", "API-felkod", True),
        (r"\bfel", "profel", False),
        (r"\ba+?\b", "aaa", True),
        (r"error \d{3}\b", "Error 503", True),
        (r"error \d{3}\b", "error 5031", False),
        (r"(?s)\bone.*two\b", "one\ntwo", True),
        (r"ещё", "ЕЩЕ раз", True),
        ("l’api", "L'API", True),
        ("10–12", "10-12", True),
        (r"#\d+\b", "ticket #42.", True),
    ],
)
def test_word_borders_know_every_alphabet(pattern: str, body: str, expected: bool) -> None:
    r"""`\b` at an end means that no letter, digit or mark touches the match there."""
    assert _is_found(pattern, body) is expected


@pytest.mark.parametrize(
    ("pattern", "part", "position"),
    [
        (r"one\btwo", "beginning or the end", 3),
        (r"\b(a|b\b)\b", "beginning or the end", 6),
        (r"\Bone", "beginning or the end", 0),
        (r"\bone|two\b", "alternatives in brackets", 5),
        (r"(one", "missing )", 0),
        ("?", "no argument", 0),
        ("a)(b", "unexpected )", 0),
        (r"[\b]x", "invalid escape", 1),
        (r"(?=one)", "invalid perl operator", 0),
        (r"(a)\1", "invalid escape", 3),
        ("", "empty", 0),
        ("a" * 1001, "longer", 1000),
        (r"((a{100}){100}){100}", "invalid repetition", 3),
    ],
)
def test_a_bad_pattern_is_a_problem_with_a_place(pattern: str, part: str, position: int) -> None:
    """A mistake in a pattern says what is wrong and where, and raises nothing."""
    problem = compile_pattern(pattern)

    assert isinstance(problem, PatternProblem)
    assert part in problem.text
    assert problem.position == position


def test_a_backtracking_bomb_is_harmless() -> None:
    """The pattern that hangs other engines answers at once on fifty thousand letters."""
    assert not _is_found(r"(a+)+$", "a" * 50_000 + "b")


def test_groups_make_fingerprints() -> None:
    """The first group, without capitals and extra blanks, says that two faults are the same."""
    truth, hit = matches(
        _pattern(r"\b(?P<code>ORA-\d+|error\s+\d{3})\b"), prepare("", "x Error  503")
    )

    assert truth is Truth.TRUE
    assert hit is not None
    assert (hit.fingerprint, dict(hit.named), hit.where) == (
        "error 503",
        {"code": "Error  503"},
        "body",
    )


def test_patterns_read_what_lists_read() -> None:
    """Quotations, machine mail and a reply's subject are left out; a missing body is unknown."""
    pattern = _pattern("outage")

    assert matches(pattern, prepare("", "ok\n> outage"))[0] is Truth.FALSE
    assert matches(pattern, prepare("outage", "ok", is_reply=True))[0] is Truth.FALSE
    assert matches(pattern, prepare("outage", "x", is_machine=Truth.TRUE))[0] is Truth.FALSE
    assert matches(pattern, prepare("x", None))[0] is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\berror \d{3}\b", {"error "}),
        (r"timeout (?:after|in) \d+ seconds", {"timeout ", " seconds"}),
        (r"colou?r scheme", {"colo", "r scheme"}),
        (r"one|two", set()),
        (r"(one|two) three", {" three"}),
        (r"abc{2}def", {"def"}),
        (r"ORA-\d+", {"ora-"}),
        (r"a\.b\.c", {"a.b.c"}),
        (r"[abc]def\w+", {"def"}),
        (r"\x41bcd", {"bcd"}),
    ],
)
def test_literals_a_pattern_needs_are_known(pattern: str, expected: set[str]) -> None:
    """A pattern runs only where its certain texts were seen."""
    assert _pattern(pattern).required.every == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"one|two", [{"one", "two"}]),
        (r"(one|two) three", [{"one", "two"}]),
        (r"timeout (?:after|in) \d+", []),
        (r"(?:late|slow)? train", []),
        (r"(?P<what>mail (?:late|gone)|sms stuck)", [{"mail ", "sms stuck"}]),
        (r"(?:one|two){0,2}", []),
    ],
)
def test_alternatives_of_which_one_is_needed_are_known(
    pattern: str, expected: list[set[str]]
) -> None:
    """Where a pattern has alternatives, one of their certain texts must stand in the text."""
    assert list(_pattern(pattern).required.one_of) == expected


_PIECES = st.sampled_from(
    ["abc", "Ab", "ä", "Щ", "ß", "k", r"\d", ".", "?", "*", "+", "{2}", "{0,1}", "(", ")", "(?:",
     "|", "[ab]", "[^a]", r"\.", r"\w", r"\pL", " ", "-", "^", "$", r"\x41", r"\Qa.b\E", "(?i)"]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(_PIECES, max_size=8).map("".join),
    st.text(alphabet="abcdABäÄщЩßs kKſ.1-\n", max_size=30),
)
def test_literals_never_hide_a_match(written: str, body: str) -> None:
    """Where a pattern matches, all literals it is said to need are in the text."""
    pattern = compile_pattern(written)
    message = prepare(None, body, is_reply=True)
    part = next(message.parts())

    if isinstance(pattern, Pattern) and pattern.search(part.tokens.tidy.text) is not None:
        assert pattern.may_match(part.tokens.folded)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_pattern_makes_it_raise(written: str) -> None:
    """Whatever stands in the file is a pattern or a problem."""
    assert isinstance(compile_pattern(written), Pattern | PatternProblem)
