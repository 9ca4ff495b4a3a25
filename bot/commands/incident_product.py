# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers all that the store knows of one incident of the product; nothing is asked outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.incident_record import BREACH, CLOCK, Breach, Told, told_rows
from bot.rules.history import ChangeKind
from bot.rules.incident_values import Incident
from bot.rules.interruptions import Month, Turn, by_month, interruptions_of, total
from bot.rules.outage_report import Away
from bot.rules.policy import Policy
from bot.rules.ticket import Actor, Ticket
from bot.store.incidents import affected_by, all_incidents
from bot.store.outages import PRODUCT, IncidentEntry
from bot.store.transaction import Reader


@dataclass(frozen=True, slots=True)
class AffectedTicket:
    """A ticket of an incident: whose, since when, by what, and when its customer last heard."""

    ticket: str
    customer: str
    status: str
    since: datetime
    by: str
    told_at: datetime | None = None
    told_by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline: what happened, by whom or what, in which words."""

    at: datetime
    kind: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """Everything a report says of one incident of the product."""

    incident: Incident
    until: datetime
    timeline: tuple[Line, ...]
    away: dict[str, tuple[Away, ...]]
    affected: tuple[AffectedTicket, ...]
    told: tuple[Told, ...]
    breaches: tuple[Breach, ...]
    months: dict[str, tuple[Month, ...]]

    @property
    def away_for(self) -> timedelta:
        """How long any of its services was interrupted; what overlaps counts once."""
        return total(span for spans in self.away.values() for span in spans)

    @property
    def untold(self) -> int:
        """Tickets whose customer has not heard of it from anybody."""
        return sum(each.told_at is None for each in self.affected)


def product_record(
    incident: Incident, reader: Reader, policy: Policy, now: datetime
) -> ProductRecord:
    """The record of one incident, with its services' months against what was promised."""
    entries = reader.incidents.of(incident.number, PRODUCT)
    until = incident.closed_at or now
    months = months_of(reader, policy, since=incident.began_at, until=until, now=now)
    return ProductRecord(
        incident=incident,
        until=until,
        timeline=tuple(_line(each, reader) for each in entries),
        away=interruptions_of(_turns(entries), now),
        affected=affected_tickets(incident, reader),
        told=told_rows(incident.thread, incident.began_at, reader),
        breaches=tuple(_breaches(incident, until, reader)),
        months={name: found for name, found in months.items() if name in incident.services},
    )


def months_of(
    reader: Reader, policy: Policy, *, since: datetime, until: datetime, now: datetime
) -> dict[str, tuple[Month, ...]]:
    """Each service of the policy by month: every incident together, without overlap."""
    spans: dict[str, list[Away]] = {}
    for each in all_incidents(reader):
        entries = reader.incidents.of(each.number, PRODUCT)
        for service, found in interruptions_of(_turns(entries), now).items():
            spans.setdefault(service, []).extend(found)
    promised = {name: each.promised for name, each in policy.incidents.services.items()}
    return by_month(spans, policy.zone, promised=promised, since=since, until=until)


def affected_tickets(incident: Incident, reader: Reader) -> tuple[AffectedTicket, ...]:
    """The tickets of an incident, the first linked first."""
    found = []
    for each in affected_by(incident.number, reader):
        ticket = reader.tickets.load(each.ticket_id)
        if ticket is None:
            continue
        told_at, told_by = _told(ticket, incident, reader)
        found.append(
            AffectedTicket(_name(ticket), _whose(ticket), ticket.status.value, each.since, each.by,
                           told_at, told_by)
        )  # fmt: skip
    return tuple(found)


def _told(ticket: Ticket, incident: Incident, reader: Reader) -> tuple[datetime | None, str]:
    """When the customer last heard since it began, and how: an update, or an agent's reply."""
    prefix = f"{incident.thread}/update/"
    heard = [
        (row.settled_at, "update")
        for row in reader.outbox.of_ticket(ticket.ticket_id)
        if row.outgoing.key.startswith(prefix)
        and getattr(row.outgoing.message, "is_public", True)
        and row.settled_at is not None
        and row.state.value in ("delivered", "accepted")
    ]
    heard += [
        (change.at, "reply")
        for change in reader.tickets.history(ticket.ticket_id)
        if change.kind is ChangeKind.COMMENT and change.actor is Actor.AGENT
        and change.is_public and change.at >= incident.began_at
    ]  # fmt: skip
    return max(heard, default=(None, ""))


def _turns(entries: tuple[IncidentEntry, ...]) -> Iterator[Turn]:
    for each in entries:
        since = each.detail.get("since")
        yield Turn(
            datetime.fromisoformat(since) if since else each.at,
            each.kind,
            tuple(each.detail.get("services", ())),
            bool(each.detail.get("interrupts", True)),
        )


def _line(entry: IncidentEntry, reader: Reader) -> Line:
    text = str(entry.detail.get("text", ""))
    if ticket_id := entry.detail.get("ticket"):
        ticket = reader.tickets.load(str(ticket_id))
        text = _name(ticket) if ticket is not None else str(ticket_id)
    elif services := entry.detail.get("services"):
        text = f"{', '.join(services)}, {entry.detail.get('severity', '')}. {text}".rstrip(". ")
    return Line(entry.at, entry.kind, str(entry.detail.get("by", "")), text)


def _breaches(incident: Incident, until: datetime, reader: Reader) -> Iterator[Breach]:
    """Promises to the affected customers that broke between its beginning and its end."""
    for each in affected_by(incident.number, reader):
        ticket = reader.tickets.load(each.ticket_id)
        for key, state in reader.alerts.of_ticket(each.ticket_id).items():
            told_at = state.get("told_at")
            if ticket is None or not told_at or not key.startswith(CLOCK):
                continue
            at = datetime.fromisoformat(told_at)
            if key.endswith(BREACH) and incident.began_at <= at <= until:
                yield Breach(_name(ticket), _whose(ticket), key.split("/")[2], at)


def _name(ticket: Ticket) -> str:
    return f"#{ticket.number}" if ticket.number else ticket.reference or ticket.ticket_id


def _whose(ticket: Ticket) -> str:
    return ticket.organisation or ticket.requester.name or ""
