# SPDX-License-Identifier: GPL-3.0-or-later
"""What customers may see and what stays in the house, and what a text for them must not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """The fields, tags and templates on one side of the line."""

    fields: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """`audience:`; a template that is not named internal is public."""

    public: Side = Side()
    internal: Side = Side()
    forbidden_words: tuple[str, ...] = ()


def found_in(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words and phrases that stand in `text`: whole ones, an open end where one has a `*`."""
    folded = " ".join(text.casefold().split())
    return tuple(word for word in words if re.search(_pattern(word), folded))


def _pattern(word: str) -> str:
    bare = " ".join(word.casefold().strip().split())
    begin = "" if bare.startswith("*") else r"(?<!\w)"
    end = "" if bare.endswith("*") else r"(?!\w)"
    return f"{begin}{re.escape(bare.strip('*'))}{end}"
