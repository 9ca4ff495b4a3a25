# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which of many patterns may stand in a text at all, so that only those are run.

A pattern that cannot match without some words is filed under the rarest of them and is looked at
only where that stands, and run only if all of them stand there. Patterns without such words are
first asked together: whether any of a few matches, or, where that is asked for, by a google-re2 set
which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.rules.text_anchors import OpenWords
from bot.rules.text_entries import Openness
from bot.rules.text_finding import Searched
from bot.rules.text_literals import Required
from bot.rules.text_patterns import (
    Pattern,
    PatternProblem,
    compile_pattern,
    options_of,
)

try:
    import re2
except ImportError:
    re2 = None

LEAST_FOR_A_SET = 4
"""Patterns without words that are worth a set."""
PATTERNS_IN_A_GROUP = 16
PATTERNS_IN_A_HAND = 4
"""Of a group that matches, the patterns of a hand that matches are looked at one by one."""
MEMORY_OF_A_SET = 64 << 20
"""Bytes google-re2 may use for many patterns together; if they need more each is asked alone."""
_RUN = re.compile(r"[^\W_]{2,}")


class PatternBook:
    """All patterns of a desk, compiled once and filed by what they cannot match without."""

    def __init__(
        self, written: Iterable[str], *, accelerated: bool = True, with_set: bool = True
    ) -> None:
        """Compile the patterns; one that is wrong is left out (the check tells of it)."""
        self._patterns: dict[str, Pattern] = {}
        for each in dict.fromkeys(written):
            pattern = compile_pattern(each)
            if isinstance(pattern, Pattern):
                self._patterns[each] = pattern
        self._by_run: dict[str, dict[Required, list[str]]] = {}
        loose = self._file()
        self._runs = OpenWords(
            ((Openness.HOLDS, run) for run in self._by_run), accelerated=accelerated
        )
        self._loose = loose
        self._groups = [_Group(each) for each in _cut(loose, PATTERNS_IN_A_GROUP)]
        self._set = _set_of(loose) if with_set and len(loose) >= LEAST_FOR_A_SET else None

    def pattern(self, written: str) -> Pattern:
        """A pattern of the policy, compiled; one that no check let through is a bug."""
        if written not in self._patterns:
            compiled = compile_pattern(written)
            assert not isinstance(compiled, PatternProblem), "a policy with this does not load"
            self._patterns[written] = compiled
        return self._patterns[written]

    def seen(self, parts: Iterable[Searched]) -> set[str]:
        """The patterns that may match in one of the parts; every other certainly does not."""
        found: set[str] = set()
        for part in parts:
            held, folded = self._runs.of(part.tokens.distinct).values(), part.tokens.folded
            for run in {run for wanted in held for _, run in wanted}:
                for required, alike in self._by_run[run].items():
                    if required.are_in(folded):
                        found.update(alike)
            found.update(each.written for each in self._loose_in(part))
        return found

    def _loose_in(self, part: Searched) -> list[Pattern]:
        """Of the patterns that need no words, those that may match."""
        text = part.tokens.encoded
        if self._set is not None:
            matched = self._set.Match(text) or ()
            if 0 in matched:
                return [self._loose[index - 1] for index in matched if index > 0]
            # The empty pattern is missing: the set ran out of memory.
        return [pattern for group in self._groups for pattern in group.perhaps_in(text)]

    def _file(self) -> list[Pattern]:
        """File each pattern under the runs of letters that fewest others need; say what is left."""
        runs = {pattern: _runs_of(pattern) for pattern in self._patterns.values()}
        how_many = Counter(run for several in runs.values() for run in frozenset().union(*several))
        loose = []
        for pattern, several in runs.items():
            if not several:
                loose.append(pattern)
                continue
            for run in min(several, key=lambda each: sum(how_many[run] for run in each)):
                alike = self._by_run.setdefault(run, {})
                alike.setdefault(pattern.required, []).append(pattern.written)
        return loose


def _runs_of(pattern: Pattern) -> list[frozenset[str]]:
    """Sets of runs of letters, of each of which one must stand inside a word of the text."""
    found = []
    for texts in pattern.required.choices:
        longest = [max(_RUN.findall(text), key=len, default="") for text in texts]
        if all(longest):
            found.append(frozenset(longest))
    return found


class _Group:
    """A few patterns that are asked together first: mostly none of them matches."""

    def __init__(self, patterns: list[Pattern]) -> None:
        self._patterns = patterns
        self._any = _any_of(patterns)
        hands = _cut(patterns, PATTERNS_IN_A_HAND) if len(patterns) > PATTERNS_IN_A_HAND else []
        self._hands = [_Group(each) for each in hands]

    def perhaps_in(self, text: bytes) -> list[Pattern]:
        """The patterns that may match; every other certainly does not."""
        if self._any is not None and self._any.search(text) is None:
            return []
        if not self._hands:
            return self._patterns
        return [pattern for hand in self._hands for pattern in hand.perhaps_in(text)]


def _cut(patterns: list[Pattern], length: int) -> list[list[Pattern]]:
    return [patterns[at : at + length] for at in range(0, len(patterns), length)]


def _any_of(patterns: list[Pattern]) -> Any:
    """One pattern for several; None where they are too large together."""
    options = options_of(MEMORY_OF_A_SET)
    options.never_capture = True
    try:
        return re2.compile("|".join(f"(?:{pattern.bounded})" for pattern in patterns), options)
    except re2.error:
        return None


def _set_of(patterns: list[Pattern]) -> Any:
    """One matcher for all of them; its first pattern is empty and so always matches."""
    together = re2.Set.SearchSet(options_of(MEMORY_OF_A_SET))
    try:
        for text in ("", *(pattern.bounded for pattern in patterns)):
            together.Add(text)
        together.Compile()
    except re2.error:
        return None
    return together
