# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the watches beside the probes together: the vendor's status page and our disks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bot.clock import Clock
from bot.helpdesks.zendesk_status import VendorStatus, status_url
from bot.settings import Settings
from bot.sources.disk import DiskWatch
from bot.sources.vendor import VendorWatch
from bot.store.engines import file_of, is_sqlite, parse
from bot.store.store import Store


def watches_of(settings: Settings, store: Store, clock: Clock) -> Mapping[str, Callable[[], bool]]:
    """The steps of the watches that this desk has, by name."""
    disks = DiskWatch(_folders(settings), store)
    watches: dict[str, Callable[[], bool]] = {"disk": lambda: disks.step(clock.now())}
    url = status_url(settings.zendesk_url, settings.zendesk_status_url)
    if url is not None:
        vendor = VendorWatch(VendorStatus(url, clock), store)
        watches["vendor"] = lambda: vendor.step(clock.now())
    return watches


def _folders(settings: Settings) -> tuple[Path, ...]:
    """What we write to on this machine: a SQLite store, and the spool where mails are read."""
    store = parse(settings.store)
    file = file_of(store) if is_sqlite(store) else Path()
    found = [file.parent] if file.name and file.name != ":memory:" else []
    return (*found, settings.mail_spool) if settings.mailbox_url else tuple(found)
