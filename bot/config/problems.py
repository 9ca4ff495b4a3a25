# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a policy: where it stands, what it is, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rules.policy import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or with `is_warning` something that is allowed and probably not meant."""

    place: Place
    what: str
    advice: str = ""
    is_warning: bool = False

    def __str__(self) -> str:
        """`file:line:column: what; what to do`, as editors understand it."""
        kind = "warning: " if self.is_warning else ""
        return f"{self.place}: {kind}{self.what}" + (f"; {self.advice}" if self.advice else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Advice that names the nearest known name, or all of them where none is near."""
    choices = sorted(set(known))
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    if not choices:
        return ""
    shown = ", ".join(choices[:12]) + (", ..." if len(choices) > 12 else "")
    return f"known are {shown}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sorted by file and position, each said once."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda each: (each.place.file, each.place.line, each.place.column))
