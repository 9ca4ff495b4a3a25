# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts a text into words and says what stands between them: nothing, a clause, a sentence end.

A word is a run of letters, digits and their marks in any alphabet.  Hyphens, apostrophes and
underscores separate, so `API-fel` counts as `api` and `fel`.  Everything is worked out when it is
first asked for: most texts are never asked for more than their words.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cached_property
from itertools import accumulate

from bot.rules.text_fold import MARKS, Tidy, casefolded, has_marks, tidy, without_diacritics

_WORD = re.compile(r"([^\W_]+)")
_WORD_WITH_MARKS = re.compile(f"((?:[^\\W_]|[{MARKS}])+)")
_BLANK_BETWEEN = str.maketrans(
    {code: chr(code) if chr(code).isalnum() else " " for code in range(128)}
)
_FULL_STOP = re.compile(r"\.[\s\"')\]]|\.\.")
_BULLET = re.compile(r"\n\s*(?:[-*+•·‣]|\d{1,2}[.)])\s*")
WRAPPED_LINE = 50
"""A shorter line was broken on purpose, a longer one by the mail program; in characters."""

_NOTHING = frozenset([" ", "-", "'", "/", "_", "."])
_ABBREVIATIONS = frozenset(
    "e g i z b d h u a ca bzw usw t ex bl dvs osv kl tel nr vs approx resp ev evtl inkl tex mr mrs "
    "dr p c å f m т е д п др г ул стр рис напр".split()
)


_FEW = 12
"""Words whose places are sought one by one; more, and all places are worked out at once."""


class Gap(IntEnum):
    """What stands between two words; the higher, the further apart they are."""

    JOINED = 0
    CLAUSE = 1
    PHRASE = 2
    SENTENCE = 3


