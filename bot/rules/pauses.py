# SPDX-License-Identifier: GPL-3.0-or-later
"""Pauses that a machine's clock cannot make endless by being set back.

Whoever waits for an instant alone waits an hour more when the clock is set back by an hour. So a
pause knows when it began, and is over before that too: it lasts at most twice as long as it was
meant to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pause:
    """From when until when something waits; `until` does not belong to it."""

    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether there is still something to wait for."""
        return self.since <= now < self.until

    def end(self, now: datetime) -> datetime:
        """When it is over: now, where it is over already."""
        return self.until if self.holds(now) else now


OVER = Pause(_NEVER, _NEVER)
"""The pause of what never waited: due at once."""


def pause_of(span: timedelta, now: datetime) -> Pause:
    """A pause that begins now."""
    return Pause(now, now + span)
