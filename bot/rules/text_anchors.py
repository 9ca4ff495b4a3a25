# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the anchors of all word lists in a text at once.

Whole words are found by intersecting two sets.  Open words (`fel*`) are found by an automaton
(pyahocorasick) where it is installed and by cutting words to the known lengths where it is not;
both give the same answer, which a property test keeps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from bot.rules.text_entries import Entry, Openness

try:
    import ahocorasick
except ImportError:
    ahocorasick = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry's anchor was seen: the entry and the index of the word."""

    entry: Entry
    word: int


class Anchors:
    """All entries, filed by the word to look for first."""

    def __init__(self, entries: Iterable[Entry], *, accelerated: bool) -> None:
        """File the entries; `accelerated` asks for the automaton where it is installed."""
        self._exact: dict[str, list[Entry]] = {}
        self._open: dict[tuple[Openness, str], list[Entry]] = {}
        for entry in entries:
            anchor = entry.anchor
            if anchor.openness is Openness.EXACT:
                self._exact.setdefault(anchor.text, []).append(entry)
            else:
                self._open.setdefault((anchor.openness, anchor.text), []).append(entry)
        self._starts = _by_length(text for kind, text in self._open if kind is Openness.STARTS)
        self._ends = _by_length(text for kind, text in self._open if kind is Openness.ENDS)
        self._holds = [text for kind, text in self._open if kind is Openness.HOLDS]
        self._automaton = _automaton(self._open) if accelerated else None

    def places(self, words: list[str]) -> Iterator[Place]:
        """Every place where an anchor stands, each once."""
        known = self._exact.keys() & set(words)
        if known:
            for index, word in enumerate(words):
                if word in known:
                    for entry in self._exact[word]:
                        yield Place(entry, index)
        if self._open:
            yield from self._open_places(words)

    def _open_places(self, words: list[str]) -> Iterator[Place]:
        finding = self._by_cutting if self._automaton is None else self._by_automaton
        seen = set(finding(words))
        for kind, text, index in sorted(seen, key=lambda hit: (hit[2], hit[0], hit[1])):
            for entry in self._open[kind, text]:
                yield Place(entry, index)

    def _by_automaton(self, words: list[str]) -> Iterator[tuple[Openness, str, int]]:
        starts = list(accumulate((len(word) + 1 for word in words), initial=1))
        automaton: Any = self._automaton
        for end, (kind, text) in automaton.iter(" " + " ".join(words) + " "):
            inside = end - 1 if kind is Openness.ENDS else end
            yield kind, text, bisect_right(starts, inside) - 1

    def _by_cutting(self, words: list[str]) -> Iterator[tuple[Openness, str, int]]:
        found = self._cut(set(words))
        if not found:
            return
        for index, word in enumerate(words):
            for kind, text in found.get(word, ()):
                yield kind, text, index

    def _cut(self, words: set[str]) -> dict[str, list[tuple[Openness, str]]]:
        """The open anchors that each word fits."""
        found: dict[str, list[tuple[Openness, str]]] = {}
        for length, texts in self._starts.items():
            for word in words:
                if word[:length] in texts:
                    found.setdefault(word, []).append((Openness.STARTS, word[:length]))
        for length, texts in self._ends.items():
            for word in words:
                if word[-length:] in texts:
                    found.setdefault(word, []).append((Openness.ENDS, word[-length:]))
        for text in self._holds:
            for word in words:
                if text in word:
                    found.setdefault(word, []).append((Openness.HOLDS, text))
        return found


def _by_length(texts: Iterable[str]) -> dict[int, set[str]]:
    lengths: dict[int, set[str]] = {}
    for text in texts:
        lengths.setdefault(len(text), set()).add(text)
    return lengths


def _automaton(anchors: Iterable[tuple[Openness, str]]) -> Any:
    """An automaton over words joined by spaces, a space standing for a closed end."""
    wanted = list(anchors)
    if ahocorasick is None or not wanted:
        return None
    automaton = ahocorasick.Automaton()
    for kind, text in wanted:
        before = " " if kind is Openness.STARTS else ""
        after = " " if kind is Openness.ENDS else ""
        automaton.add_word(before + text + after, (kind, text))
    automaton.make_automaton()
    return automaton
