# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the same word the same way: compatibility forms, apostrophes, dashes, case and `ё`.

Work and memory are linear in the text.  A run of combining marks is normalised thirty at a time
(the stream-safe limit of Unicode), because sorting an endless run would not be linear.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from dataclasses import dataclass

LONGEST_FOLDED_WORD = 64
"""A longer word keeps its diacritics: no list holds such a word."""

# Letters and signs that NFKC leaves as they are; everything else is looked at one by one.
PLAIN = (
    "\\x00-\\x7f\u00a1-\u00a7\u00a9\u00ab\u00ac\u00ae\u00b0\u00b1\u00b6\u00b7\u00bb\u00bf-\u0131"
    "\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0180-\u01c3\u01cd-\u01f0\u01f4-\u02af"
    "\u0391-\u03a1\u03a3-\u03a9\u03ac-\u03ce\u0400-\u0482\u048a-\u052f"
)
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1160-\u11ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_ODD = re.compile(f"[^{PLAIN}{MARKS}][{MARKS}]{{0,30}}|[{PLAIN}][{MARKS}]{{1,30}}|[{MARKS}]+")
_HAS_MARK = re.compile(f"[{MARKS}]")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\ufe0e\ufe0f\ufeff"
_UNIFIED = {
    **dict.fromkeys("’‘‛ʼʻ´`′＇", "'"),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("\u00a0\u2007\u202f\u205f\u3000", " "),
    **dict.fromkeys([chr(code) for code in range(0x2000, 0x200B)], " "),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    **dict.fromkeys(_INVISIBLE, ""),
    "…": ".",
    "Ё": "Е",
    "ё": "е",
}
_UNIFY = re.compile("[" + re.escape("".join(_UNIFIED)) + "]")


@dataclass(frozen=True, slots=True)
class Shift:
    """From `tidy` on, a place in the tidy text lies `original - tidy` further in the original.

    Where `is_inside`, the places up to the next shift came from one letter and its marks.
    """

    tidy: int
    original: int
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Tidy:
    """A text in one spelling, case kept, with the way back to the original's offsets."""

    text: str
    shifts: tuple[Shift, ...] = ()

    def original_start(self, place: int) -> int:
        """Where the letter at a place of the tidy text begins in the original."""
        index = self._shift_before(place)
        if index < 0:
            return place
        shift = self.shifts[index]
        return shift.original + (0 if shift.is_inside else place - shift.tidy)

    def original_end(self, place: int) -> int:
        """Where the letter at a place of the tidy text ends in the original, marks included."""
        index = self._shift_before(place)
        if index >= 0 and self.shifts[index].is_inside:
            return self.shifts[index + 1].original
        return self.original_start(place) + 1

    def _shift_before(self, place: int) -> int:
        return bisect.bisect_right(self.shifts, place, key=lambda shift: shift.tidy) - 1


def tidy(text: str) -> Tidy:
    """Spell a text in one way: NFKC, plain apostrophes, dashes and spaces, `ё` as `е`."""
    if text.isascii() and "`" not in text:
        return Tidy(text)
    if _ODD.search(text) is None and _UNIFY.search(text) is None:
        return Tidy(text)
    return _tidied(text)


def _tidied(text: str) -> Tidy:
    pieces: list[str] = []
    shifts: list[Shift] = []
    length = last = 0
    for found in _TO_CHANGE.finditer(text):
        new = _spelled(found[0])
        pieces += (text[last : found.start()], new)
        length += found.start() - last + len(new)
        last = found.end()
        if len(new) != found.end() - found.start():
            shifts.append(Shift(length - len(new), found.start(), is_inside=True))
            shifts.append(Shift(length, last, is_inside=False))
    pieces.append(text[last:])
    return Tidy("".join(pieces), tuple(shifts))


_TO_CHANGE = re.compile(f"(?:{_UNIFY.pattern})(?![{MARKS}])|{_ODD.pattern}")


def _spelled(segment: str) -> str:
    """One letter with its marks in its normal form; marks without a letter are dropped."""
    known = _UNIFIED.get(segment[0])
    if known is not None and len(segment) == 1:
        return known
    if _HAS_MARK.match(segment):
        return ""
    if "\ud800" <= segment[0] <= "\udfff":
        return "\ufffd"
    normal = unicodedata.normalize("NFKC", segment)
    return "".join(_UNIFIED.get(letter, letter) for letter in normal)


def casefolded(text: str) -> str:
    """A tidy text without capitals (`ß` becomes `ss`)."""
    return text.casefold()


def without_diacritics(word: str) -> str:
    """A word with its accents taken off, for lists that ask for it (`panne générale`)."""
    if word.isascii() or len(word) > LONGEST_FOLDED_WORD:
        return word
    letters = unicodedata.normalize("NFD", word)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare) or word


def has_marks(text: str) -> bool:
    """Whether combining marks remain, which are parts of words."""
    return not text.isascii() and _HAS_MARK.search(text) is not None
