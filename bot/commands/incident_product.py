# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers all that the store knows of one incident of the product; nothing is asked outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.commands.incident_record import BREACH, CLOCK, Breach, Told, told_rows
from bot.rules.engine import CompiledPolicy
from bot.rules.history import ChangeKind
from bot.rules.incident_values import Incident
from bot.rules.interruptions import Month, Turn, by_month, interruptions_of, merged, total
from bot.rules.outage_report import Away
from bot.rules.planned_works import PlannedWorks, planned_parts, written_works
from bot.rules.ticket import Actor, Ticket
from bot.store.incidents import affected_by, all_incidents
from bot.store.outages import PRODUCT, IncidentEntry
from bot.store.transaction import Reader
from bot.store.works import announced_works


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
    planned: dict[str, tuple[Away, ...]]

    @property
    def away_for(self) -> timedelta:
        """How long any of its services was interrupted; what overlaps counts once."""
        return total(span for spans in self.away.values() for span in spans)

    @property
    def planned_for(self) -> timedelta:
        """How much of that fell into announced works on the service."""
        return total(span for spans in self.planned.values() for span in spans)

    @property
    def untold(self) -> int:
        """Tickets whose customer has not heard of it from anybody."""
        return sum(each.told_at is None for each in self.affected)


def product_record(
    incident: Incident, reader: Reader, compiled: CompiledPolicy, now: datetime
) -> ProductRecord:
    """The record of one incident, with its services' months against what was promised."""
    every = (incident, *parts_of(incident, reader))
    until = incident.closed_at or now
    months = months_of(reader, compiled, since=incident.began_at, until=until, now=now)
    away = _away(every, reader, now)
    return ProductRecord(
        incident=incident,
        until=until,
        timeline=_timeline(every, reader),
        away=away,
        affected=affected_tickets(incident, reader),
        told=tuple(row for each in every for row in told_rows(each.thread, each.began_at, reader)),
        breaches=tuple(_breaches(incident, until, reader)),
        months={name: found for name, found in months.items() if name in incident.services},
        planned=_planned(away, reader, compiled, now),
    )


def months_of(
    reader: Reader, compiled: CompiledPolicy, *, since: datetime, until: datetime, now: datetime
) -> dict[str, tuple[Month, ...]]:
    """Each service of the policy by month: every incident together, without overlap."""
    spans = _away(all_incidents(reader), reader, now)
    services = compiled.policy.incidents.services
    return by_month(
        spans,
        compiled.policy.zone,
        promised={name: each.promised for name, each in services.items()},
        since=since,
        until=until,
        planned=_planned(spans, reader, compiled, now),
        excluded=frozenset(name for name, each in services.items() if each.is_planned_out),
    )


def parts_of(incident: Incident, reader: Reader) -> tuple[Incident, ...]:
    """The incidents that became part of one, and theirs, the first opened first."""
    known, numbers = all_incidents(reader), {incident.number}
    while found := {each.number for each in known if each.part_of in numbers} - numbers:
        numbers |= found
    return tuple(each for each in known if each.number in numbers - {incident.number})


def _away(
    incidents: Iterable[Incident], reader: Reader, now: datetime
) -> dict[str, tuple[Away, ...]]:
    """When each service was interrupted in any of them; what overlaps is there once."""
    spans: dict[str, list[Away]] = {}
    for each in incidents:
        entries = reader.incidents.of(each.number, PRODUCT)
        for service, found in interruptions_of(_turns(entries), now).items():
            spans.setdefault(service, []).extend(found)
    return {service: merged(found) for service, found in spans.items()}


def _timeline(incidents: Iterable[Incident], reader: Reader) -> tuple[Line, ...]:
    """What happened in an incident, and in its parts under their names."""
    found = []
    for nth, each in enumerate(incidents):
        for entry in reader.incidents.of(each.number, PRODUCT):
            line = _line(entry, reader)
            found.append(line if not nth else replace(line, text=f"{each.name}: {line.text}"))
    return tuple(sorted(found, key=lambda line: line.at))


def _planned(
    spans: Mapping[str, Iterable[Away]], reader: Reader, compiled: CompiledPolicy, now: datetime
) -> dict[str, tuple[Away, ...]]:
    """What of the interruptions fell into announced works on their service."""
    starts = [span.start for found in spans.values() for span in found]
    if not starts:
        return {}
    written = written_works(compiled.policy.maintenance.values(), compiled.calendars,
                            since=min(starts), until=now)  # fmt: skip
    works: dict[str, list[PlannedWorks]] = {}
    for each in (*written, *announced_works(reader)):
        works.setdefault(each.service, []).append(each)
    known = compiled.policy.incidents.services
    return {
        name: planned_parts(found, works.get(name.casefold(), ()), known[name].notice)
        for name, found in spans.items()
        if name in known
    }


def affected_tickets(incident: Incident, reader: Reader) -> tuple[AffectedTicket, ...]:
    """The tickets of an incident, the first linked first."""
    threads = tuple(each.thread for each in (incident, *parts_of(incident, reader)))
    found = []
    for each in affected_by(incident.number, reader):
        ticket = reader.tickets.load(each.ticket_id)
        if ticket is None:
            continue
        told_at, told_by = _told(ticket, incident.began_at, threads, reader)
        found.append(
            AffectedTicket(_name(ticket), _whose(ticket), ticket.status.value, each.since, each.by,
                           told_at, told_by)
        )  # fmt: skip
    return tuple(found)


def _told(
    ticket: Ticket, began_at: datetime, threads: tuple[str, ...], reader: Reader
) -> tuple[datetime | None, str]:
    """When the customer last heard since it began, and how: an update, or an agent's reply."""
    prefixes = tuple(f"{thread}/update/" for thread in threads)
    heard = [
        (row.settled_at, "update")
        for row in reader.outbox.of_ticket(ticket.ticket_id)
        if row.outgoing.key.startswith(prefixes)
        and getattr(row.outgoing.message, "is_public", True)
        and row.settled_at is not None
        and row.state.value in ("delivered", "accepted")
    ]
    heard += [
        (change.at, "reply")
        for change in reader.tickets.history(ticket.ticket_id)
        if change.kind is ChangeKind.COMMENT and change.actor is Actor.AGENT
        and change.is_public and change.at >= began_at
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
