# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes outside text fit into one line of ours: no control characters, bounded, cut with a mark."""

from __future__ import annotations

import unicodedata

CUT = "…"
_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the reading direction: they can make a text read as another one."""
_JOINERS = frozenset("\u200c\u200d")
"""Without these two, emoji families and Persian words fall apart."""


def one_line(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters."""
    seen = " ".join("".join(map(_shown, text)).split())
    return cut(seen, limit)


def cut(text: str, limit: int) -> str:
    """`text` cut after a whole word if one ends near `limit`, with a mark that it was cut."""
    if len(text) <= limit:
        return text
    kept = text[: limit - len(CUT)]
    word_end = kept.rfind(" ")
    if word_end > limit * 2 // 3:
        kept = kept[:word_end]
    while kept and (unicodedata.combining(kept[-1]) or kept[-1] in _JOINERS):
        kept = kept[:-1]
    return kept.rstrip() + CUT


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if character in _TURNING:
        return ""
    category = unicodedata.category(character)
    if category in _UNSEEN or (category == "Cf" and character not in _JOINERS):
        return ""
    return character
