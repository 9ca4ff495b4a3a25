# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of an incident of the desk's own product: its settings, its state, what is ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.policy_parts import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of `incidents: services:`; `promised` is in per cent of a month, None: nothing.

    With `is_planned_out` works that were announced `notice` ahead are no interruption.
    """

    name: str
    promised: float | None = None
    is_planned_out: bool = False
    notice: timedelta = timedelta()
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Severity:
    """One entry of `incidents: severities:`; without `update_every` nobody is reminded.

    `update_every` counts in the calendar `hours`, None for plain time. `missed` is the ladder that
    opens when an update was missed. With `interrupts` the time counts as an interruption.
    """

    name: str
    tell: tuple[str, ...] = ()
    update_every: timedelta | None = None
    remind_before: timedelta = timedelta(minutes=10)
    hours: str | None = None
    missed: str | None = None
    shows_banner: bool = False
    interrupts: bool = True
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentPolicy:
    """`incidents:`; of `severities` the earlier is the worse.

    `banner_texts` are what customers read while it lasts, `restored_texts` until it is closed.
    """

    services: Mapping[str, Service] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    reopen_within: timedelta = timedelta(minutes=30)
    follow_up: str | None = None
    banner_texts: Mapping[str, str] = field(default_factory=dict)
    restored_texts: Mapping[str, str] = field(default_factory=dict)
    banner_valid: timedelta = timedelta(minutes=15)
    place: Place = NOWHERE

    def is_worse(self, severity: str, than: str) -> bool:
        """Whether one severity stands before the other; one that is gone is the mildest."""
        order = list(self.severities)
        places = [order.index(each) if each in order else len(order) for each in (severity, than)]
        return places[0] < places[1]


@dataclass(frozen=True, slots=True)
class IncidentEffect:
    """`incident:` of a rule: the ticket is part of an incident of these services."""

    services: tuple[str, ...]
    severity: str


class Verb(StrEnum):
    """What a person orders of an incident."""

    OPEN = "open"
    UPDATE = "update"
    SEND = "send"
    TOLD = "told"
    RESTORED = "restored"
    CLOSE = "close"
    MERGE = "merge"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class IncidentOrdered:
    """A person's word on an incident; `number` is 0 where it is opened.

    `at` is when it began or ended, where that was earlier. `text` is the title, the draft, the way
    by which customers were told, or why. `tickets` are our own ids. `language` is the draft's.
    `into` is the number of the incident that this one becomes part of.
    `user_id` is the person's in Slack, by which their rights go there; empty elsewhere.
    """

    verb: Verb
    by: str
    text: str = ""
    number: int = 0
    services: tuple[str, ...] = ()
    severity: str = ""
    tickets: tuple[str, ...] = ()
    at: datetime | None = None
    language: str = ""
    into: int = 0
    user_id: str = ""


class Phase(StrEnum):
    """How an incident stands: `monitoring` is restored, and watched until it is closed."""

    OPEN = "open"
    MONITORING = "monitoring"
    CLOSED = "closed"


class Step(StrEnum):
    """What follows from an order, a rule or the time; also the kinds of its timeline."""

    OPENED = "opened"
    REOPENED = "reopened"
    RAISED = "raised"
    WIDENED = "widened"
    LINKED = "linked"
    UNLINKED = "unlinked"
    DRAFTED = "drafted"
    SENT = "sent"
    NOTED = "noted"
    UNSENT = "unsent"
    TOLD = "told"
    RESTORED = "restored"
    CLOSED = "closed"
    MERGED = "merged"
    JOINED = "joined"
    REMINDED = "reminded"
    MISSED = "missed"
    BANNER_SHOWN = "banner_shown"
    BANNER_RENEWED = "banner_renewed"
    BANNER_WITHDRAWN = "banner_withdrawn"


@dataclass(frozen=True, slots=True)
class Incident:
    """Everything that is kept of one incident beside its timeline and its tickets.

    `due_at` is when customers should hear next; of that instant people were reminded if it is
    `reminded_for`. `missed_due` is the last such instant at which they had not heard.
    `drafts` are words not yet sent, by language, "" for every language. What is confidential, since
    a ticket of it is about security, shows no banner. One that became part of another, `part_of`,
    is closed.
    """

    number: int
    services: tuple[str, ...]
    severity: str
    title: str
    opened_at: datetime
    began_at: datetime
    phase: Phase = Phase.OPEN
    restored_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    reminded_for: datetime | None = None
    missed: int = 0
    missed_due: datetime | None = None
    updates: int = 0
    drafts: Mapping[str, str] = field(default_factory=dict)
    is_confidential: bool = False
    banner_renewed_at: datetime | None = None
    part_of: int = 0

    @property
    def name(self) -> str:
        """What people call it: P3; the helpdesk's outages are bare numbers."""
        return f"P{self.number}"

    @property
    def thread(self) -> str:
        """What ties its messages together."""
        return f"incident:{self.name}"

    @property
    def is_closed(self) -> bool:
        """Whether it is over and followed up."""
        return self.phase is Phase.CLOSED

    @property
    def is_banner_shown(self) -> bool:
        """Whether customers read of it on the portal."""
        return self.banner_renewed_at is not None


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """Two incidents after they became one: `joined` is part of `into` from then on."""

    joined: IncidentDecision
    into: IncidentDecision


@dataclass(frozen=True, slots=True)
class IncidentDecision:
    """An incident after something, and what follows; `refusal` is a code of why nothing does."""

    incident: Incident
    steps: tuple[Step, ...] = ()
    refusal: str = ""


def number_of(name: str) -> int | None:
    """The number behind `P3`, None where it is no name of an incident."""
    bare = name.strip().casefold().removeprefix("p")
    is_number = bare.isascii() and bare.isdecimal() and len(bare) < 10
    return int(bare) if is_number and name.strip()[:1] in "pP" else None
