# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's customer portal: the banner it shows at present and every one it showed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.world_journal import Journal


@dataclass(frozen=True, slots=True)
class ShownBanner:
    """A banner as the portal reads it; `texts` by language, nothing is shown after
    `valid_until`."""

    at: datetime
    is_shown: bool
    texts: Mapping[str, str]
    valid_until: datetime | None = None


class Portal:
    """Keeps the banners in the order they were written."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        """Begin without a banner."""
        self._clock = clock
        self._journal = journal
        self._lock = threading.Lock()
        self._history: list[ShownBanner] = []

    def show(self, texts: Mapping[str, str], *, valid_until: datetime) -> ShownBanner:
        """Show `texts` until `valid_until`."""
        return self._write(ShownBanner(self._clock.now(), True, dict(texts), valid_until))

    def withdraw(self) -> ShownBanner:
        """Take the banner away."""
        return self._write(ShownBanner(self._clock.now(), False, {}))

    def banner(self) -> ShownBanner | None:
        """What a visitor sees now, None for nothing."""
        with self._lock:
            latest = self._history[-1] if self._history else None
        if latest is None or not latest.is_shown:
            return None
        is_over = latest.valid_until is not None and latest.valid_until <= self._clock.now()
        return None if is_over else latest

    def history(self) -> tuple[ShownBanner, ...]:
        """Every banner that was written or withdrawn, in order."""
        with self._lock:
            return tuple(self._history)

    def _write(self, banner: ShownBanner) -> ShownBanner:
        with self._lock:
            self._history.append(banner)
        self._journal.add("banner_written", is_shown=banner.is_shown, texts=banner.texts)
        return banner
