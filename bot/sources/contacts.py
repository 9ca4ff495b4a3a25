# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps who may ask for help up to date, hour by hour, for the day the helpdesk is down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ports import Contacts, Trouble
from bot.rules.pauses import OVER, pause_of
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import logger

CURSOR = "export/contacts/2"
"""Read anew from the beginning where an older Deskmate had kept who is suspended."""
READ_AT = "contacts"
"""The state that says when the contacts were read up last."""
EVERY = timedelta(hours=1)
PAGE_EVERY = timedelta(seconds=30)
"""Two pages a minute at most: tickets share the export's ten calls a minute."""
BEGINNING = datetime(2010, 1, 1, tzinfo=UTC)

log = logger("contacts")


class ContactReader:
    """Reads the helpdesk's people; one `step` is one page, when one is due."""

    def __init__(self, helpdesk: Contacts, store: Store) -> None:
        """Due at once, page by page, then every hour."""
        self._helpdesk = helpdesk
        self._store = store
        self._pause = OVER

    def step(self, now: datetime) -> bool:
        """Read one page if it is time; never more than that, so False."""
        if self._pause.holds(now):
            return False
        with self._store.read() as reader:
            cursor = reader.cursors.get(CURSOR)
        page = self._helpdesk.contacts_since(cursor, BEGINNING)
        if isinstance(page, Trouble):
            wait = max(PAGE_EVERY, timedelta(seconds=page.retry_after or 0.0))
            self._pause = pause_of(wait, now)
            log.warning("contacts_not_read", reason=page.reason, again_in=wait.total_seconds())
            return False

        with self._store.read() as reader:
            left = reader.contacts.addresses_of(page.gone)

        def write(tx: Transaction) -> None:
            tx.contacts.forget(left)
            for contact in page.contacts:
                tx.contacts.save(contact)
            tx.cursors.set(CURSOR, page.cursor)
            if page.is_last:
                tx.states.save(READ_AT, {"at": now.isoformat()})

        self._store.write(write)
        self._pause = pause_of(EVERY if page.is_last else PAGE_EVERY, now)
        log.info("contacts_read", count=len(page.contacts), left=len(left), is_last=page.is_last)
        return False
