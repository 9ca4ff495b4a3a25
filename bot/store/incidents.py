# SPDX-License-Identifier: GPL-3.0-or-later
"""Incidents of the desk's own product: their states among the machines, their tickets as links.

A state is `incident/000003`, a link `incident/000003/ticket/ID`; the timeline is kept beside the
outages' (`outages.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.rules.incident_values import Incident
from bot.store.codec import micros
from bot.store.outages import PRODUCT
from bot.store.rows import body_of, value_of
from bot.store.transaction import Reader, Transaction

PREFIX = "incident/"
_CLOSED, _CLOSED_AT = '"phase":"closed"', re.compile(r'"closed_at":(\d+)')


@dataclass(frozen=True, slots=True)
class Affected:
    """A ticket of an incident: since when, and by what it was linked (a rule, a link, a person)."""

    ticket_id: str
    since: datetime
    by: str


def load_incident(number: int, reader: Reader) -> Incident | None:
    """One incident as it stands, None where there never was one of that number."""
    state = reader.states.load(_name(number))
    return None if state is None else value_of(Incident, state["incident"])


def all_incidents(reader: Reader) -> tuple[Incident, ...]:
    """Every incident there ever was, the first one first."""
    found = reader.states.starting_with(PREFIX)
    return tuple(value_of(Incident, found[name]["incident"]) for name in sorted(found))


def lively_incidents(reader: Reader, since: datetime) -> tuple[Incident, ...]:
    """Those that are not closed, or were not before an instant; the others are not even read.

    They stay for ever, and every alert of a storm looks whether its service has one.
    """
    found = reader.states.starting_with(PREFIX)
    bodies = (str(found[name]["incident"]) for name in sorted(found))
    return tuple(value_of(Incident, each) for each in bodies if not _ended_before(since, each))


def next_number(reader: Reader) -> int:
    """The number of the next incident."""
    return (reader.incidents.latest(PRODUCT) or 0) + 1


def save_incident(incident: Incident, tx: Transaction) -> None:
    """Write down how an incident stands."""
    tx.states.save(_name(incident.number), {"incident": body_of(incident)})


def affected_by(number: int, reader: Reader) -> tuple[Affected, ...]:
    """The tickets of an incident, the first linked first."""
    prefix = _link(number, "")
    found = [
        _affected(key.removeprefix(prefix), state)
        for key, state in reader.alerts.starting(prefix).items()
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.ticket_id)))


def incidents_of(ticket_id: str, reader: Reader) -> tuple[int, ...]:
    """The numbers of the incidents that a ticket is part of."""
    return tuple(
        int(key.split("/")[1])
        for key in reader.alerts.of_ticket(ticket_id)
        if key.startswith(PREFIX)
    )


def link_ticket(number: int, ticket_id: str, by: str, tx: Transaction, *, at: datetime) -> bool:
    """Make a ticket part of an incident; False when it is already."""
    key = _link(number, ticket_id)
    if tx.alerts.load(key) is not None:
        return False
    tx.alerts.save(key, {"at": at.isoformat(), "by": by}, ticket_id=ticket_id)
    return True


def unlink_ticket(number: int, ticket_id: str, tx: Transaction) -> bool:
    """Take a ticket out of an incident; False when it was no part of it."""
    return tx.alerts.delete(_link(number, ticket_id))


def _ended_before(since: datetime, body: str) -> bool:
    found = _CLOSED_AT.search(body) if _CLOSED in body else None
    return found is not None and int(found[1]) < micros(since)


def _affected(ticket_id: str, state: Mapping[str, str]) -> Affected:
    return Affected(ticket_id, datetime.fromisoformat(state["at"]), state["by"])


def _name(number: int) -> str:
    return f"{PREFIX}{number:06}"


def _link(number: int, ticket_id: str) -> str:
    return f"{PREFIX}{number:06}/ticket/{ticket_id}"
