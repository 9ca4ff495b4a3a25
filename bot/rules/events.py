# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can happen, as the inbox keeps it: one fact, its instant, its unique key.

Sources write events down, handlers take them one at a time per stream. A fact says what was seen
outside, in the desk's own names; it never says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.rules.incident_values import IncidentOrdered
from bot.rules.mail import MailReceived, Twin
from bot.rules.portal_notices import PortalNoticeEnded
from bot.rules.probes import CanarySeen, ProbeRound, VendorSaid
from bot.rules.ticket import Actor, Person, Snapshot


@dataclass(frozen=True, slots=True)
class TicketSeen:
    """The helpdesk's present picture of a ticket; the first one of a number is its creation."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class CommentAdded:
    """A reply (public) or a note; `is_first` marks the message that opened the ticket.

    `own_key` is the outbox key that Deskmate left in the metadata, None for everybody else's.
    """

    number: int
    comment_id: str
    author: Person
    actor: Actor
    is_public: bool
    body: str
    is_first: bool = False
    own_key: str | None = None


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One field of a ticket went from `old` to `new`; tags are one text, sorted, by spaces."""

    number: int
    field: str
    old: str | None
    new: str | None
    actor: Actor
    person_id: str | None = None
    own_key: str | None = None


@dataclass(frozen=True, slots=True)
class TicketGone:
    """The helpdesk no longer has the ticket: `deleted`, `scrubbed`, `merged` or `not_found`."""

    number: int
    how: str


class AlertState(StrEnum):
    """What monitoring says of an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class AlertReceived:
    """Monitoring fired or resolved an alert; every text of it is somebody else's."""

    state: AlertState
    name: str
    source: str
    integration: str | None = None
    host: str | None = None
    service: str | None = None
    line: str | None = None
    severity: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceAnnounced:
    """Somebody announced works on the service."""

    announced_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    text: str
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """Somebody pressed a button or a link: `action` is `acknowledge` in the first slice.

    `subject` is what was acknowledged (`ticket:ID` or `outage:ID`), `via` the channel.
    """

    action: str
    subject: str
    person: str
    via: str
    message: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalendarSwitched:
    """A person closed or opened a calendar from `start` until `end`.

    `is_open` None: its usual hours hold again, whatever was ordered before.
    """

    calendar: str
    is_open: bool | None
    start: datetime
    end: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class MailboxChanged:
    """The escalation mailbox can be read again (`is_read`), or not, and why not."""

    is_read: bool
    detail: str = ""
    is_credentials: bool = False


@dataclass(frozen=True, slots=True)
class DiskChanged:
    """A disk that we write to ran low, or none is low any more; `free` is the fullest one's."""

    is_low: bool
    folder: str
    free: float


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """Somebody of ours answers a case; `subject` is `ticket:ID` or its reference, `via` the way."""

    subject: str
    text: str
    person: str
    via: str


@dataclass(frozen=True, slots=True)
class TwinsSought:
    """The helpdesk was asked what it has of a case; `turn` counts the looks, 0 is the first.

    `trouble` says why it goes on failing to answer: then nothing is known, and a person should.
    """

    ticket_id: str
    turn: int
    twins: tuple[Twin, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CaseEntered:
    """Somebody of ours enters a case that came by telephone; the call's time counts.

    `caller` is whose case it is, by mail address where that is known.
    """

    called_at: datetime
    caller: Person
    summary: str
    text: str
    person: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class SilenceOrdered:
    """A person wants something not to be told until `end`; an `end` that is past ends a silence.

    `only` limits it, by the names in `rules/silences.py`. It begins at once, or at `start`. With
    `is_maintenance` it is announced works: on what `only` names, or on the helpdesk itself; what is
    told meanwhile says so, and with `tags` nothing is held back.
    """

    name: str
    end: datetime
    because: str
    by: str
    only: Mapping[str, str] = field(default_factory=dict)
    unless_critical: bool = True
    start: datetime | None = None
    is_maintenance: bool = False
    of_helpdesk: bool = False
    tags: bool = False


@dataclass(frozen=True, slots=True)
class OutageOrdered:
    """A person declares the helpdesk down, until `until` at the latest, or gives the all-clear."""

    is_down: bool
    because: str
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailTaken:
    """Somebody of ours decides that a held mail is a case after all; `key` is the mail's."""

    key: str
    person: str


@dataclass(frozen=True, slots=True)
class CaseLinked:
    """Somebody of ours says that a case is a ticket which was made by hand."""

    ticket_id: str
    number: int
    person: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A verified delivery that could not be understood; kept, so that a person can look."""

    source: str
    reason: str
    body: str


Fact = (
    TicketSeen
    | CommentAdded
    | FieldChanged
    | TicketGone
    | AlertReceived
    | MaintenanceAnnounced
    | ProbeRound
    | ButtonPressed
    | CalendarSwitched
    | SilenceOrdered
    | Unreadable
    | MailReceived
    | MailboxChanged
    | AnswerGiven
    | CaseEntered
    | MailTaken
    | CaseLinked
    | OutageOrdered
    | TwinsSought
    | CanarySeen
    | VendorSaid
    | DiskChanged
    | IncidentOrdered
    | PortalNoticeEnded
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `key` is unique for ever, `stream` is handled one at a time.

    Streams: `ticket/NUMBER` while only the helpdesk's number is known, `case/TICKET_ID` for cases,
    `alert/FINGERPRINT`, `mail/SENDER`, `outage`, `incident`, `desk`. `source` says who wrote
    it down: `export`, `webhook`, `probe`, `slack`, `door`, `link`, `mailbox`, `command`.
    """

    key: str
    stream: str
    at: datetime
    source: str
    fact: Fact


class Occasion(StrEnum):
    """What rules are tried on; the words of `event:` in the rules and in `deskmate decide`."""

    CREATED = "created"
    MAILBOX = "mailbox"
    REQUESTER_REPLY = "requester_reply"
    AGENT_REPLY = "agent_reply"
    INTERNAL_NOTE = "internal_note"
    UPDATED = "updated"
    REOPENED = "reopened"
    SOLVED = "solved"
    ALERT = "alert"
    MAINTENANCE_ANNOUNCED = "maintenance_announced"
    CONTACT_ADDED = "contact_added"
    SLA_WARNING = "sla_warning"
    SLA_BREACHED = "sla_breached"
    HELPDESK_STATE = "helpdesk_state"


def comment_key(number: int, comment_id: str) -> str:
    """The key of a comment, the same from the export and from a webhook."""
    return f"ticket/{number}/comment/{comment_id}"


def change_key(number: int, field_name: str, new: str | None, at: datetime) -> str:
    """The key of a field's change; to the second, as the helpdesk's audit and webhook agree."""
    second = at.replace(microsecond=0).isoformat()
    return f"ticket/{number}/{field_name}={new or ''}@{second}"
