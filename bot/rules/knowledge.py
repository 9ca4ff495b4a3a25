# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the articles that answer a question, and says how surely, from 0 to 1; pure.

A score joins two shares: how much of the article's title the question holds, and how much of the
question the article holds (BM25, each word by how rare it is). Below the floor there is nothing:
no suggestion is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.rules.knowledge_shelf import Shelf
from bot.rules.knowledge_words import LANGUAGES, language_of, terms_of, words_of

FLOOR = 0.3
LONGEST_QUESTION = 4_000
"""Characters of a question that are read."""
MOST_TERMS = 24
"""Telling words of a question that count; those of the subject come first."""
BODY_WEIGHT = 0.5
"""What a word of the body is worth beside one of the subject."""
OTHER_LANGUAGE = 0.7
"""What a score keeps when the article is in another language than the reader's."""


@dataclass(frozen=True, slots=True)
class Article:
    """Something that may answer: an article, or a ticket that was solved (`is_public` False).

    `body` is plain text. Without a language it is guessed from the words.
    """

    article_id: str
    title: str
    body: str
    language: str | None = None
    url: str | None = None
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may answer, and how surely."""

    article: Article
    score: float


class Library:
    """Articles made ready to be searched; it never changes."""

    def __init__(self, articles: Iterable[Article], *, language: str = "en") -> None:
        """`language` is taken where an article's own cannot be guessed."""
        self._articles = tuple(articles)
        self._shelves: dict[str, Shelf] = {}
        self._language = language
        self._fill()

    def __len__(self) -> int:
        """How many articles there are."""
        return len(self._articles)

    def suggest(
        self,
        subject: str,
        body: str = "",
        *,
        most: int = 3,
        floor: float = FLOOR,
        language: str | None = None,
        is_public_only: bool = False,
        without: str | None = None,
    ) -> tuple[Suggestion, ...]:
        """The best answers to a question, the surest first; none below the floor."""
        title = words_of(subject[:LONGEST_QUESTION])
        text = words_of(body[:LONGEST_QUESTION])
        reader = (language or "")[:2] or language_of([*title, *text], "") or None
        scores: dict[int, float] = {}
        for shelf in self._shelves.values():
            share = 1.0 if reader in (None, shelf.language) else OTHER_LANGUAGE
            for place, score in shelf.scores(_weights(shelf, title, text)).items():
                scores[place] = score * share
        found = [
            Suggestion(self._articles[place], round(score, 2))
            for place, score in scores.items()
            if score >= floor and self._may_show(place, is_public_only, without)
        ]
        found.sort(key=lambda each: (-each.score, each.article.article_id))
        return tuple(found[:most])

    def _may_show(self, place: int, is_public_only: bool, without: str | None) -> bool:
        article = self._articles[place]
        return (article.is_public or not is_public_only) and article.article_id != without

    def _fill(self) -> None:
        for place, article in enumerate(self._articles):
            title, body = words_of(article.title), words_of(article.body)
            language = (article.language or "")[:2]
            if language not in LANGUAGES:
                language = language_of([*title, *body], self._language)
            shelf = self._shelves.setdefault(language, Shelf(language))
            shelf.put(place, terms_of(title, language), terms_of(body, language))
        for shelf in self._shelves.values():
            shelf.close()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What suggestions are made of: the articles, and the tickets that were solved."""

    articles: Library
    solved: Library


NOTHING_KNOWN = Knowledge(Library(()), Library(()))


def _weights(shelf: Shelf, subject: Sequence[str], body: Sequence[str]) -> dict[str, float]:
    """The telling words of a question in a shelf's language, and what each is worth."""
    weights: dict[str, float] = {}
    for words, weight in ((subject, 1.0), (body, BODY_WEIGHT)):
        for term in terms_of(words, shelf.language):
            if len(weights) == MOST_TERMS:
                return weights
            weights.setdefault(term, weight)
    return weights
