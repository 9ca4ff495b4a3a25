# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision is made from: the ticket, what just happened, and everything known beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.rules.budgets import Firings
from bot.rules.events import (
    AlertReceived,
    AlertState,
    FieldChanged,
    MaintenanceAnnounced,
    Occasion,
)
from bot.rules.policy import FactSource, Policy
from bot.rules.text import Message
from bot.rules.ticket import Actor, Ticket

EMPTY_UNLESS_KNOWN = frozenset(
    {
        "escalation_level", "first_responded", "acked", "answered", "last_public",
        "problem.id", "problem.state",
        "sla.metric", "sla.ticket", "helpdesk.down_for", "maintenance.emergency", "contacts",
    }
)  # fmt: skip
"""Facts that an event either brings or that are not there: nothing is unknown about them."""
FINGERPRINT = "fingerprint."
"""Before the name of a fingerprint in conditions and in a ticket's own fields."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A ticket of the last while, for counts: its category, its customer, when it came."""

    ticket_id: str
    at: datetime
    category: str | None
    organisation: str | None
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecentAlert:
    """An alert of the last while, for counts of alerts."""

    at: datetime
    integration: str | None = None
    name: str | None = None
    source: str | None = None
    host: str | None = None
    service: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """One event on one ticket; `message` is the text the rules may search, None for none.

    `unknown` names facts that could not be read. `last_told` says when a rule with `once_per`
    last told somebody. `key` is the event's, `helpdesk_state` is `up` or `down`. `known` holds
    further facts by their full name (`org.support_via`, `problem.id`, ...), None for "has none".
    `form` is what the requester's form set. `on_duty` says who of a roster is there.
    `firings` says how often each rule acted on the ticket lately.
    """

    ticket: Ticket
    occasion: Occasion
    at: datetime
    key: str
    message: Message | None = None
    changes: tuple[FieldChanged, ...] = ()
    actor: Actor = Actor.REQUESTER
    alert: AlertReceived | None = None
    recent: tuple[Recent, ...] = ()
    helpdesk_state: str = "up"
    unknown: frozenset[str] = frozenset()
    last_told: Mapping[str, datetime] = field(default_factory=dict)
    known: Mapping[str, str | None] = field(default_factory=dict)
    form: Mapping[str, str | None] = field(default_factory=dict)
    recent_alerts: tuple[RecentAlert, ...] = ()
    maintenance: MaintenanceAnnounced | None = None
    on_duty: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    firings: Firings = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """True for an alert that has ended: it is noted, and never calls anybody."""
        return self.alert is not None and self.alert.state is AlertState.RESOLVED


@dataclass(frozen=True, slots=True)
class Decided:
    """What earlier rules of the same event decided; later ones read it."""

    priority: str | None
    category: str | None
    group: str | None
    tags: frozenset[str]
    fields: Mapping[str, str | None]


def values_of(
    name: str, situation: Situation, decided: Decided, policy: Policy
) -> tuple[str, ...] | None:
    """The value of a field as texts: none for "has no value", None for "could not be read".

    `facts:` say what holds while a fact is unknown or empty (`if_unknown`). A ticket that no rule
    fits has the desk's default category.
    """
    fact = policy.facts.get(name.removeprefix("org."))
    if fact is None:
        found = _raw(name, situation, decided)
    else:
        found = _of_fact(fact, name, situation, decided)
    if name == "category" and found == () and policy.categories:
        # Whoever sets it was tried before, so this is the desk's default already.
        return (policy.categories[-1],)
    if not found and fact is not None and fact.if_unknown is not None:
        return (fact.if_unknown,)
    return found


def _of_fact(
    fact: FactSource, name: str, situation: Situation, decided: Decided
) -> tuple[str, ...] | None:
    """A fact as it was read last; unknown when that is too long ago, or in no file's line."""
    read_at = situation.ticket.updated_at if fact.values is None else fact.as_of
    age = situation.at - read_at if read_at is not None else timedelta()
    if fact.greatest_age is not None and age > fact.greatest_age:
        return None
    if fact.values is None:
        return _raw(name, situation, decided)
    if name in situation.unknown:
        return None
    of_customer = fact.values.get((situation.ticket.organisation or "").casefold())
    return None if of_customer is None else _one(of_customer)


def _raw(name: str, situation: Situation, decided: Decided) -> tuple[str, ...] | None:
    if name in situation.unknown:
        return None
    ticket = situation.ticket
    match name:
        case "priority":
            return _one(decided.priority)
        case "category":
            return _one(decided.category)
        case "group":
            return _one(decided.group)
        case "tags":
            return tuple(sorted(decided.tags))
        case "status":
            return (ticket.status.value,)
        case "assignee":
            assignee = ticket.assignee
            return _one(assignee.email or assignee.name) if assignee else ()
        case "requester" | "requester.email":
            return _one(ticket.requester.email)
        case "requester.name":
            return _one(ticket.requester.name)
        case "organisation" | "org.name":
            return _one(ticket.organisation)
        case "via":
            via = ticket.via or ""
            return (via, "email") if via.startswith("email:") else _one(via)
        case "language" | "brand" | "subject":
            return _one(getattr(ticket, name))
        case "actor":
            return (situation.actor.value,)
        case "event":
            return (situation.occasion.value,)
        case "helpdesk.state":
            return (situation.helpdesk_state,)
    if name.startswith("alert."):
        return _of_alert(name.removeprefix("alert."), situation.alert)
    if name in situation.known:
        return _one(situation.known[name])
    if name.startswith("form."):
        return _one(situation.form.get(name.removeprefix("form.")))
    if name in EMPTY_UNLESS_KNOWN or name.startswith(FINGERPRINT):
        return _one(decided.fields.get(name))
    fields = decided.fields
    own = name.removeprefix("field.") if name.startswith("field.") else name.removeprefix("org.")
    return _one(fields[own]) if own in fields else None


def _of_alert(name: str, alert: AlertReceived | None) -> tuple[str, ...] | None:
    if alert is None:
        return ()
    value = getattr(alert, name, None)
    return _one(None if value is None else str(value))


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None or value == "" else (value,)
