# SPDX-License-Identifier: GPL-3.0-or-later
"""What a native reader found in the texts of each language stays mended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

import pytest

from bot.rules.actions import NoticeKind
from bot.texts.render import render
from bot.texts.samples import NOW, samples
from bot.texts.words import LANGUAGES

INFORMAL = re.compile(r"\b(du|dein|deine|dir|euch|euer)\b", re.IGNORECASE)
TIGHT = re.compile(r"[^\s\u00a0\d:/]\s?(?<!\u00a0)[;?!](?:\s|$)|« | »|\w :(?:\s|$)")


def _words(code: str) -> Iterator[str]:
    """Every word and sentence of a language."""
    words = LANGUAGES[code]
    for field in fields(words):
        value = getattr(words, field.name)
        match value:
            case Mapping():
                yield from value.values()
            case str():
                yield value


def _messages(code: str) -> Iterator[str]:
    for kind in NoticeKind:
        for notice in samples(kind, code):
            said = render(notice, now=NOW)
            yield from (said.headline, said.body, said.next_step)


def test_french_keeps_its_spaces_unbroken() -> None:
    """No line ends before a colon, a question mark or inside guillemets."""
    found = [each for each in (*_words("fr"), *_messages("fr")) if TIGHT.search(each)]

    assert found == []


def test_german_says_sie_throughout() -> None:
    """A colleague is not addressed in two ways in one thread."""
    found = [each for each in (*_words("de"), *_messages("de")) if INFORMAL.search(each)]

    assert found == []


@pytest.mark.parametrize(
    ("code", "strangers"),
    [("fr", "helpdesk|dossier|outil de support"), ("de", "helpdesk"), ("ru", "хелпдеск")],
)
def test_one_thing_has_one_name(code: str, strangers: str) -> None:
    """The ticket system is called the same in every sentence."""
    texts = (*_words(code), *_messages(code))

    assert [each for each in texts if re.search(strangers, each, re.IGNORECASE)] == []
