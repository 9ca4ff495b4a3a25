# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the time; the one place that reads it, so that everything else can be run in any hour.

`SystemClock` serves the daemon; `VirtualClock` serves the simulator and the tests, where an hour
passes in an instant.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the parts that live in time are given: `now()` for instants, `wait()` for pauses."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that no adjustment of the wall clock moves; for leases and timeouts."""
        ...

    def wait(self, wake: threading.Event, seconds: float) -> bool:
        """Pause up to `seconds`, less if `wake` is set meanwhile; True when it was set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed point, never going backwards."""
        return time.monotonic()

    def wait(self, wake: threading.Event, seconds: float) -> bool:
        """Pause up to `seconds`, less if `wake` is set meanwhile; True when it was set."""
        return wake.wait(max(0.0, seconds))


class VirtualClock:
    """A clock that stands still until it is moved; safe to share between threads."""

    def __init__(self, start: datetime) -> None:
        """Begin at `start`, an aware instant."""
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant, such as 2026-03-02T09:00:00+00:00")
        self._start = self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The instant the clock was last moved to."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Seconds since the start."""
        return (self.now() - self._start).total_seconds()

    def wait(self, wake: threading.Event, seconds: float) -> bool:
        """Let `seconds` pass at once, unless `wake` is set already; True when it was set."""
        if wake.is_set():
            return True
        self.advance(timedelta(seconds=max(0.0, seconds)))
        return False

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and return the new instant."""
        return self.move_to(self.now() + by)

    def move_to(self, instant: datetime) -> datetime:
        """Move to `instant`; going backwards is allowed, as a machine's clock may jump."""
        with self._lock:
            self._now = instant.astimezone(UTC)
            return self._now
