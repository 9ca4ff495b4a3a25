# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings words to the form in which articles and questions meet: stemmed, folded, without filler.

Stemming is snowball's, in five languages. German and Swedish write compounds: a long word that
nobody wrote elsewhere is also taken as the two known words it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

import snowballstemmer

from bot.rules.knowledge_stops import FILLER
from bot.rules.text_fold import without_diacritics
from bot.rules.text_tokens import Tokens

LANGUAGES = ("en", "fr", "de", "sv", "ru")
COMPOUNDING = frozenset({"de", "sv"})
LONGEST_WORD = 40
SHORTEST_COMPOUND = 8
SHORTEST_PART = 3
MOST_WORDS_KEPT = 200_000
_NAMES = {"en": "english", "fr": "french", "de": "german", "sv": "swedish", "ru": "russian"}
_LINKS = ("", "s", "es", "n", "en")
_VOWELS = frozenset("aeiouyäöåаеиоуыэюя")


def words_of(text: str) -> list[str]:
    """The words of a text as people wrote them, without capitals."""
    return Tokens(text).words


def terms_of(words: Iterable[str], language: str) -> list[str]:
    """The telling words in their common form; filler of the language is left out."""
    filler = FILLER[language]
    return [
        _stem(word, language)
        for word in words
        if word not in filler and len(word) <= LONGEST_WORD and (len(word) > 1 or word.isdigit())
    ]


def language_of(words: Sequence[str], default: str) -> str:
    """The language whose filler the words hold most of; Cyrillic is Russian here."""
    if any("а" <= word[:1] <= "я" for word in words[:50]):
        return "ru"
    counts = {each: sum(word in FILLER[each] for word in words[:400]) for each in LANGUAGES}
    best = max(counts, key=lambda each: (counts[each], each == default))
    return best if counts[best] else default


def parts_of(term: str, language: str, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """The two known terms that a compound is made of, the longest first part; none otherwise."""
    if language not in COMPOUNDING or len(term) < SHORTEST_COMPOUND:
        return ()
    for end in range(len(term) - SHORTEST_PART, SHORTEST_PART - 1, -1):
        head, tail = term[:end], term[end:]
        if not is_known(tail) or not _VOWELS.intersection(tail):
            continue
        for link in _LINKS:
            stem = head.removesuffix(link) if link else head
            known = next((form for form in _forms(stem, language) if is_known(form)), None)
            if known is not None and len(stem) >= SHORTEST_PART and head.endswith(link):
                return (known, tail)
    return ()


def _forms(head: str, language: str) -> Collection[str]:
    """The head of a compound as it stands, and as it stands alone in its common form."""
    return (head, _stem(head, language))


@lru_cache(maxsize=MOST_WORDS_KEPT)
def _stem(word: str, language: str) -> str:
    return without_diacritics(_stemmer(language).stemWord(word))


@lru_cache(maxsize=len(LANGUAGES))
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_NAMES[language])
