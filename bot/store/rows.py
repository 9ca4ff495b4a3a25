# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of every fact, message and state in the database, with its versioned type names.

A name never changes its meaning: a fact that changes shape gets the next number here, and a
migration or a reader of the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast, get_args

from bot.rules.actions import (
    Banner,
    CustomerMail,
    Message,
    Notice,
    Outgoing,
    Reason,
    TicketCreation,
    TicketUpdate,
    Timer,
)
from bot.rules.alarms import Alarm
from bot.rules.cards import Card
from bot.rules.escalation_values import Ladder
from bot.rules.events import (
    AlertReceived,
    AnswerGiven,
    ButtonPressed,
    CalendarSwitched,
    CaseEntered,
    CaseLinked,
    CommentAdded,
    DiskChanged,
    Event,
    Fact,
    FieldChanged,
    MailboxChanged,
    MailTaken,
    MaintenanceAnnounced,
    OutageOrdered,
    SilenceOrdered,
    TicketGone,
    TicketSeen,
    TwinsSought,
    Unreadable,
)
from bot.rules.history import Change
from bot.rules.incident_values import Incident, IncidentOrdered
from bot.rules.knowledge import Article
from bot.rules.mail import Contact, MailReceived
from bot.rules.planned_works import PlannedWorks
from bot.rules.portal_notices import PortalNotice, PortalNoticeEnded
from bot.rules.probes import CanarySeen, ProbeRound, VendorSaid
from bot.rules.ticket import Ticket
from bot.store.codec import UNIONS, Codec, codec

FACTS: dict[str, type] = {
    "ticket_seen.1": TicketSeen,
    "comment_added.1": CommentAdded,
    "field_changed.1": FieldChanged,
    "ticket_gone.1": TicketGone,
    "alert_received.1": AlertReceived,
    "maintenance_announced.1": MaintenanceAnnounced,
    "probe_round.1": ProbeRound,
    "button_pressed.1": ButtonPressed,
    "calendar_switched.1": CalendarSwitched,
    "silence_ordered.1": SilenceOrdered,
    "unreadable.1": Unreadable,
    "mail_received.1": MailReceived,
    "mailbox_changed.1": MailboxChanged,
    "answer_given.1": AnswerGiven,
    "case_entered.1": CaseEntered,
    "mail_taken.1": MailTaken,
    "case_linked.1": CaseLinked,
    "outage_ordered.1": OutageOrdered,
    "twins_sought.1": TwinsSought,
    "canary_seen.1": CanarySeen,
    "vendor_said.1": VendorSaid,
    "disk_changed.1": DiskChanged,
    "incident_ordered.1": IncidentOrdered,
    "portal_notice_ended.1": PortalNoticeEnded,
}
MESSAGES: dict[str, type] = {
    "ticket_update.1": TicketUpdate,
    "ticket_creation.1": TicketCreation,
    "notice.1": Notice,
    "banner.1": Banner,
    "customer_mail.1": CustomerMail,
}

Value = TypeVar("Value")
_KEY_LENGTH = 512
_encode = json.JSONEncoder(separators=(",", ":")).encode
_UNPRINTABLE = str.maketrans({"\0": "\\x00"})


@cache
def _codec(hint: Hashable) -> Codec:
    UNIONS.setdefault(frozenset(get_args(Fact)), FACTS)
    UNIONS.setdefault(frozenset(get_args(Message)), MESSAGES)
    return codec(hint)


def to_json(value: object) -> str:
    """A value of plain JSON as text; ASCII only, so that every text survives every database."""
    return _encode(value)


def from_json(text: str) -> Any:
    """The plain JSON value of a text that `to_json` wrote."""
    return json.loads(text)


def body_of(
    value: Event
    | Outgoing
    | Ticket
    | Timer
    | Change
    | Reason
    | Ladder
    | Notice
    | Alarm
    | Article
    | Card
    | Incident
    | PlannedWorks
    | PortalNotice,
) -> str:
    """The row body of a value."""
    return to_json(_codec(cast(Hashable, type(value))).write(value))


def value_of(kind: type[Value], body: str) -> Value:
    """The value of `kind` that `body_of` wrote; `UnknownRow` for types of a later program."""
    return cast(Value, _codec(cast(Hashable, kind)).read(json.loads(body)))


def contact_body(known: Contact) -> str:
    """The row body of a contact."""
    return to_json(_codec(Contact).write(known))


def contact_of(body: str) -> Contact:
    """The contact that `contact_body` wrote."""
    return value_of(Contact, body)


def reasons_body(reasons: tuple[Reason, ...]) -> str:
    """The row body of the reasons for a decision."""
    return to_json(_codec(tuple[Reason, ...]).write(reasons))


def reasons_of(body: str) -> tuple[Reason, ...]:
    """The reasons that `reasons_body` wrote."""
    return cast(tuple[Reason, ...], _codec(tuple[Reason, ...]).read(json.loads(body)))


def column(text: str) -> str:
    """A text from outside as a key column can hold it: no NUL, no half characters, not endless.

    PostgreSQL refuses the first two and indexes nothing beyond 2,700 bytes. The body keeps the
    text as it came.
    """
    printable = clean(text)
    if len(printable) <= _KEY_LENGTH // 4 or len(printable.encode()) <= _KEY_LENGTH:
        return printable
    return f"{printable[: _KEY_LENGTH // 4]}#{hashlib.sha256(printable.encode()).hexdigest()}"


def clean(text: str) -> str:
    """A text for people as every database can hold it; nothing is cut off."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").translate(_UNPRINTABLE)


def maybe_column(text: str | None) -> str | None:
    """`column`, where the text may be missing."""
    return None if text is None else column(text)
