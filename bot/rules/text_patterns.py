# SPDX-License-Identifier: GPL-3.0-or-later
r"""Regular expressions of a rules file: linear time by google-re2, word borders for any alphabet.

RE2's own `\b` knows ASCII alone (`\båter\b` never matches), so `\b` is allowed only at a pattern's
ends, where it becomes our own check: no letter, digit or mark touches the match on that side.
Patterns ignore case and see the tidy text: NFKC, plain apostrophes and dashes, `ё` as `е`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.rules.text_fold import tidy
from bot.rules.text_literals import Required, required_literals
from bot.rules.text_tokens import Tokens

try:
    import re2
except ImportError:
    re2 = None

LONGEST_PATTERN = 1_000
"""In characters."""

MOST_MEMORY = 4 << 20
"""Bytes RE2 may use for one pattern; a larger one is refused."""

_NOT_IN_WORD = r"[^\pL\pN\pM]"
_FLAGS = re.compile(r"\(\?[imsU-]+\)")
_DASH = re.compile("[‐‑‒–—―−]")


@dataclass(frozen=True, slots=True)
class PatternProblem:
    """Why a pattern cannot be used; `position` counts characters from 0."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class PatternHit:
    """Where a pattern matched in the tidy text, with its groups.

    `groups` are the numbered groups from 1; one that took no part is empty.
    """

    pattern: str
    found: str
    where: str
    start: int
    end: int
    groups: tuple[str, ...]
    named: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """What the same fault has in common: the first group that matched, else the match."""
        value = next((group for group in self.groups if group), self.found)
        return " ".join(value.casefold().split())

    def evidence(self) -> str:
        """One line for `explain`."""
        return f'pattern "{self.pattern}": "{self.found[:80]}" in the {self.where}'


class Pattern:
    """A compiled pattern; made by `compile_pattern` only."""

    def __init__(self, written: str, compiled: Any, required: Required, bounded: str) -> None:
        """Keep what was compiled; `required` stands (without capitals) in every match.

        `bounded` is what google-re2 was given, word borders included.
        """
        self.written = written
        self.bounded = bounded
        self.required = required
        self._compiled = compiled

    def may_match(self, folded: str) -> bool:
        """Whether a casefolded tidy text holds all that the pattern cannot do without."""
        return self.required.are_in(folded)

    def is_in(self, tokens: Tokens) -> bool:
        """Whether it matches in a text at all: quicker than `search`, which says where."""
        if not self.required.are_in(tokens.folded):
            return False
        return self._compiled.search(tokens.encoded) is not None

    def search(self, text: str, *, where: str = "text") -> PatternHit | None:
        """The first match in a tidy text (`Tokens.tidy.text`)."""
        found = self._compiled.search(encodable(text))
        if found is None:
            return None
        groups = found.groups(default="")
        names = {name: groups[number - 1] for name, number in self._names()}
        start, end = found.span(1)
        return PatternHit(self.written, groups[0], where, start, end, groups[1:], names)

    def _names(self) -> list[tuple[str, int]]:
        return sorted(self._compiled.groupindex.items())


def compile_pattern(written: str) -> Pattern | PatternProblem:
    """Compile a pattern of the rules file, or say what is wrong with it and where."""
    if re2 is None:
        return PatternProblem("patterns need the package google-re2, which is not installed")
    if len(written) > LONGEST_PATTERN:
        return PatternProblem(f"longer than {LONGEST_PATTERN} characters", LONGEST_PATTERN)
    if not written.strip():
        return PatternProblem("an empty pattern matches everything")
    body = _Body.of(written)
    if isinstance(body, PatternProblem):
        return body
    options, bounded = options_of(MOST_MEMORY), body.bounded()
    try:
        re2.compile(encodable(body.text), options)
        compiled = re2.compile(encodable(bounded), options)
    except re2.error as error:
        return _problem(written, error)
    return Pattern(written, compiled, required_literals(body.text), encodable(bounded))


def options_of(most_memory: int) -> Any:
    """How every pattern is compiled, alone or in a set: without regard to capitals."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = most_memory
    return options


def _problem(written: str, error: Exception) -> PatternProblem:
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    culprit = text.rpartition(": ")[2]
    position = written.find(culprit) if culprit else 0
    return PatternProblem(text, max(0, position))


@dataclass(frozen=True, slots=True)
class _Body:
    """A pattern without its outer word borders and leading flags."""

    flags: str
    text: str
    starts_word: bool
    ends_word: bool

    @classmethod
    def of(cls, written: str) -> _Body | PatternProblem:
        flags = _FLAGS.match(written)
        start = flags.end() if flags else 0
        borders = _places_of(r"\b", written)
        starts_word = borders[:1] == [start]
        ends_word = borders[-1:] == [len(written) - 2] and len(written) - 2 > start
        inner = borders[starts_word : len(borders) - ends_word] + _places_of(r"\B", written)
        if inner:
            return PatternProblem(_MISPLACED, min(inner))
        text = written[start + 2 * starts_word : len(written) - 2 * ends_word]
        bar = _bar_outside_brackets(text)
        if bar is not None and (starts_word or ends_word):
            return PatternProblem(_BAR, bar + start + 2 * starts_word)
        return cls(flags[0] if flags else "", _unified(text), starts_word, ends_word)

    def bounded(self) -> str:
        before = rf"(?:\A|{_NOT_IN_WORD})" if self.starts_word else ""
        after = rf"(?:\z|{_NOT_IN_WORD})" if self.ends_word else ""
        return f"{self.flags}{before}({self.text}){after}"


_MISPLACED = (
    r"\b may stand only at the beginning or the end of a pattern, \B nowhere; "
    r"write \b(?:one|two)\b for alternatives"
)
_BAR = r"beside \b put alternatives in brackets: \b(?:one|two)\b"


def _unified(text: str) -> str:
    """The pattern in the spelling of the tidy text."""
    text = text.replace("Ё", "Е").replace("ё", "е").replace("’", "'").replace("\u00a0", " ")
    return tidy(_DASH.sub(r"\\-", text)).text


def _places_of(mark: str, written: str) -> list[int]:
    """Where an escape stands outside character classes and quotations."""
    return [place for place, token in _tokens_outside_classes(written) if token == mark]


def _bar_outside_brackets(text: str) -> int | None:
    depth = 0
    for place, token in _tokens_outside_classes(text):
        depth += (token == "(") - (token == ")")
        if token == "|" and depth == 0:
            return place
    return None


_TOKEN = re.compile(r"\\Q.*?(?:\\E|$)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]?|\\.|.", re.DOTALL)


def _tokens_outside_classes(written: str) -> list[tuple[int, str]]:
    """Each character or escape with its place; classes and quotations count as one."""
    return [(found.start(), found[0]) for found in _TOKEN.finditer(written)]


def encodable(text: str) -> str:
    """Text without lone surrogates, which cannot be encoded."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
