# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask for help, kept for the hours in which the helpdesk cannot be asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.rules.mail import Contact
from bot.store.codec import maybe_instant, micros
from bot.store.rows import column, contact_body, contact_of
from bot.store.tables import contact
from bot.store.upserts import put


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
