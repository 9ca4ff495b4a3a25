# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps our own calls within Zendesk's limits, so that agents are not throttled because of us.

The limits (Rate limits; Tickets): 10 exports a minute, 100 single ticket updates a minute for the
account, 30 updates of one ticket in 10 minutes. Zendesk's own headers, in every spelling, and its
`Retry-After` come before any arithmetic of ours.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import Clock

EXPORTS_PER_MINUTE = 10
UPDATES_PER_MINUTE = 60
"""Of the account's 100, so that the agents' tools keep their share."""
UPDATES_PER_TICKET = 28
TICKET_WINDOW = 600.0
SMALLEST_LIMIT = 200
"""Calls a minute of the smallest plan, taken until an answer has named ours (Rate limits)."""
RESERVE = 0.1
"""The share of a bucket that is left to others."""
SILENT_PAUSE = 30.0
"""Seconds to wait after a 429 that names no time."""
MOST_REMEMBERED = 10_000
_BUCKET = re.compile(r"(\w+)\s*=\s*(\d+)")


class Lane(StrEnum):
    """Calls that share a limit."""

    EXPORTS = "exports"
    UPDATES = "updates"
    OTHER = "other"


_PER_MINUTE = {Lane.EXPORTS: EXPORTS_PER_MINUTE, Lane.UPDATES: UPDATES_PER_MINUTE}
_LANE_OF_BUCKET = {
    "incremental-exports": Lane.EXPORTS,
    "tickets-update": Lane.UPDATES,
    "inflight-jobs": Lane.UPDATES,
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How a bucket stood in the latest answer; `resets` is in seconds."""

    total: int
    remaining: int
    resets: float


class CallBudget:
    """Counts our calls by lane; safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing used."""
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[str, deque[float]] = {}
        self._paused_until: dict[Lane, float] = {}
        self._calls: deque[float] = deque()
        self._limit = SMALLEST_LIMIT

    def wait_for(self, lane: Lane) -> float:
        """Seconds until one more call of this lane is allowed, 0 for now."""
        with self._lock:
            now = self._clock.monotonic()
            waits = [self._paused_until.get(lane, now) - now]
            if lane in _PER_MINUTE:
                waits.append(self._wait(lane, _PER_MINUTE[lane], 60.0, now))
            return max(0.0, *waits)

    def wait_for_ticket(self, number: int) -> float:
        """Seconds until this ticket may be updated once more, 0 for now."""
        with self._lock:
            now = self._clock.monotonic()
            return max(0.0, self._wait(f"#{number}", UPDATES_PER_TICKET, TICKET_WINDOW, now))

    def count(self, lane: Lane) -> None:
        """Note one call of a lane."""
        self._note(lane)

    def count_ticket(self, number: int) -> None:
        """Note one update of a ticket, single or within a bulk job."""
        self._note(f"#{number}")

    def count_call(self, headers: Mapping[str, str]) -> None:
        """Note one answered call of any kind, and the account's limit if its headers name it."""
        account = stands(headers).get(Lane.OTHER)
        with self._lock:
            self._calls.append(self._clock.monotonic())
            self._forget_calls()
            if account is not None and account.total > 0:
                self._limit = account.total

    def own_share(self) -> float:
        """Our calls of the last minute, as a share of the account's limit."""
        with self._lock:
            self._forget_calls()
            return len(self._calls) / self._limit

    def pause(self, lane: Lane, seconds: float | None) -> None:
        """Zendesk said 429: leave this lane alone for as long as it asked."""
        with self._lock:
            until = self._clock.monotonic() + (SILENT_PAUSE if seconds is None else seconds)
            self._paused_until[lane] = max(until, self._paused_until.get(lane, 0.0))

    def observe(self, headers: Mapping[str, str]) -> None:
        """Read what an answer's headers say about the buckets, and hold back before they empty."""
        for lane, stand in stands(headers).items():
            if stand.remaining <= stand.total * RESERVE:
                self.pause(lane, stand.resets)

    def _forget_calls(self) -> None:
        horizon = self._clock.monotonic() - 60.0
        while self._calls and self._calls[0] <= horizon:
            self._calls.popleft()

    def _note(self, name: str) -> None:
        with self._lock:
            now = self._clock.monotonic()
            self._used.setdefault(name, deque()).append(now)
            if len(self._used) > MOST_REMEMBERED:
                self._forget_old(now)

    def _wait(self, name: str, most: int, seconds: float, now: float) -> float:
        used = self._used.get(name)
        if not used:
            return 0.0
        while used and used[0] <= now - seconds:
            used.popleft()
        return used[-most] + seconds - now if len(used) >= most else 0.0

    def _forget_old(self, now: float) -> None:
        horizon = now - TICKET_WINDOW
        stale = [name for name, used in self._used.items() if not used or used[-1] <= horizon]
        for name in stale:
            del self._used[name]


def stands(headers: Mapping[str, str]) -> dict[Lane, Stand]:
    """The buckets that an answer's headers name, whatever year's spelling they have."""
    small = {name.lower(): value for name, value in headers.items()}
    found: dict[Lane, Stand] = {}
    account = _account(small)
    if account is not None:
        found[Lane.OTHER] = account
    for name, value in small.items():
        for prefix in ("zendesk-ratelimit-", "zendesk-rate-limit-"):
            lane = (
                _LANE_OF_BUCKET.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
            )
            stand = _bucket(value) if lane is not None else None
            if lane is not None and stand is not None:
                found[lane] = stand
    return found


def _account(headers: Mapping[str, str]) -> Stand | None:
    for prefix in ("ratelimit", "rate-limit", "x-rate-limit"):
        total = headers.get(f"{prefix}-limit", headers.get(prefix, ""))
        remaining = headers.get(f"{prefix}-remaining", "")
        if total.isdecimal() and remaining.isdecimal():
            resets = headers.get(f"{prefix}-reset", "")
            return Stand(int(total), int(remaining), float(resets) if resets.isdecimal() else 60.0)
    return None


def _bucket(value: str) -> Stand | None:
    parts = {name: int(number) for name, number in _BUCKET.findall(value)}
    if not {"total", "remaining"} <= parts.keys():
        return None
    return Stand(parts["total"], parts["remaining"], float(parts.get("resets", 60)))
