# SPDX-License-Identifier: GPL-3.0-or-later
"""Something that goes on by itself while the daemon is killed, in a thread of its own."""

from __future__ import annotations

import random
import threading


class Load:
    """Does its `once` again and again, some seconds apart, until it is stopped."""

    between: tuple[float, float] = (0.02, 0.15)
    """Seconds between two times, at least and at most."""

    def __init__(self, chance: random.Random) -> None:
        """Nothing happens before `start`."""
        self._chance = chance
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, when what is under way is done; stopping twice does nothing."""
        self._stop.set()
        self._thread.join()

    def once(self) -> None:
        """One thing that happens."""
        raise NotImplementedError

    def _run(self) -> None:
        while not self._stop.wait(self._chance.uniform(*self.between)):
            self.once()
