# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every text: no error, bounded work, whole words, and equal answers either way."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.text import (
    LONGEST_TEXT,
    Findings,
    ListSpec,
    Negation,
    Scope,
    compile_lists,
    find,
    machine_verdict,
    prepare,
)
from bot.rules.text_fold import PLAIN, tidy
from bot.rules.text_tokens import Tokens

ANY_TEXT = st.text(alphabet=st.characters(), max_size=200)
LETTERS = st.text(alphabet="abäß'- .,\n*ёЕé\u0301\u00ad", max_size=60)
ENTRY = st.text(alphabet="abäé* -", min_size=1, max_size=6)
SPECS = st.dictionaries(
    st.sampled_from(["x", "y", "z"]),
    st.builds(
        ListSpec,
        words=st.dictionaries(
            st.sampled_from(["en", "sv"]), st.lists(ENTRY, max_size=5).map(tuple), max_size=2
        ),
        negation=st.sampled_from(Negation),
        excepted=st.lists(ENTRY, max_size=2).map(tuple),
        fold=st.booleans(),
    ),
    min_size=1,
)
DESK = {
    "outage": ListSpec({"en": ("outage", "error 503"), "sv": ("*driftstopp", "fel*")}),
    "down": ListSpec({"en": ("no", "is down", "*a*")}, excepted=("down for",), fold=True),
}


def _all_hits(findings: Findings, names: list[str]) -> list[object]:
    hits = [(hit.evidence(), hit.span) for name in names for hit in findings.hits(name)]
    return [*hits, findings.seen]


@settings(deadline=None)
@given(SPECS, LETTERS)
def test_both_ways_of_searching_agree(specs: dict[str, ListSpec], body: str) -> None:
    """The automaton only saves time: the standard library alone finds exactly the same."""
    names = sorted(specs)
    fast = find(compile_lists(specs, accelerated=True), prepare("", body))
    plain = find(compile_lists(specs, accelerated=False), prepare("", body))

    assert _all_hits(fast, names) == _all_hits(plain, names)


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.booleans(), st.sampled_from(Scope))
def test_no_text_makes_it_raise(subject: str, body: str, is_html: bool, scope: Scope) -> None:
    """Every text there is, surrogates and control characters included, gets an answer."""
    findings = find(compile_lists(DESK), prepare(subject, body, is_html=is_html), scope)

    assert all(hit.evidence() for name in DESK for hit in findings.hits(name))
    assert findings.says(["outage", "down"]).truth in ("true", "false")
    assert machine_verdict(headers={"From": body, subject: body}, subject=subject).because


@settings(deadline=None)
@given(st.text(alphabet="xoutage -'é\u0301ё", max_size=30))
def test_parts_of_words_are_never_found(body: str) -> None:
    """A hit has no letter, digit or mark beside it."""
    findings = find(compile_lists(DESK), prepare(None, body, is_reply=True), Scope.WHOLE)

    for hit in findings.hits("outage"):
        start, end = hit.span
        beside = body[max(0, start - 1) : start] + body[end : end + 1]
        assert not any(unicodedata.category(letter)[0] in "LN" for letter in beside)


@settings(deadline=None)
@given(ANY_TEXT)
def test_tidying_twice_changes_nothing(text: str) -> None:
    """The spelling of a tidy text is final, so lists and texts always meet."""
    assert tidy(tidy(text).text).text == tidy(text).text


@settings(deadline=None)
@given(ANY_TEXT)
def test_every_word_has_its_place_in_the_original(text: str) -> None:
    """Places rise, lie inside the text, and there is one for every word."""
    tokens = Tokens(text)
    places = [tokens.place(index, index + 1) for index in range(len(tokens.words))]

    assert len(tokens.spans) == len(tokens.words) == len(tokens.sentences)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


def test_plain_letters_need_no_normalising() -> None:
    """The letters that are passed over unread are left alone by NFKC."""
    plain = [chr(code) for code in range(0x3000) if re.match(f"[{PLAIN}]", chr(code))]

    assert [letter for letter in plain if unicodedata.normalize("NFKC", letter) != letter] == []


@pytest.mark.long
@pytest.mark.parametrize(
    "piece",
    ["a", "no outage ", "no ", "e\u0301\u0316", "\u0301\u0316", "\n", "> ", "-- \n", "best   ",
     "wrote" + " " * 290 + "x\n", "On 1/1/2026 a\n", "From: x\n", "<@" * 60 + "\n", "a@b.c\n", "*",
     "down is ", "е\u0308", "ﬁ", "\ud800", ".", "this email " + "x" * 250 + "\n", "ａ", "&#1;",
     "| x\n", "best\n"],
)  # fmt: skip
@pytest.mark.parametrize("is_html", [False, True])
def test_a_megabyte_of_anything_is_cut_and_read(piece: str, is_html: bool) -> None:
    """However long and however odd, a message is read up to a limit; nothing grows beyond it."""
    message = prepare(piece * 100, piece * (1_000_000 // len(piece)), is_html=is_html)
    findings = find(compile_lists(DESK), message)
    findings.says(["outage", "down"])

    assert len(message.plain) <= LONGEST_TEXT
    assert len(message.new_part) <= LONGEST_TEXT
