# SPDX-License-Identifier: GPL-3.0-or-later
"""How an attempt to reach the outside may end: a closed set, so that nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_PAUSE = 3600.0
"""Seconds for which a server's word keeps us from trying again; an odd header silences nobody."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is there; `reference` finds it again (a message's ts, an audit's id)."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken but not proven, such as a Teams 202."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now; `after` is in seconds, an hour at most, and a floor for the whole destination."""

    reason: str
    after: float | None = None

    def __post_init__(self) -> None:
        """What is no time, or too long a one, is taken for the longest."""
        if self.after is not None and not 0 <= self.after <= LONGEST_PAUSE:
            object.__setattr__(self, "after", LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Refused:
    """Never, as it is; `advice` says what a person can do about it.

    `is_for_all`: nothing else gets through this way either, such as with a revoked token.
    """

    reason: str
    advice: str = ""
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The line broke after sending: look before sending again.

    `after` is in seconds: one may not look sooner.
    """

    reason: str
    after: float | None = None


Outcome = Delivered | Accepted | TryLater | Refused | Unknown
