# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of one desk: frozen, complete, with its hash; YAML becomes this in `bot/config/`.

Names are the desk's own codes throughout. A `Place` says where in which file a thing was written,
so that every message about it can name file, line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.rules.actions import Urgency
from bot.rules.audience import Audience
from bot.rules.business_time import CalendarSpec
from bot.rules.conditions import Condition
from bot.rules.escalation_values import LadderSpec
from bot.rules.events import Occasion
from bot.rules.grouping import GroupingSpec
from bot.rules.incident_values import IncidentEffect, IncidentPolicy
from bot.rules.keeping import KeepPolicy
from bot.rules.policy_parts import (
    NOWHERE,
    Digest,
    Finding,
    Fingerprint,
    KnowledgeSpec,
    LedgerBook,
    OutagePolicy,
    Path,
    Place,
    Publication,
    ReminderSpec,
)
from bot.rules.roster import RosterSpec
from bot.rules.silences import Silence
from bot.rules.sla import ClockSpec
from bot.rules.storms import StormPolicy
from bot.rules.text import ListSpec


@dataclass(frozen=True, slots=True)
class Relay:
    """`nobody_took_it:` of a recipient: who is told next, and after how long."""

    after: timedelta
    tell: tuple[str, ...]


class Ways(StrEnum):
    """How a recipient with several ways is told: by each of them, or by the next if one fails."""

    ALL = "all"
    FIRST_SUCCESS = "first_success"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One entry of `people:`: who it is, by which ways, and what if that fails.

    `slack` is a channel or user id or name, `teams` the name of a webhook in the settings
    (DESKMATE_TEAMS_<NAME>), `mail` an address, `sms` a number. `otherwise` (`else:`) names other
    recipients. `mode` says whether its ways are all taken or in turn; `fallback_after` is how long
    a way may take before the next one is tried too. `hours` is a calendar, None for always.
    `mention_from` is a roster whose people on
    duty are called by name. `grouping` says which of its messages wait for each other.
    """

    name: str
    slack: str | None = None
    teams: str | None = None
    mail: str | None = None
    sms: str | None = None
    mention: tuple[str, ...] = ()
    mention_from: str | None = None
    nobody_took_it: Relay | None = None
    skills: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    hours: str | None = None
    language: str | None = None
    zone: str | None = None
    urgency: Urgency = Urgency.NORMAL
    mode: Ways = Ways.ALL
    fallback_after: timedelta = timedelta(minutes=1)
    grouping: GroupingSpec | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Group:
    """One entry of `groups:`: the helpdesk's group, and who covers it, in order of preference."""

    name: str
    helpdesk_name: str
    cover: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Promise:
    """One entry of `promises:`: a clock, its hours, and who hears of its warning and its breach.

    `violation` is the code of its breach. `undecided` is the priority whose target is watched while
    nobody has decided one.
    """

    clock: ClockSpec
    hours: str
    violation: str | None = None
    undecided: str | None = None
    tell_at_warning: tuple[str, ...] = ()
    tell_at_breach: tuple[str, ...] = ()
    page_at_breach: str | None = None
    because: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class FactSource:
    """One entry of `facts:`: where a fact is read, how old it may be, what holds if unknown.

    A `source` is a field of the helpdesk. A fact from a file has its `values` by organisation, and
    `as_of` says when the file was written.
    """

    name: str
    source: str
    if_unknown: str | None = None
    greatest_age: timedelta | None = None
    values: Mapping[str, str] | None = None
    as_of: datetime | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class HelpdeskMap:
    """`helpdesk:`: own names -> the helpdesk's.

    `fields` maps an own field (category, code, plan, region, ...) to a ticket field's id or title,
    to `organization.KEY` or to `user.KEY`. `priorities` and `categories` map own codes to the
    helpdesk's values. `canary` is the number of the ticket that write probes use. A mail to one of
    the addresses of `intake` becomes a ticket.
    """

    kind: str = "zendesk"
    fields: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    canary: int | None = None
    receipt_trigger: str | None = None
    intake: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """`then:` of a rule; empty means "leave it".

    `hold` waits for a named event, `release` ends that; until the calendar `hold_to_end_of` closes
    nobody is told. `escalate` takes one step of a path, `page` opens a ladder. `link` ties tickets
    of one fingerprint to their problem. `restored` are services that work again.
    """

    priority: str | None = None
    category: str | None = None
    group: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None
    tell: tuple[str, ...] = ()
    once_per: timedelta | None = None
    urgency: Urgency | None = None
    link: str | None = None
    hold: str | None = None
    release: str | None = None
    publish: tuple[Publication, ...] = ()
    replies: tuple[str, ...] = ()
    ledger: LedgerBook | None = None
    violations: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    escalate: str | None = None
    page: str | None = None
    follow_up: str | None = None
    suggest: int = 0
    hold_to_end_of: str | None = None
    routes: tuple[str, ...] = ()
    incident: IncidentEffect | None = None
    restored: tuple[str, ...] = ()

    @property
    def calls_people(self) -> bool:
        """True when somebody hears of it at once."""
        return bool(self.tell or self.page or self.escalate)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it is tried, what must hold, what follows, and why (`because`)."""

    rule_id: str
    condition: Condition
    effects: Effects
    occasions: frozenset[Occasion]
    because: tuple[str, ...] = ()
    is_watched: bool = False
    until: date | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a desk decided, ready to decide by.

    `priorities` and `categories` are own codes; the earlier wins; the last category is the
    default. `digest` is the hash of the files, for the journal.
    """

    desk: str
    digest: str
    language: str = "en"
    zone: str = "UTC"
    calendars: Mapping[str, CalendarSpec] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    default_priority: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, ListSpec] = field(default_factory=dict)
    facts: Mapping[str, FactSource] = field(default_factory=dict)
    people: Mapping[str, Recipient] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    fingerprints: Mapping[str, Fingerprint] = field(default_factory=dict)
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    runbooks: Mapping[str, str] = field(default_factory=dict)
    rosters: Mapping[str, RosterSpec] = field(default_factory=dict)
    ladders: Mapping[str, LadderSpec] = field(default_factory=dict)
    digests: Mapping[str, Digest] = field(default_factory=dict)
    storms: StormPolicy = field(default_factory=StormPolicy)
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silences: Mapping[str, Silence] = field(default_factory=dict)
    maintenance: Mapping[str, Silence] = field(default_factory=dict)
    reminders: Mapping[str, ReminderSpec] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    helpdesk: HelpdeskMap = HelpdeskMap()
    outage: OutagePolicy = field(default_factory=OutagePolicy)
    incidents: IncidentPolicy = field(default_factory=IncidentPolicy)
    knowledge: KnowledgeSpec | None = None
    audience: Audience = field(default_factory=Audience)
    keep: KeepPolicy = field(default_factory=KeepPolicy)
    poll_every: timedelta = timedelta(seconds=60)
    trusts_requester_priority: bool = False
    places: Mapping[str, Place] = field(default_factory=dict)


__all__ = [
    "NOWHERE",
    "Digest",
    "Effects",
    "FactSource",
    "Finding",
    "Fingerprint",
    "Group",
    "HelpdeskMap",
    "KnowledgeSpec",
    "LedgerBook",
    "OutagePolicy",
    "Path",
    "Place",
    "Policy",
    "Promise",
    "Publication",
    "Recipient",
    "Relay",
    "ReminderSpec",
    "Rule",
]
