# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the helpdesk's vendor says of itself, and writes it down when it says something else.

It judges nothing: our own probes decide. A status page that cannot be read is no news, until what
it last said is too old to be repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ports import Trouble, Vendor
from bot.rules.events import Event
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
        self._due: datetime | None = None
        self._said: VendorSaid | None = None
        self._read_at: datetime | None = None

    def step(self, now: datetime) -> bool:
        """Look if it is time; True when the vendor said something new."""
        if self._due is not None and now < self._due <= now + EVERY:
            return False
        self._due = now + EVERY
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
            self._read_at = now
            return VendorSaid(found)
        log.debug("vendor_not_read", reason=found.reason)
        is_old = self._read_at is None or now - self._read_at >= FORGOTTEN_AFTER
        return UNKNOWN if is_old else None
