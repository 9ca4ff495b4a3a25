# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision may ask for: a closed set of messages, each with a key that says what it is.

`Outgoing` is a row of the outbox. Its key is unique, so the same decision taken twice is one row;
`order_key` keeps the messages of one ticket on one channel in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.rules.ticket import Person

State = TypeVar("State")
_OURS = "deskmate:"
NOTE = "note/"
"""How the key of an update begins that notes somebody's words in a ticket."""
REFUSED_NOTE = "refused_note"
"""The kind of the timer that has words told which the helpdesk did not take."""


class Urgency(StrEnum):
    """Which rows go first: `critical` pages, then `normal`, then `low` (digests, notes).

    `edit` brings a message that is there up to date, after everything else and calling nobody.
    """

    CRITICAL = "critical"
    NORMAL = "normal"
    LOW = "low"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class TicketUpdate:
    """A change to one ticket in the helpdesk; None and empty mean "leave it".

    Values are own codes; the adapter maps them. `comment` is internal unless `is_public`.
    `is_solved` solves it under our own name; `is_reopened` opens it, as a customer's reply does.
    `mail` names the raw mail whose files go with the comment.
    """

    ticket_id: str
    number: int | None
    priority: str | None = None
    category: str | None = None
    group: str | None = None
    assignee_email: str | None = None
    add_tags: frozenset[str] = frozenset()
    remove_tags: frozenset[str] = frozenset()
    fields: Mapping[str, str | None] = field(default_factory=dict)
    comment: str | None = None
    is_public: bool = False
    is_solved: bool = False
    mail: str | None = None
    is_reopened: bool = False


@dataclass(frozen=True, slots=True)
class TicketMessage:
    """One message of a ticket that is to be created; without an author the requester wrote it.

    An author without name and address is ourselves. `at` is when it was written; only a backdated
    creation can carry it over. `mail` names the raw mail that it came as, whose files go with it.
    """

    body: str
    is_public: bool = True
    author: Person | None = None
    at: datetime | None = None
    mail: str | None = None


@dataclass(frozen=True, slots=True)
class TicketCreation:
    """A ticket of ours that the helpdesk does not have yet; values are own codes.

    `external_id` is our name for it there and finds it again; nobody else may use it. Without
    `created_at` it is an ordinary new ticket of one message: the helpdesk's own triggers and clocks
    run. With it the ticket is imported as it was, messages and all, and nothing is set off there.
    A requester without an address is ourselves.
    """

    ticket_id: str
    external_id: str
    subject: str
    messages: tuple[TicketMessage, ...]
    requester: Person = field(default_factory=Person)
    priority: str | None = None
    category: str | None = None
    group: str | None = None
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, str | None] = field(default_factory=dict)
    created_at: datetime | None = None
    status: str | None = None

    @property
    def is_backdated(self) -> bool:
        """True when the helpdesk takes it over as it was, without triggers."""
        return self.created_at is not None


def opened_as(creation: TicketCreation, update: TicketUpdate | None) -> TicketCreation:
    """A new ticket with everything decided of it at once, the note apart."""
    if update is None:
        return creation
    return replace(
        creation,
        priority=update.priority or creation.priority,
        category=update.category or creation.category,
        group=update.group or creation.group,
        tags=(creation.tags | update.add_tags) - update.remove_tags,
        fields={**creation.fields, **update.fields},
    )


def note_alone(update: TicketUpdate | None) -> TicketUpdate | None:
    """What is left to write of an update whose values went with the creation."""
    if update is None or update.comment is None:
        return None
    return TicketUpdate(
        update.ticket_id, update.number, comment=update.comment, is_public=update.is_public
    )


def external_id_of(ticket_id: str) -> str:
    """What the helpdesk calls a ticket of ours that has no reference of its own."""
    return f"{_OURS}{ticket_id}"


def ticket_of(external_id: str | None) -> str | None:
    """Our own id of a ticket that the helpdesk shows, None where it is not one that we made."""
    if external_id is None or not external_id.startswith(_OURS):
        return None
    return external_id.removeprefix(_OURS)


