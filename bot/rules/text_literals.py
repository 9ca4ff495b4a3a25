# SPDX-License-Identifier: GPL-3.0-or-later
r"""Reads from a pattern the texts it cannot match without, so that it runs only where they stand.

The reading is careful rather than complete: only plain characters outside brackets, alternatives
and classes count, and a character that may be repeated or left out does not.
"""

from __future__ import annotations

import re

SHORTEST_LITERAL = 3
"""Shorter ones stand in nearly every text."""

_TOKEN = re.compile(
    r"\\Q.*?(?:\\E|$)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]?|\\[pP](?:\{[^}]*\}|.)|\\x(?:\{[^}]*\}|..)"
    r"|\\[0-7]{1,3}|\\.|\{\d*,?\d*\}|.",
    re.DOTALL,
)
# Letters whose other case is one letter, so that "ignore case" and casefolding agree.
_SAFE = re.compile(r"[ a-z0-9äåöéèêàçüа-яє_@#%/:;,=<>!&'\"-]")
_ESCAPED_SIGN = re.compile(r"\\[^\w\s]")


def required_literals(pattern: str) -> frozenset[str]:
    """Casefolded texts that stand in every match; empty if nothing is certain."""
    runs: list[str] = [""]
    depth = 0
    for token in _TOKEN.findall(pattern):
        if token == "(":
            depth += 1
            runs.append("")
        elif token == ")":
            depth -= 1
            runs.append("")
        elif token == "|" and depth == 0:
            return frozenset()
        elif depth == 0:
            _read(token, runs)
    return frozenset(run for run in runs if len(run.strip()) >= SHORTEST_LITERAL)


def _read(token: str, runs: list[str]) -> None:
    """Add one token of the outermost level to the runs of certain characters."""
    if token in "?*" or (token.startswith("{") and len(token) > 1):
        runs[-1:] = [runs[-1][:-1], ""]
        return
    letter = token[1:] if _ESCAPED_SIGN.fullmatch(token) else token.casefold()
    is_plain = _SAFE.fullmatch(letter) or (token != letter and letter in ".?*+()[]{}|^$\\")
    if is_plain:
        runs[-1] += letter
        return
    runs.append("")
