# SPDX-License-Identifier: GPL-3.0-or-later
"""What else stands on the sandbox helpdesk's shelf: articles, SLA policies, schedules, triggers."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bot.clock import Clock
from bot.sandbox.world_people import Directory

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Article:
    """A help-centre article; `body` is plain text."""

    article_id: int
    title: str
    body: str
    created_at: datetime
    updated_at: datetime
    locale: str = "en-us"
    labels: tuple[str, ...] = ()
    is_draft: bool = False
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class SlaTarget:
    """One target of an SLA policy, in minutes, for one priority and metric."""

    priority: str
    metric: str
    target: int
    business_hours: bool = False


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """The helpdesk's own SLA policy; Deskmate only reads it."""

    policy_id: int
    title: str
    created_at: datetime
    targets: tuple[SlaTarget, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Business hours of the helpdesk: minutes since Sunday 00:00 in a Rails-style zone name."""

    schedule_id: int
    name: str
    time_zone: str
    created_at: datetime
    intervals: tuple[tuple[int, int], ...] = ()
    holidays: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule of the helpdesk itself, such as its receipt to the requester.

    `unless_tag` is a tag that keeps it from firing, None when nothing does.
    """

    trigger_id: int
    title: str
    created_at: datetime
    is_active: bool = True
    is_receipt: bool = False
    unless_tag: str | None = None


@dataclass(frozen=True, slots=True)
class SupportAddress:
    """An address that the helpdesk receives mail at."""

    address_id: int
    name: str
    email: str
    created_at: datetime
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class VendorIncident:
    """What the vendor's status page says: an incident or a maintenance window."""

    incident_id: str
    title: str
    started_at: datetime
    is_outage: bool = False
    is_maintenance: bool = False
    resolved_at: datetime | None = None
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


class Shelf:
    """Lists that grow by `add_...` and are read as tuples."""

    def __init__(self, clock: Clock, people: Directory) -> None:
        """Begin with everything empty."""
        self._clock = clock
        self._people = people
        self._lock = threading.Lock()
        self._things: dict[type, list[object]] = {}

    def add_article(
        self,
        title: str,
        body: str,
        *,
        locale: str = "en-us",
        labels: tuple[str, ...] = (),
        is_draft: bool = False,
        is_restricted: bool = False,
    ) -> Article:
        """Write a help-centre article; it is public unless it is a draft or restricted."""
        now = self._clock.now()
        made = Article(
            self._people.next_id(), title, body, now, now, locale, labels, is_draft, is_restricted
        )
        return self._add(made)

    def change_article(self, article: Article, *, title: str, is_draft: bool = False) -> None:
        """Give an article another title, or take it back as a draft."""
        now = self._clock.now()
        after = replace(article, title=title, is_draft=is_draft, updated_at=now)
        with self._lock:
            articles = self._things[Article]
            articles[articles.index(article)] = after

    def remove_article(self, article: Article) -> None:
        """Archive an article: nothing shows it any more."""
        with self._lock:
            self._things[Article].remove(article)

    def add_sla_policy(self, title: str, *targets: SlaTarget) -> SlaPolicy:
        """Add an SLA policy of the helpdesk."""
        return self._add(SlaPolicy(self._people.next_id(), title, self._clock.now(), targets))

    def add_schedule(
        self,
        name: str,
        time_zone: str,
        *intervals: tuple[int, int],
        holidays: tuple[tuple[str, str, str], ...] = (),
    ) -> Schedule:
        """Add business hours; a holiday is name, first and last date."""
        made = Schedule(
            self._people.next_id(), name, time_zone, self._clock.now(), intervals, holidays
        )
        return self._add(made)

    def add_trigger(
        self,
        title: str,
        *,
        is_active: bool = True,
        is_receipt: bool = False,
        unless_tag: str | None = None,
    ) -> Trigger:
        """Add a trigger of the helpdesk."""
        made = Trigger(
            self._people.next_id(), title, self._clock.now(), is_active, is_receipt, unless_tag
        )
        return self._add(made)

    def add_support_address(self, name: str, email: str) -> SupportAddress:
        """Add a support address; the first one is the default."""
        made = SupportAddress(
            self._people.next_id(), name, email, self._clock.now(), not self.support_addresses()
        )
        return self._add(made)

    def add_vendor_incident(
        self, title: str, *, is_outage: bool = False, is_maintenance: bool = False, text: str = ""
    ) -> VendorIncident:
        """Let the vendor's status page report something."""
        made = VendorIncident(
            str(self._people.next_id()), title, self._clock.now(), is_outage, is_maintenance,
            text=text,
        )  # fmt: skip
        return self._add(made)

    def articles(self) -> tuple[Article, ...]:
        """Every article."""
        return self._all(Article)

    def sla_policies(self) -> tuple[SlaPolicy, ...]:
        """Every SLA policy, in order of position."""
        return self._all(SlaPolicy)

    def schedules(self) -> tuple[Schedule, ...]:
        """Every schedule; the first is the default."""
        return self._all(Schedule)

    def triggers(self) -> tuple[Trigger, ...]:
        """Every trigger, in order of position."""
        return self._all(Trigger)

    def support_addresses(self) -> tuple[SupportAddress, ...]:
        """Every support address."""
        return self._all(SupportAddress)

    def vendor_incidents(self) -> tuple[VendorIncident, ...]:
        """What the vendor's status page reports now."""
        return self._all(VendorIncident)

    def _add(self, thing: Thing) -> Thing:
        with self._lock:
            self._things.setdefault(type(thing), []).append(thing)
        return thing

    def _all(self, kind: type[Thing]) -> tuple[Thing, ...]:
        with self._lock:
            return tuple(each for each in self._things.get(kind, ()) if isinstance(each, kind))
