# SPDX-License-Identifier: GPL-3.0-or-later
"""The ticket as Deskmate knows it: identity of our own, values in the desk's own names.

A case that came by the escalation mailbox is a ticket too, with another origin; it keeps its
`ticket_id`, its clocks and its keys when the helpdesk adopts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """Where a ticket was born."""

    HELPDESK = "helpdesk"
    MAILBOX = "mailbox"
    ALERT = "alert"
    FOLLOW_UP = "follow_up"


class Status(StrEnum):
    """The helpdesk's status categories, and `deleted` for what it no longer has."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    HOLD = "hold"
    SOLVED = "solved"
    CLOSED = "closed"
    DELETED = "deleted"

    @property
    def is_done(self) -> bool:
        """True when nobody owes the requester anything more."""
        return self in (Status.SOLVED, Status.CLOSED, Status.DELETED)

    @property
    def takes_words(self) -> bool:
        """False where the helpdesk refuses every further word."""
        return self not in (Status.CLOSED, Status.DELETED)

    @property
    def opens_by_a_reply(self) -> bool:
        """True where a word of the requester opens a ticket again."""
        return self in (Status.PENDING, Status.HOLD, Status.SOLVED)


class Actor(StrEnum):
    """Who caused something: `self` is Deskmate, `system` the helpdesk's own automation."""

    REQUESTER = "requester"
    AGENT = "agent"
    SYSTEM = "system"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody outside: `person_id` is the helpdesk's id as text, where it is known."""

    person_id: str | None = None
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A ticket as the helpdesk showed it at one moment, already in the desk's own names.

    `priority` and `category` are own codes; `helpdesk_priority` is the helpdesk's value, None
    where it has none. `fields` are the mapped fields (code, plan, region and the desk's own).
    `version` is the helpdesk's stamp for safe updates (Zendesk: `updated_at` as it came).
    """

    number: int
    created_at: datetime
    updated_at: datetime
    version: str
    status: Status
    subject: str
    description: str
    priority: str | None = None
    helpdesk_priority: str | None = None
    category: str | None = None
    tags: frozenset[str] = frozenset()
    group: str | None = None
    assignee: Person | None = None
    requester: Person = Person()
    organisation: str | None = None
    language: str | None = None
    brand: str | None = None
    via: str | None = None
    external_id: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's latest known values; its history stands beside it as `Change` rows."""

    ticket_id: str
    origin: Origin
    created_at: datetime
    updated_at: datetime
    status: Status
    subject: str
    description: str
    number: int | None = None
    reference: str | None = None
    version: str | None = None
    priority: str | None = None
    helpdesk_priority: str | None = None
    category: str | None = None
    tags: frozenset[str] = frozenset()
    group: str | None = None
    assignee: Person | None = None
    requester: Person = Person()
    organisation: str | None = None
    language: str | None = None
    brand: str | None = None
    via: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)
    form: Mapping[str, str | None] = field(default_factory=dict)
    """What the requester's form set, as the ticket came."""
    set_by: Mapping[str, Actor] = field(default_factory=dict)
    """Field name -> who changed it last; a person's value is not changed by a rule."""
    fired: Mapping[str, str] = field(default_factory=dict)
    """Rule id -> the occasion it last fired on; edge-triggered firing reads it."""
    writer: Person | None = None
    """Who wrote a case that was adopted: the helpdesk's requester may be one of our people."""

    @property
    def customer(self) -> Person:
        """Who writes to us about it by mail, and is answered by mail."""
        return self.writer or self.requester
