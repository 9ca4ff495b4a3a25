# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask for help, kept for the hours in which the helpdesk cannot be asked."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Connection

from bot.rules.mail import Contact
from bot.store.codec import maybe_instant, micros
from bot.store.rows import column, contact_body, contact_of
from bot.store.tables import contact
from bot.store.upserts import put

_AT_ONCE = 500


class ContactsView:
    """What may be asked about contacts."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def load(self, email: str) -> Contact | None:
        """The contact with this address, None when nobody knows it."""
        body = self._connection.scalar(
            select(contact.c.body).where(contact.c.email == column(email.casefold()))
        )
        return None if body is None else contact_of(body)

    def count(self) -> int:
        """How many contacts are known."""
        return self._connection.scalar(select(func.count()).select_from(contact)) or 0

    def as_of(self) -> datetime | None:
        """When the latest contact was read from the helpdesk."""
        return maybe_instant(self._connection.scalar(select(func.max(contact.c.as_of))))

    def addresses_of(self, person_ids: frozenset[str]) -> tuple[str, ...]:
        """Under which addresses these people of the helpdesk are kept; none where there are none.

        Reads every contact, so it is for the few who left.
        """
        if not person_ids:
            return ()
        rows = self._connection.execute(select(contact.c.email, contact.c.body))
        return tuple(
            row.email for row in rows if json.loads(row.body).get("person_id") in person_ids
        )


class Contacts(ContactsView):
    """The contacts within a write transaction."""

    def save(self, known: Contact) -> None:
        """Write a contact, new or known."""
        row = {
            "email": column(known.email.casefold()),
            "as_of": micros(known.as_of),
            "body": contact_body(known),
        }
        put(self._connection, contact, row)

    def forget(self, addresses: tuple[str, ...]) -> None:
        """Take these contacts out; who writes from there is somebody whom nobody knows."""
        for first in range(0, len(addresses), _AT_ONCE):
            some = addresses[first : first + _AT_ONCE]
            self._connection.execute(delete(contact).where(contact.c.email.in_(some)))
