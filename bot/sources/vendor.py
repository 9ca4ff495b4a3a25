# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the helpdesk's vendor says of itself, and writes it down when it says something else.

It judges nothing: our own probes decide. A status page that cannot be read is no news, until what
it last said is too old to be repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ports import Trouble, Vendor
from bot.rules.events import Event
from bot.rules.pauses import OVER, pause_of
from bot.rules.probes import VendorSaid
from bot.store.store import Store
from bot.telemetry import logger

EVERY = timedelta(minutes=2)
"""The status API takes ten requests a minute."""
FORGOTTEN_AFTER = timedelta(minutes=15)
UNKNOWN = VendorSaid(is_known=False)

log = logger("vendor")


class VendorWatch:
    """Asks the vendor; one `step` is one look, when one is due."""

    def __init__(self, vendor: Vendor, store: Store) -> None:
        """Due at once, then every two minutes."""
        self._vendor = vendor
        self._store = store
        self._pause = OVER
        self._said: VendorSaid | None = None
        self._fresh = OVER

    def step(self, now: datetime) -> bool:
        """Look if it is time; True when the vendor said something new."""
        if self._pause.holds(now):
            return False
        self._pause = pause_of(EVERY, now)
        said = self._asked(now)
        if said is None or said == self._said:
            return False
        event = Event(f"vendor@{now.isoformat()}", "outage", now, "probe", said)
        self._store.receive([event]).result()
        self._said = said
        return True

    def _asked(self, now: datetime) -> VendorSaid | None:
        found = self._vendor.incidents()
        if not isinstance(found, Trouble):
            self._fresh = pause_of(FORGOTTEN_AFTER, now)
            return VendorSaid(found)
        log.debug("vendor_not_read", reason=found.reason)
        return None if self._fresh.holds(now) else UNKNOWN