class NoticeKind(StrEnum):
    """What a notice is about; one template each in `bot/texts/`, in every language."""

    RULE = "rule"
    SLA_WARNING = "sla_warning"
    SLA_BREACHED = "sla_breached"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    DONE = "done"
    HELPDESK_DOWN = "helpdesk_down"
    HELPDESK_UP = "helpdesk_up"
    ALERT = "alert"
    ADMIN = "admin"
    CASE = "case"
    DIGEST = "digest"
    REMINDER = "reminder"
    CATCH_UP = "catch_up"
    ANSWER = "answer"
    STORM = "storm"
    SILENCE = "silence"
    INCIDENT = "incident"
    INCIDENT_DUE = "incident_due"
    MAINTENANCE = "maintenance"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket of a digest: what it is, when it is due, who has it (None: nobody).

    In a group's message `thread` is that of the message it stands for.
    """

    title: str
    number: int | None = None
    due_at: datetime | None = None
    owner: str | None = None
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told: facts, not sentences; each channel renders them by `bot/texts/`.

    Customer-written texts (`title`, `customer`, `quote`) are escaped by the channel. `thread` ties
    the notices of one thing together (`ticket:ID`, `outage:ID`, `incident:P3`). `buttons` are
    action names. `mention` are people to call by name on the channel. A digest lists tickets in
    `lines`, of which `soon` are due by `due_at`; a catch-up stands for `soon` messages that could
    not be shown since `due_at`, and lists what is still open; a group's message stands for
    `soon` that it lists; a storm counts `customers` too.
    `reason` is ours, never a customer's; `works` is announced maintenance that it belongs to.
    `recipient` is whom it was addressed to if that is one person; `page_for` is the one destination
    at which that person gets a link to the continuity page. `take_link` and `page_link` are made
    when it is sent and never stored.
    """

    kind: NoticeKind
    thread: str
    at: datetime
    title: str = ""
    ticket_id: str | None = None
    number: int | None = None
    reference: str | None = None
    link: str | None = None
    priority: str | None = None
    category: str | None = None
    customer: str | None = None
    organisation: str | None = None
    owner: str | None = None
    clock: str | None = None
    due_at: datetime | None = None
    reason: str = ""
    quote: str = ""
    next_step: str = ""
    language: str = "en"
    zone: str = "UTC"
    mention: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    runbook: str | None = None
    lines: tuple[TicketLine, ...] = ()
    soon: int = 0
    customers: int = 0
    works: str = ""
    recipient: str = ""
    take_link: str = ""
    page_for: str = ""
    page_link: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """The notice on the customers' portal; `is_shown` False withdraws it.

    At `updated_at` it was last seen to be true.
    """

    is_shown: bool
    texts: Mapping[str, str]
    since: datetime
    valid_until: datetime
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustomerMail:
    """A mail to a customer about their case, with its words as they were decided.

    `text` is ours alone in an acknowledgement (`is_automatic`): never a word of the customer's.
    `in_reply_to` and `references` are the Message-IDs of the thread.
    """

    to: str
    subject: str
    text: str
    reference: str
    to_name: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    language: str = "en"
    is_automatic: bool = False


Message = TicketUpdate | TicketCreation | Notice | Banner | CustomerMail


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox.

    `destination` is `helpdesk`, `slack:CHANNEL`, `teams:NAME`, `mail:ADDRESS`, `sms:NUMBER` or
    `portal`. `is_obsolete_when_done` drops the row unsent if its ticket was solved or acknowledged
    before it went out (warnings). `fallback` are the destinations to try next if this one fails,
    or has not taken the message after `fallback_after` (None: only if it fails).
    """

    key: str
    destination: str
    order_key: str
    message: Message
    urgency: Urgency = Urgency.NORMAL
    ticket_id: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    fallback: tuple[str, ...] = ()
    is_obsolete_when_done: bool = False
    fallback_after: timedelta | None = None

    @property
    def is_edit(self) -> bool:
        """True for what only brings a message that is there up to date."""
        return self.urgency is Urgency.EDIT


@dataclass(frozen=True, slots=True)
class Timer:
    """A row that falls due: `key` is unique, setting it again moves it.

    `kind`: `sla_warning`, `sla_breached`, `outage`, `ladder`, `digest`, `reminder`,
    `alarm_count`, `alarm_held`, `card`, `incident`, `refused_note`, `spam_held`. `detail` names
    clock and cycle.
    """

    key: str
    kind: str
    due_at: datetime
    ticket_id: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule or the machine that decided, the statements it implements, the evidence."""

    source: str
    because: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
