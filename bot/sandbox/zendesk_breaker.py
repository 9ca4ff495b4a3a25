# SPDX-License-Identifier: GPL-3.0-or-later
"""The circuit breaker of the sandbox's webhooks, one for each webhook."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
PAUSE = timedelta(seconds=5)
LEAST_REQUESTS = 100
MOST_ERRORS = 1000
ERROR_SHARE = 0.7


class Breaker:
    """Opens when within five minutes 70 % of at least 100 requests failed, or more than 1,000.

    While open, deliveries are lost; after five seconds one request probes: its success closes it.
    """

    def __init__(self) -> None:
        """Begin closed."""
        self._answers: deque[tuple[datetime, bool]] = deque()
        self._opened_at: datetime | None = None

    def lets_pass(self, now: datetime) -> bool:
        """Whether a delivery may be tried now."""
        return self._opened_at is None or now >= self._opened_at + PAUSE

    def note(self, now: datetime, *, is_success: bool) -> None:
        """Count an answer; may open or close the breaker."""
        if self._opened_at is not None:
            self._opened_at = None if is_success else now
            self._answers.clear()
            return
        self._answers.append((now, is_success))
        while self._answers and self._answers[0][0] < now - WINDOW:
            self._answers.popleft()
        total = len(self._answers)
        errors = sum(not good for _, good in self._answers)
        is_bad = total >= LEAST_REQUESTS and errors >= ERROR_SHARE * total
        if is_bad or errors > MOST_ERRORS:
            self._opened_at = now
            self._answers.clear()
