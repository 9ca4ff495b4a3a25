# SPDX-License-Identifier: GPL-3.0-or-later
r"""Reads from a pattern the texts it cannot match without, so that it runs only where they stand.

The reading is careful rather than complete: only plain characters count, and one that may be
repeated or left out does not. Of `(?:late|delayed) today` both " today" and one of "late" and
"delayed" are needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORTEST_LITERAL = 3
"""Shorter ones stand in nearly every text."""

_TOKEN = re.compile(
    r"\\Q.*?(?:\\E|$)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]?|\\[pP](?:\{[^}]*\}|.)|\\x(?:\{[^}]*\}|..)"
    r"|\\[0-7]{1,3}|\\.|\{\d*,?\d*\}|\((?:\?(?:P?<\w+>|[imsU-]*[:)])?)?|.",
    re.DOTALL,
)
# Letters whose other case is one letter, so that "ignore case" and casefolding agree.
_SAFE = re.compile(r"[ a-z0-9äåöéèêàçüа-яє_@#%/:;,=<>!&'\"-]")
_ESCAPED_SIGN = re.compile(r"\\[^\w\s]")


@dataclass(frozen=True, slots=True)
class Required:
    """Casefolded texts of every match: all of `every`, and of each of `one_of` one at least."""

    every: frozenset[str] = frozenset()
    one_of: tuple[frozenset[str], ...] = ()

    def are_in(self, folded: str) -> bool:
        """Whether a casefolded tidy text holds them."""
        for text in self.every:
            if text not in folded:
                return False
        return not self.one_of or all(
            any(text in folded for text in texts) for texts in self.one_of
        )

    @property
    def choices(self) -> tuple[frozenset[str], ...]:
        """Sets of which one member each must stand in the text."""
        return (*(frozenset([text]) for text in sorted(self.every)), *self.one_of)


NONE = Required()


def required_literals(pattern: str) -> Required:
    """What stands in every match; nothing if nothing is certain."""
    return _Reading(_TOKEN.findall(pattern)).alternatives()


class _Reading:
    """Reads the tokens of one pattern from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def alternatives(self) -> Required:
        """Branches between bars, up to the bracket that closes them."""
        branches = [self._branch()]
        while self._here() == "|":
            self._next += 1
            branches.append(self._branch())
        if len(branches) == 1:
            return branches[0]
        best = [_best(branch) for branch in branches]
        return NONE if not all(best) else Required(one_of=(frozenset().union(*best),))

    def _branch(self) -> Required:
        runs: list[str] = [""]
        one_of: list[frozenset[str]] = []
        while (token := self._here()) not in ("", "|", ")"):
            self._next += 1
            if not token.startswith("("):
                _read(token, runs)
                continue
            inner = NONE if token.endswith(")") else self._group()
            runs += [*inner.every, ""]
            one_of += inner.one_of
        every = frozenset(run for run in runs if len(run.strip()) >= SHORTEST_LITERAL)
        return Required(every, tuple(one_of))

    def _group(self) -> Required:
        inner = self.alternatives()
        self._next += 1
        follows = self._here()
        return NONE if follows in ("?", "*") or follows.startswith("{") else inner

    def _here(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""


def _best(branch: Required) -> frozenset[str]:
    """The longest text that a branch cannot do without, or its alternatives; empty for none."""
    return max(
        branch.choices, key=lambda texts: min(len(text) for text in texts), default=frozenset()
    )


def _read(token: str, runs: list[str]) -> None:
    """Add one token outside brackets to the runs of certain characters."""
    if token in "?*" or (token.startswith("{") and len(token) > 1):
        runs[-1:] = [runs[-1][:-1], ""]
        return
    letter = token[1:] if _ESCAPED_SIGN.fullmatch(token) else token.casefold()
    is_plain = _SAFE.fullmatch(letter) or (token != letter and letter in ".?*+()[]{}|^$\\")
    if is_plain:
        runs[-1] += letter
        return
    runs.append("")