class Tokens:
    """The words of one text: folded for comparing, with places for showing."""

    def __init__(self, text: str) -> None:
        """Take a text as people wrote it; nothing is computed yet."""
        self.original = text
        self._sought = 0

    @cached_property
    def tidy(self) -> Tidy:
        """The text in one spelling, case kept."""
        return tidy(self.original)

    @cached_property
    def folded(self) -> str:
        """The tidy text without capitals, for looking up a pattern's literals."""
        return casefolded(self.tidy.text)

    @cached_property
    def encoded(self) -> bytes:
        """The tidy text as google-re2 reads it; a lone surrogate becomes a question mark."""
        return self.tidy.text.encode("utf-8", "replace")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _WORD_WITH_MARKS if has_marks(self.tidy.text) else _WORD

    @cached_property
    def _pieces(self) -> list[str]:
        """What is no word, a word, what is no word, and so on; first and last are no words."""
        return self._pattern.split(self.tidy.text)

    @cached_property
    def _blanked(self) -> str | None:
        """A plain text without capitals and with blanks for all that is no word, place by place."""
        text = self.tidy.text
        return f" {text.lower().translate(_BLANK_BETWEEN)} " if text.isascii() else None

    @cached_property
    def words(self) -> list[str]:
        """The words in order, without capitals."""
        if self._blanked is not None:
            return self._blanked.split()
        found = self._pieces[1::2]
        return casefolded(" ".join(found)).split(" ") if found else []

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(self.words)

    @cached_property
    def bare_words(self) -> list[str]:
        """The same words without diacritics, for lists that fold."""
        if self.tidy.text.isascii():
            return self.words
        bare = {word: without_diacritics(word) for word in set(self.words)}
        return [bare[word] for word in self.words]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word begins and ends in the tidy text."""
        ends = list(accumulate(map(len, self._pieces)))
        return list(zip(ends[0::2], ends[1::2], strict=False))

    @cached_property
    def _gaps(self) -> dict[int, Gap]:
        """Gaps that are more than nothing and were asked for."""
        return {}

    def gap(self, index: int) -> Gap:
        """What follows a word; the last is followed by a sentence end."""
        place = 2 * index + 2
        if place >= len(self._pieces) - 1:
            return Gap.SENTENCE
        if self._pieces[place] in _NOTHING:
            return Gap.JOINED
        if index not in self._gaps:
            self._gaps[index] = self._gap(index)
        return self._gaps[index]

    def is_one_phrase(self, first: int, after: int) -> bool:
        """Whether no comma and no sentence end stands inside the words."""
        return all(self.gap(index) < Gap.PHRASE for index in range(first, after - 1))

    @cached_property
    def sentences(self) -> list[int]:
        """The number of each word's sentence, from 1."""
        ends = (self.gap(index) is Gap.SENTENCE for index in range(len(self.words) - 1))
        return list(accumulate(ends, initial=1)) if self.words else []

    def shown(self, first: int, after: int) -> str:
        """The words from `first` up to `after` as they were written."""
        start, end = self.place(first, after)
        return " ".join(self.original[start:end].split())

    def place(self, first: int, after: int) -> tuple[int, int]:
        """The offsets in the original text of the words from `first` up to `after`."""
        start, end = self._span(first)[0], self._span(after - 1)[1]
        return self.tidy.original_start(start), self.tidy.original_end(end - 1)

    def _span(self, index: int) -> tuple[int, int]:
        """Where one word stands; the first few of a plain text without working out all others."""
        if self._blanked is None or self._sought >= _FEW:
            return self.spans[index]
        self._sought += 1
        word, place = self.words[index], -1
        wanted = f" {word} "
        for _ in range(self.words[:index].count(word) + 1):
            place = self._blanked.find(wanted, place + 1)
        return place, place + len(word)

    def is_elided(self, index: int) -> bool:
        """Whether a word leans on the next by an apostrophe (`l'`, `n'`, `isn't`)."""
        text, end = self.tidy.text, self.spans[index][1]
        return (
            text[end : end + 1] == "'"
            and index + 1 < len(self.words)
            and (self.spans[index + 1][0] == end + 1)
        )

    def is_compound(self, index: int) -> bool:
        """Whether a hyphen ties a word to the next (`non-production`)."""
        if index + 1 >= len(self.words):
            return False
        return self.tidy.text[self.spans[index][1] : self.spans[index + 1][0]] == "-"

    def _gap(self, index: int) -> Gap:
        text = self.tidy.text
        end, start = self.spans[index][1], self.spans[index + 1][0]
        between = text[end:start]
        if "\n" in between and self._is_broken_on_purpose(between, end, start):
            return Gap.SENTENCE
        if "!" in between or "?" in between or "。" in between:
            return Gap.SENTENCE
        if _FULL_STOP.search(between) and not self._is_abbreviation(index, start):
            return Gap.SENTENCE
        return self._gap_inside_a_sentence(between, end, start)

    def _gap_inside_a_sentence(self, between: str, end: int, start: int) -> Gap:
        text = self.tidy.text
        in_number = len(between) == 1 and text[end - 1].isdigit() and text[start].isdigit()
        if in_number:
            return Gap.JOINED
        if any(sign in between for sign in ",;\t"):
            return Gap.PHRASE
        if any(sign in between for sign in ":()[]{}|") or " -" in between or "- " in between:
            return Gap.CLAUSE
        return Gap.JOINED

    def _is_broken_on_purpose(self, between: str, end: int, start: int) -> bool:
        """Whether a line break is the writer's: a blank line, a bullet, a short line."""
        if between.count("\n") > 1 or _BULLET.search(between):
            return True
        text, nearest = self.tidy.text, max(0, end - WRAPPED_LINE)
        is_short = nearest == 0 or text.find("\n", nearest, end) >= 0
        return is_short and text[start].isupper()

    def _is_abbreviation(self, index: int, start: int) -> bool:
        return self.words[index] in _ABBREVIATIONS and not self.tidy.text[start].isupper()
