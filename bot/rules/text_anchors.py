# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the anchors of word lists in a text at once.

Whole words are found by intersecting two sets. What stands inside a word (`fel*`) is looked up once
per word and remembered, because words come again; pyahocorasick, where it is installed, only makes
the first look-up quicker. Both ways give the same answer, which a property test keeps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from bot.rules.text_entries import Entry, Openness

try:
    import ahocorasick
except ImportError:
    ahocorasick = None

OpenWord = tuple[Openness, str]
"""What is looked for inside a word, and where in it."""
MOST_REMEMBERED = 20_000
"""Words whose look-up is kept; then all are forgotten, so that memory is bounded."""
LONGEST_REMEMBERED = 40
"""In characters; a longer word hardly comes twice."""
_HEAD = 3


class OpenWords:
    """Beginnings, endings and middles of words, all looked for together."""

    def __init__(self, wanted: Iterable[OpenWord], *, accelerated: bool) -> None:
        """File them; `accelerated` asks for the automaton where it is installed."""
        self._wanted = sorted(set(wanted))
        self._automaton = _automaton(self._wanted) if accelerated else None
        self._by_head: dict[str, list[OpenWord]] = {}
        for kind, text in self._wanted:
            self._by_head.setdefault(text[:_HEAD], []).append((kind, text))
        self._heads = sorted({len(head) for head in self._by_head})
        self._holding: dict[str, tuple[OpenWord, ...]] = {}
        self._empty: set[str] = set()
        self.steps = 0

    def of(self, words: Set[str]) -> dict[str, tuple[OpenWord, ...]]:
        """What each word holds, for those that hold anything."""
        if not self._wanted:
            return {}
        found = {}
        for word in words - self._empty:
            held = self._holding.get(word) or self._look_up(word)
            if held:
                found[word] = held
        return found

    def _look_up(self, word: str) -> tuple[OpenWord, ...]:
        held = self._by_cutting(word) if self._automaton is None else self._by_automaton(word)
        self.steps += len(word)
        found = tuple(sorted(set(held)))
        # Numbers hardly come again and would drive out the words that do.
        if len(word) <= LONGEST_REMEMBERED and word.isalpha():
            self._remember(word, found)
        return found

    def _remember(self, word: str, found: tuple[OpenWord, ...]) -> None:
        if len(self._holding) + len(self._empty) >= MOST_REMEMBERED:
            self._holding.clear()
            self._empty.clear()
        if found:
            self._holding[word] = found
        else:
            self._empty.add(word)

    def _by_automaton(self, word: str) -> Iterator[OpenWord]:
        """The word between blanks, a blank standing for a closed end."""
        automaton: Any = self._automaton
        for _, wanted in automaton.iter(f" {word} "):
            yield wanted

    def _by_cutting(self, word: str) -> Iterator[OpenWord]:
        by_head, length = self._by_head, len(word)
        for head in self._heads:
            for place in range(length - head + 1):
                for kind, text in by_head.get(word[place : place + head], ()):
                    if _is_allowed(kind, place, place + len(text), length) and word.startswith(
                        text, place
                    ):
                        yield kind, text


def _is_allowed(kind: Openness, start: int, end: int, length: int) -> bool:
    match kind:
        case Openness.STARTS:
            return start == 0
        case Openness.ENDS:
            return end == length
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Anchored:
    """An entry and the word by which it is found; `others` must stand in the text too."""

    entry: Entry
    at: int
    others: frozenset[str]


class Anchors:
    """Entries, filed by the word to look for first: the one that fewest entries hold."""

    def __init__(self, entries: Sequence[Entry], *, accelerated: bool) -> None:
        """File the entries; `accelerated` asks for the automaton where it is installed."""
        self._exact: dict[str, list[Anchored]] = {}
        self._open: dict[OpenWord, list[Anchored]] = {}
        how_many = Counter(element.text for entry in entries for element in entry.elements)
        for entry in entries:
            anchored = _anchored(entry, how_many)
            anchor = entry.elements[anchored.at]
            if anchor.openness is Openness.EXACT:
                self._exact.setdefault(anchor.text, []).append(anchored)
            else:
                self._open.setdefault((anchor.openness, anchor.text), []).append(anchored)
        self._words = frozenset(self._exact)
        self._needs_others = {
            word for word, found in self._exact.items() if any(each.others for each in found)
        }
        self._inside = OpenWords(self._open, accelerated=accelerated)

    def places(self, words: list[str], distinct: Set[str]) -> Iterator[tuple[int, Entry]]:
        """Where an entry may begin: the index of its first word, and the entry."""
        known = self._known(distinct)
        if not known:
            return
        for index in [k for k, word in enumerate(words) if word in known]:
            for anchored in known[words[index]]:
                yield index - anchored.at, anchored.entry

    def _known(self, distinct: Set[str]) -> Mapping[str, Collection[Anchored]]:
        """The entries that each word of a text may belong to."""
        known: dict[str, list[Anchored]] = {}
        for word in self._words & distinct:
            found = self._exact[word]
            if word in self._needs_others:
                found = [each for each in found if each.others <= distinct]
            if found:
                known[word] = found
        for word, held in self._inside.of(distinct).items():
            opened = [each for wanted in held for each in self._open[wanted]]
            found = [each for each in opened if each.others <= distinct]
            if found:
                known[word] = [*known.get(word, ()), *found]
        return known


def _anchored(entry: Entry, how_many: Mapping[str, int]) -> Anchored:
    """By the element least likely to be met by chance: a whole word, the rarest, the longest."""

    def worth(index: int) -> tuple[bool, int, int]:
        element = entry.elements[index]
        return element.openness is Openness.EXACT, -how_many[element.text], len(element.text)

    at = max(range(len(entry.elements)), key=worth)
    others = (each.text for each in entry.elements if each.openness is Openness.EXACT)
    return Anchored(entry, at, frozenset(others) - {entry.elements[at].text})


def _automaton(wanted: Collection[OpenWord]) -> Any:
    """An automaton over words between blanks, a blank standing for a closed end."""
    if ahocorasick is None or not wanted:
        return None
    automaton = ahocorasick.Automaton()
    for kind, text in wanted:
        before = " " if kind is Openness.STARTS else ""
        after = " " if kind is Openness.ENDS else ""
        automaton.add_word(before + text + after, (kind, text))
    automaton.make_automaton()
    return automaton
