# SPDX-License-Identifier: GPL-3.0-or-later
"""Three-valued logic: what is true, what is false, and what nobody could read.

A fact that could not be read makes its condition unknown, and "not unknown" stays unknown, so a
failed look-up never makes a rule fire.  A rule acts on TRUE alone (strong Kleene logic).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """The answer of a condition: it holds, it does not, or it cannot be known now.

    It has no truth value of its own: write `answer is Truth.TRUE`, so that unknown is never
    taken for true or false by accident.
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Refuse `if answer:`, which would have to guess what unknown means."""
        raise TypeError("a Truth is not a bool: compare with `is Truth.TRUE`")


def truth_of(value: bool | None) -> Truth:
    """Turn a plain answer into a Truth; `None` means that it is not known."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def not_(answer: Truth) -> Truth:
    """The opposite; the opposite of unknown is unknown."""
    match answer:
        case Truth.TRUE:
            return Truth.FALSE
        case Truth.FALSE:
            return Truth.TRUE
        case Truth.UNKNOWN:
            return Truth.UNKNOWN


def all_of(answers: Iterable[Truth]) -> Truth:
    """Whether every answer is true: one false makes it false, whatever is unknown beside it.

    Reading stops at the first false, so a generator is evaluated no further.  Nothing at all is
    true.
    """
    result = Truth.TRUE
    for answer in answers:
        if answer is Truth.FALSE:
            return Truth.FALSE
        if answer is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def any_of(answers: Iterable[Truth]) -> Truth:
    """Whether one answer is true: one true suffices, whatever is unknown beside it.

    Reading stops at the first true.  Nothing at all is false.
    """
    result = Truth.FALSE
    for answer in answers:
        if answer is Truth.TRUE:
            return Truth.TRUE
        if answer is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result
