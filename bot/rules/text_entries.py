# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the entries of word lists: words, phrases, open endings and beginnings.

An entry is one or more words; `fel*` also takes longer words that begin so, `*driftstopp` those
that end so, `*fel*` those that hold it.  One word of every entry is its anchor, the one a text is
searched for first; the others are compared only where the anchor stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.text_fold import MARKS, casefolded, tidy, without_diacritics
from bot.rules.text_negation import Negation

LONGEST_ENTRY = 200
"""In characters; a longer entry is a mistake in the file."""

_ELEMENT = re.compile(f"(\\*?)((?:[^\\W_]|[{MARKS}])+)(\\*?)")


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A word list as the rules file gives it.

    `words` maps a language to its entries; `excepted` are phrases whose words never count;
    `fold` compares without diacritics, so that "panne generale" is found too.
    """

    words: Mapping[str, tuple[str, ...]]
    negation: Negation = Negation.NEAR
    excepted: tuple[str, ...] = ()
    fold: bool = False


@dataclass(frozen=True, slots=True)
class ListProblem:
    """An entry that cannot be used, and what to write instead."""

    list_name: str
    entry: str
    text: str


class Openness(StrEnum):
    """Which ends of a word in an entry are open."""

    EXACT = "exact"
    STARTS = "starts"
    ENDS = "ends"
    HOLDS = "holds"


_OPENNESS = {
    (False, False): Openness.EXACT,
    (False, True): Openness.STARTS,
    (True, False): Openness.ENDS,
    (True, True): Openness.HOLDS,
}


@dataclass(frozen=True, slots=True)
class Element:
    """One word of an entry."""

    text: str
    openness: Openness = Openness.EXACT

    def fits(self, word: str) -> bool:
        """Whether a word of a text is what this element asks for."""
        match self.openness:
            case Openness.EXACT:
                return word == self.text
            case Openness.STARTS:
                return word.startswith(self.text)
            case Openness.ENDS:
                return word.endswith(self.text)
            case Openness.HOLDS:
                return self.text in word


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list, ready to be found; `mask` marks an exception.

    `order` is its place in the list: of two entries that fit the same words the earlier is shown.
    """

    list_name: str
    language: str
    written: str
    elements: tuple[Element, ...]
    mask: bool = False
    fold: bool = False
    order: int = 0

    def fits(self, words: list[str], first: int) -> bool:
        """Whether the entry's words stand in a text from `first` on."""
        if first < 0 or first + len(self.elements) > len(words):
            return False
        return all(element.fits(words[first + k]) for k, element in enumerate(self.elements))


def entries_of(list_name: str, spec: ListSpec) -> Iterator[Entry | ListProblem]:
    """Every entry of a list, exceptions included, or what is wrong with it."""
    order = 0
    for language, words in (*spec.words.items(), (None, spec.excepted)):
        for written in words:
            order += 1
            spelled = _spelled(list_name, written, fold=spec.fold)
            yield (
                spelled
                if isinstance(spelled, ListProblem)
                else Entry(
                    list_name=list_name,
                    language=language or "",
                    written=written,
                    elements=spelled,
                    mask=language is None,
                    fold=spec.fold,
                    order=order,
                )
            )


def _spelled(list_name: str, written: str, *, fold: bool) -> tuple[Element, ...] | ListProblem:
    """The words of an entry as texts are spelled, or what is wrong with it."""
    if len(written) > LONGEST_ENTRY:
        return ListProblem(list_name, written[:40] + "...", "longer than 200 characters")
    spelled = casefolded(tidy(written).text)
    elements = _elements(without_diacritics_of_all(spelled) if fold else spelled)
    return ListProblem(list_name, written, elements) if isinstance(elements, str) else elements


def without_diacritics_of_all(text: str) -> str:
    """A phrase without accents, word by word as texts are folded."""
    return " ".join(without_diacritics(word) for word in text.split())


def _elements(spelled: str) -> tuple[Element, ...] | str:
    """The words of an entry, or what is wrong with its spelling."""
    elements: list[Element] = []
    stars = last = 0
    for found in _ELEMENT.finditer(spelled):
        opening, text, ending = found.groups()
        is_glued = found.start() == last and last > 0
        if is_glued and (opening or spelled[last - 1] == "*"):
            return "a * may stand only at the beginning or the end of a word"
        stars += len(opening) + len(ending)
        elements.append(Element(text, _OPENNESS[bool(opening), bool(ending)]))
        last = found.end()
    if not elements:
        return "no word in it: write at least one letter or digit"
    if stars != spelled.count("*"):
        return "a * must touch a word, as in fel* or *driftstopp"
    return tuple(elements)
