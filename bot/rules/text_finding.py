# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds where entries of word lists stand in one part of a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.rules.text_anchors import Anchors
from bot.rules.text_entries import Entry
from bot.rules.text_tokens import Tokens


@dataclass(frozen=True, slots=True)
class Searched:
    """One part of a message that was searched; `where` names it in the evidence."""

    where: str
    tokens: Tokens


class Match(NamedTuple):
    """An entry found in a part of a message, from its word `first` on (made by the thousand)."""

    entry: Entry
    part: Searched
    first: int

    @property
    def after(self) -> int:
        """The word behind the last one found."""
        return self.first + len(self.entry.elements)


class Finder:
    """Finds some entries in a part of a message; those that fold are compared without accents."""

    def __init__(self, entries: Sequence[Entry], *, accelerated: bool) -> None:
        """File the entries."""
        folding = [entry for entry in entries if entry.fold]
        self._plain = Anchors([e for e in entries if not e.fold], accelerated=accelerated)
        self._folded = Anchors(folding, accelerated=accelerated) if folding else None

    def matches(self, part: Searched) -> Iterator[Match]:
        """Every entry that stands in the part."""
        tokens = part.tokens
        yield from _matches_in(self._plain, part, tokens.words, tokens.distinct)
        if self._folded is not None:
            bare = tokens.bare_words
            yield from _matches_in(self._folded, part, bare, frozenset(bare))


def _matches_in(
    anchors: Anchors, part: Searched, words: list[str], distinct: frozenset[str]
) -> Iterator[Match]:
    for first, entry in anchors.places(words, distinct):
        length = len(entry.elements)
        if length == 1 or (
            entry.fits(words, first) and part.tokens.is_one_phrase(first, first + length)
        ):
            yield Match(entry, part, first)
