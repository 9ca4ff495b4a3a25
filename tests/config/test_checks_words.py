# SPDX-License-Identifier: GPL-3.0-or-later
"""Doubtful entries of word lists are told before customers' mails find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.checks_words import check_words
from bot.config.false_friends import FALSE_FRIENDS
from bot.config.load import Loaded, load_policy

TWO_CATEGORIES = """\
desk: a
categories: [incident, question]
words:
  fault: {en: [broken, "error*"]}
  ask: {en: [how do i, broken]}
rules:
  fault: {if: {says: fault}, then: {category: incident}}
  ask: {if: {says: ask}, then: {category: question}}
"""


def _told(folder: Path, text: str) -> list[str]:
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return [problem.what for problem in check_words(loaded.policy)]


def test_check_tells_words_of_two_categories(tmp_path: Path) -> None:
    """A word in two lists that decide different categories is told."""
    [told] = _told(tmp_path, TWO_CATEGORIES)

    assert "'broken' (en) in 'fault' too" in told
    assert "incident" in told and "question" in told


def test_check_lets_a_rule_exclude_the_other_list(tmp_path: Path) -> None:
    """With `unless: {says: ...}` the two rules cannot both decide: nothing is told."""
    excluded = TWO_CATEGORIES.replace(
        "{if: {says: ask},", "{if: {says: ask}, unless: {says: fault},"
    )

    assert _told(tmp_path, excluded) == []


def test_check_lets_lists_share_words_with_others_beside(tmp_path: Path) -> None:
    """A list that only counts together with a second one decides nothing alone."""
    together = TWO_CATEGORIES.replace("{says: ask}", "{says: [ask, fault]}")

    assert _told(tmp_path, together) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{en: [lag], sv: [långsam]}", "'lag' (en) finds 'lag', which is 'law, team' in sv"),
        ("{sv: ['fel*'], en: [error]}", "'fel*' (sv) finds 'fellow', which is 'colleague' in en"),
        ("{en: [is]}", "'is' has fewer than 3 letters"),
        ("{ru: [сервеp]}", "mixes Cyrillic and Latin letters"),
    ],
)
def test_check_tells_doubtful_words(tmp_path: Path, words: str, told: str) -> None:
    """False friends, very short words and words of two alphabets are told."""
    found = _told(tmp_path, f"desk: a\nwords:\n  fault: {words}\n")

    assert any(told in each for each in found), found


@pytest.mark.parametrize(
    "words",
    [
        "{en: [lag]}",
        "{en: [big lag], sv: [långsam]}",
        "{en: [p1, db]}",
        "{ru: [vpn-сервер]}",
        "{fr: [chat, erreur], de: [fehler]}",
    ],
)
def test_check_leaves_good_words_alone(tmp_path: Path, words: str) -> None:
    """A word is no false friend of its own language, of a phrase, or of one nobody configured."""
    assert _told(tmp_path, f"desk: a\nwords:\n  fault: {words}\n") == []


def test_false_friends_are_spelled_as_texts_are_compared() -> None:
    """Each stands in small letters, in one word, with a meaning for languages we know."""
    for word, meanings in FALSE_FRIENDS.items():
        assert word == word.casefold() and " " not in word
        assert set(meanings) <= {"en", "de", "fr", "sv"}


def test_doubtful_word_is_told_where_it_stands(tmp_path: Path) -> None:
    """The place is the word's own, not its list's, whatever the language."""
    text = "desk: a\nwords:\n  slow:\n    sv: [långsam]\n    en: [crawling, lag]\n"
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded

    [problem] = check_words(loaded.policy)

    assert (problem.place.line, problem.place.column) == (5, 20)
