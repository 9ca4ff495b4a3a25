# SPDX-License-Identifier: GPL-3.0-or-later
"""The articles of one language by their words, and how well they answer a question; pure."""

from __future__ import annotations

import bisect
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.rules.knowledge_words import COMPOUNDING, parts_of

TITLE_COUNTS = 3
"""How many times a word of the title counts as one of the body."""
SATURATION = 0.6
LENGTH_WEIGHT = 0.4
SHORT_TITLE = 0.7
"""A title of n words is worth n / (n + this): one word alone says little."""
MANY_HITS = 3
TEXT_ALONE = 0.75
"""An answer whose title says it in other words: so many words must be in its text, and it is worth
so much of the question's share."""
NEAR_LETTERS = 5
NEAR_SHARE = 0.6
"""Two words are near that share so many first letters, and so much of the longer one."""
NEAR_WORTH = 0.7
MOST_NEAR = 5
MOST_LOOKED_AT = 400
_NOTHING: Mapping[int, float] = {}


@dataclass(frozen=True, slots=True)
class _Form:
    """A word of the articles that stands for a word of the question, and how well."""

    term: str
    worth: float


class Shelf:
    """Word -> article -> how much it stands for there; filled once, then only read."""

    def __init__(self, language: str) -> None:
        """Begin with no articles."""
        self.language = language
        self._count = 0
        self._postings: dict[str, dict[int, float]] = {}
        self._titles: dict[int, tuple[str, ...]] = {}
        self._in_titles: dict[str, dict[int, float]] = {}
        self._sorted: list[str] = []
        self._backwards: list[str] = []

    def put(self, place: int, title: Sequence[str], body: Sequence[str]) -> None:
        """Take in one article by the terms of its title and its body."""
        self._count += 1
        self._titles[place] = tuple(dict.fromkeys(title))
        counts: Counter[str] = Counter(body)
        for term in title:
            counts[term] += TITLE_COUNTS
        for term, count in counts.items():
            self._postings.setdefault(term, {})[place] = float(count)

    def close(self) -> None:
        """Make ready to be asked, once every article is in."""
        self._split_compounds()
        self._weigh()
        self._weigh_titles()
        self._sorted = sorted(self._postings)
        if self.language in COMPOUNDING:
            self._backwards = sorted(term[::-1] for term in self._postings)

    def scores(self, weights: Mapping[str, float]) -> dict[int, float]:
        """The score of every article that holds a word of the question, from 0 to 1."""
        held: dict[int, float] = defaultdict(float)
        hits: Counter[int] = Counter()
        asked: dict[str, float] = {}
        whole = 0.0
        for term, weight in weights.items():
            forms = self._forms_of(term)
            if not forms:
                # What no article holds counts against all of them, in the body less than in the
                # subject: mails are full of politeness.
                whole += weight * weight * self._rarity(0)
            for form in forms:
                share = weight * self._idf(form.term) / len(forms)
                whole += share
                asked[form.term] = max(form.worth, asked.get(form.term, 0.0))
                for place, value in self._postings[form.term].items():
                    held[place] += share * value * form.worth
                    hits[place] += 1
        titles = self._title_shares(asked)
        return {
            place: _score(value / whole, titles.get(place, 0.0), hits[place])
            for place, value in held.items()
        }

    def _title_shares(self, asked: Mapping[str, float]) -> dict[int, float]:
        """How much of each title the question holds."""
        shares: dict[int, float] = defaultdict(float)
        for term, worth in asked.items():
            for place, share in self._in_titles.get(term, _NOTHING).items():
                shares[place] += share * worth
        return shares

    def _idf(self, term: str) -> float:
        return self._rarity(len(self._postings.get(term, ())))

    def _rarity(self, found: int) -> float:
        """How telling a word is that so many articles hold; one that none holds is the rarest."""
        return math.log(1.0 + (self._count - found + 0.5) / (found + 0.5))

    def _forms_of(self, term: str) -> tuple[_Form, ...]:
        """The word itself, else the words it is made of, else words that are near."""
        if term in self._postings:
            return (_Form(term, 1.0),)
        parts = parts_of(term, self.language, self._postings.__contains__)
        if parts:
            return tuple(_Form(part, 1.0) for part in parts)
        near = sorted(self._near(term), key=lambda form: (-form.worth, form.term))
        return tuple(near[:MOST_NEAR])

    def _near(self, term: str) -> Iterable[_Form]:
        """Words of the same beginning (`print`, `printer`), and compounds that hold the word."""
        if len(term) < NEAR_LETTERS:
            return
        for other in _beginning(self._sorted, term[:NEAR_LETTERS]):
            shared = _same_letters(term, other) / max(len(term), len(other))
            is_part = self.language in COMPOUNDING and other.startswith(term)
            if shared >= NEAR_SHARE or is_part:
                yield _Form(other, NEAR_WORTH)
        for backwards in _beginning(self._backwards, term[::-1]):
            yield _Form(backwards[::-1], NEAR_WORTH)

    def _weigh_titles(self) -> None:
        """How much each word is of a title; a compound in it is also its parts, half each."""
        for place, title in self._titles.items():
            whole = sum(self._idf(term) for term in title)
            fullness = len(title) / (len(title) + SHORT_TITLE)
            for term in title:
                share = self._idf(term) / whole * fullness
                self._heading(term, place, share)
                parts = parts_of(term, self.language, self._postings.__contains__)
                for part in parts:
                    self._heading(part, place, share / len(parts))

    def _heading(self, term: str, place: int, share: float) -> None:
        held = self._in_titles.setdefault(term, {})
        held[place] = max(share, held.get(place, 0.0))

    def _split_compounds(self) -> None:
        """A compound in an article counts for its parts too, where those are words here."""
        known = frozenset(self._postings)
        for term in sorted(known):
            for part in parts_of(term, self.language, known.__contains__):
                held = self._postings[part]
                for place, count in self._postings[term].items():
                    held[place] = held.get(place, 0.0) + count

    def _weigh(self) -> None:
        """Turn counts into shares from 0 to 1: many repeats and long articles are worth less."""
        lengths: dict[int, float] = defaultdict(float)
        for held in self._postings.values():
            for place, count in held.items():
                lengths[place] += count
        mean = sum(lengths.values()) / max(1, len(lengths)) or 1.0
        for held in self._postings.values():
            for place, count in held.items():
                norm = 1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths[place] / mean
                held[place] = count / (count + SATURATION * norm)


def _score(question: float, title: float, hits: int) -> float:
    """Both shares; many words of the text itself may stand for the title too."""
    both = 0.5 * question + 0.5 * min(title, 1.0)
    return max(both, TEXT_ALONE * question) if hits >= MANY_HITS else both


def _same_letters(one: str, other: str) -> int:
    """How many letters two words share at their beginnings."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _beginning(words: Sequence[str], start: str) -> Iterable[str]:
    """The words of a sorted list that begin so; not endlessly many."""
    first = bisect.bisect_left(words, start)
    for word in words[first : first + MOST_LOOKED_AT]:
        if not word.startswith(start):
            return
        yield word
