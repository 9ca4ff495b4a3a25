# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail of the escalation mailbox as decisions see it, and what may become of one.

The raw mail is the truth and lies in the spool under its hash; this is what could be read of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.rules.ticket import Person, Snapshot


class Fate(StrEnum):
    """What became of a mail; every mail of the ledger has exactly one."""

    WAITING = "waiting"
    """Not decided yet: it has just come, or the helpdesk is suspected."""
    CASE = "case"
    """It opened a case."""
    REPLY = "reply"
    """It joined a case or a ticket."""
    STAFF = "staff"
    """Somebody of ours answered or acknowledged by mail."""
    BOUNCE = "bounce"
    """A mail system reports on a mail."""
    AUTOMATIC = "automatic"
    """An auto-responder wrote it."""
    HELD = "held"
    """A person has to look: a list, bulk mail, a machine nobody knows."""
    PARKED = "parked"
    """It could not be read; the raw mail is kept."""
    NOTED = "noted"
    """The helpdesk was there: its own intake may have it."""
    OWN = "own"
    """One of ours came back."""


class Folder(StrEnum):
    """Where a decided mail is moved to; it stays in the inbox for None."""

    PROCESSED = "Outage/Processed"
    PARKED = "Outage/Parked"
    AUTOMATIC = "Outage/Automatic"


FOLDERS: Mapping[Fate, Folder] = {
    Fate.CASE: Folder.PROCESSED,
    Fate.REPLY: Folder.PROCESSED,
    Fate.STAFF: Folder.PROCESSED,
    Fate.BOUNCE: Folder.AUTOMATIC,
    Fate.AUTOMATIC: Folder.AUTOMATIC,
    Fate.HELD: Folder.PARKED,
    Fate.PARKED: Folder.PARKED,
}
"""Fate -> folder; a mail that was only noted, or is our own, stays where it is."""


class Trust(StrEnum):
    """What our own mail server says of a sender; `unchecked` where nobody set whom to believe."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING = "nothing"
    UNCHECKED = "unchecked"


NOBODY = Person()


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attachment: name, type, size in bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class MailReceived:
    """A mail that lies in the mailbox.

    `key` makes it the same mail wherever it lies, `raw` is its hash in the spool. `received_at`
    is the server's instant, never the sender's. `headers` are those that say who or what wrote it,
    by lower-case name. `own_ids` are Message-IDs of ours anywhere in it. `trouble` says why it
    could not be read; `is_partial` that only its beginning was. `spam_folder` is where a spam
    filter had put it, empty where none did.
    """

    key: str
    raw: str
    size: int
    received_at: datetime
    message_id: str | None = None
    body_hash: str = ""
    sender: Person = NOBODY
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    own_ids: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    trust: Trust = Trust.UNCHECKED
    language: str | None = None
    files: tuple[MailFile, ...] = ()
    is_partial: bool = False
    trouble: str = ""
    spam_folder: str = ""


@dataclass(frozen=True, slots=True)
class Twin:
    """What the helpdesk has that may be a case of ours: a ticket, or a mail that it put aside.

    `words` are its messages in order, `message_id` is that of the mail it was made from, where
    that is known. A suspended mail has no `number`. `picture` is the ticket as it was then, None
    where it could not be read.
    """

    name: str
    created_at: datetime
    number: int | None = None
    subject: str = ""
    words: tuple[str, ...] = ()
    requester: str = ""
    external_id: str | None = None
    message_id: str | None = None
    picture: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may ask for help, as the helpdesk showed them at `as_of`."""

    email: str
    as_of: datetime
    name: str | None = None
    person_id: str | None = None
    organisation: str | None = None
    language: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)
