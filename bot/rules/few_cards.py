# SPDX-License-Identifier: GPL-3.0-or-later
"""Few cards: a way that can edit nothing shows one matter three times at most.

    first news --something worse--> its worst change --answered or done--> its end, a summary

What is no worse than what was shown is kept for the summary. Whoever has to be called is called: a
call that is kept goes its next way at once, and one that has no other way is shown all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from bot.rules.actions import NoticeKind, Urgency

MOST = 3


class Weight(IntEnum):
    """How bad a message is: `news` of a matter, a `warning` of its promise, a `call`."""

    NEWS = 1
    WARNING = 2
    CALL = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What a room was shown of one matter: how many cards, the worst, and how many were kept."""

    cards: int = 0
    worst: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a room has been shown after a message, and whether that was kept for the summary."""

    shown: Shown
    is_kept: bool = False


def weight_of(kind: NoticeKind, urgency: Urgency) -> Weight:
    """How bad a message is."""
    if urgency is Urgency.CRITICAL:
        return Weight.CALL
    return Weight.WARNING if kind is NoticeKind.SLA_WARNING else Weight.NEWS


def after_message(shown: Shown, weight: Weight, *, has_other_way: bool) -> Verdict:
    """Show a message, or keep it for the summary."""
    is_first_change = shown.cards == 1 and weight is Weight.CALL
    is_worse = weight > shown.worst and shown.cards < MOST
    must_be_shown = weight is Weight.CALL and not has_other_way
    if not (is_first_change or is_worse or must_be_shown):
        return Verdict(replace(shown, kept=shown.kept + 1), is_kept=True)
    return Verdict(replace(shown, cards=shown.cards + 1, worst=max(shown.worst, weight)))


def deserves_end(shown: Shown) -> bool:
    """Whether the end is told: somebody was called or messages were kept, and a card is left."""
    return 0 < shown.cards < MOST and (shown.kept > 0 or shown.worst == Weight.CALL)
