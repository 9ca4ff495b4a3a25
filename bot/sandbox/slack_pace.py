# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the sandbox's Slack takes a message: one a second and channel, 50 edits a minute.

Whoever comes sooner is answered 429 and told to wait; whoever does not wait is remembered.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

POST, EDIT = "chat.postMessage", "chat.update"
MINUTE = timedelta(minutes=1)


@dataclass
class Pace:
    """The limits and what became of them; `patience` is the Retry-After, in seconds.

    `early` are calls made before their Retry-After was over: (method, seconds too early).
    """

    between_posts: float = 1.0
    edits_a_minute: int = 50
    patience: int = 2
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    early: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._closed_until: dict[str, datetime] = {}
        self._free_at: dict[str, datetime] = {}
        self._edits: deque[datetime] = deque()

    def wait(self, method: str, channel: str, now: datetime) -> int | None:
        """Seconds that this call is told to wait; None takes it."""
        if method not in (POST, EDIT):
            return None
        with self._lock:
            # Slack limits posts by channel, edits for the whole workspace.
            place = channel if method == POST else method
            closed_until = self._closed_until.get(place, now)
            if now < closed_until:
                self.early.append((method, (closed_until - now).total_seconds()))
            if not self._take(method, place, now):
                self._closed_until[place] = now + timedelta(seconds=self.patience)
                self.refused[method] += 1
                return self.patience
            self.taken[method] += 1
            return None

    def _take(self, method: str, place: str, now: datetime) -> bool:
        if method == POST:
            if now < self._free_at.get(place, now):
                return False
            self._free_at[place] = now + timedelta(seconds=self.between_posts)
            return True
        while self._edits and self._edits[0] <= now - MINUTE:
            self._edits.popleft()
        if len(self._edits) >= self.edits_a_minute:
            return False
        self._edits.append(now)
        return True
