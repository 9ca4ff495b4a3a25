# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision may ask for: a closed set of messages, each with a key that says what it is.

`Outgoing` is a row of the outbox. Its key is unique, so the same decision taken twice is one row;
`order_key` keeps the messages of one ticket on one channel in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State")


class Urgency(StrEnum):
    """Which rows go first: `critical` pages, then `normal`, then `low` (digests, notes)."""

    CRITICAL = "critical"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class TicketUpdate:
    """A change to one ticket in the helpdesk; None and empty mean "leave it".

    Values are own codes; the adapter maps them. `comment` is internal unless `is_public`.
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

    @property
    def is_idempotent(self) -> bool:
        """True when carrying it out twice leaves the same ticket (no comment in it)."""
        return self.comment is None


class NoticeKind(StrEnum):
    """What a notice is about; one template each in `bot/texts/`, in every language."""

    RULE = "rule"
    SLA_WARNING = "sla_warning"
    SLA_BREACHED = "sla_breached"
    ACKNOWLEDGED = "acknowledged"
    HELPDESK_DOWN = "helpdesk_down"
    HELPDESK_UP = "helpdesk_up"
    ALERT = "alert"
    ADMIN = "admin"
    DIGEST = "digest"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket of a digest: what it is, when it is due, who has it (None: nobody)."""

    title: str
    number: int | None = None
    due_at: datetime | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told: facts, not sentences; each channel renders them by `bot/texts/`.

    Customer-written texts (`title`, `customer`, `quote`) are escaped by the channel. `thread` ties
    the notices of one thing together (`ticket:ID`, `outage:ID`). `buttons` are action names.
    `mention` are people to call by name on the channel. A digest lists tickets in `lines`, of which
    `soon` are due by `due_at`. `reason` is ours, never a customer's.
    """

    kind: NoticeKind
    thread: str
    at: datetime
    title: str = ""
    ticket_id: str | None = None
    number: int | None = None
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


@dataclass(frozen=True, slots=True)
class Banner:
    """The notice on the customers' portal; `is_shown` False withdraws it."""

    is_shown: bool
    texts: Mapping[str, str]
    since: datetime
    valid_until: datetime


Message = TicketUpdate | Notice | Banner


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox.

    `destination` is `helpdesk`, `slack:CHANNEL`, `teams:NAME`, `mail:ADDRESS`, `sms:NUMBER` or
    `portal`. `is_obsolete_when_done` drops the row unsent if its ticket was solved or acknowledged
    before it went out (warnings). `fallback` are the destinations to try next if this one fails.
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


@dataclass(frozen=True, slots=True)
class Timer:
    """A row that falls due: `key` is unique, setting it again moves it.

    `kind`: `sla_warning`, `sla_breached`, `outage`, `ladder`, `digest`, `reminder`. `detail` names
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


@dataclass(frozen=True, slots=True)
class Decision(Generic[State]):
    """The next state, what is to be sent, which timers to set and to stop, and why."""

    state: State
    outgoing: tuple[Outgoing, ...] = ()
    timers: tuple[Timer, ...] = ()
    stop_timers: tuple[str, ...] = ()
    because: tuple[Reason, ...] = ()
