# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machines remember (outage, breakers), timelines of incidents, where reading stopped.

A machine's state is the JSON that its own module in `rules/` writes and reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, delete, func, select
from sqlalchemy.engine import Connection

from bot.store.codec import instant, micros
from bot.store.ready import Ready, by_character
from bot.store.rows import column, from_json, to_json
from bot.store.tables import cursor, incident_entry, machine
from bot.store.upserts import put

HELPDESK, PRODUCT = "helpdesk", "product"
"""Whose incident a timeline is of: both are numbered from 1."""
_STATE = Ready(lambda _: select(machine.c.body).where(machine.c.name == bindparam("of")))


def _first(dialect: str) -> Any:
    name = by_character(machine.c.name, dialect)
    which = (name >= bindparam("low", type_=Text), name < bindparam("high", type_=Text))
    return select(machine.c.name).where(*which).order_by(name).limit(bindparam("limit"))


_FIRST = Ready(_first)


class StatesView:
    """What may be asked about the machines."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def load(self, name: str) -> dict[str, Any] | None:
        """The state of one machine, None before it was first saved."""
        row = _STATE.run(self._connection, {"of": name}).fetchone()
        return None if row is None else dict(from_json(row[0]))

    def starting_with(self, prefix: str) -> dict[str, dict[str, Any]]:
        """The states of all machines whose names begin so, by their names."""
        found = self._connection.execute(
            select(machine).where(machine.c.name.startswith(prefix, autoescape=True))
        )
        return {row.name: dict(from_json(row.body)) for row in found}

    def first(self, prefix: str, limit: int) -> tuple[str, ...]:
        """The first machines whose names begin so, by name."""
        asked = {"low": prefix, "high": prefix + "~", "limit": limit}
        return tuple(str(row[0]) for row in _FIRST.run(self._connection, asked))


class States(StatesView):
    """The machines within a write transaction."""

    def save(self, name: str, state: Mapping[str, Any]) -> None:
        """Write the state of one machine."""
        put(self._connection, machine, {"name": name, "body": to_json(dict(state))})

    def forget(self, name: str) -> None:
        """Let the state of one machine go."""
        self._connection.execute(delete(machine).where(machine.c.name == name))


@dataclass(frozen=True, slots=True)
class IncidentEntry:
    """One thing that happened in an incident; incidents are numbered from 1."""

    incident: int
    at: datetime
    kind: str
    detail: Mapping[str, Any]


class IncidentsView:
    """What may be asked about incidents: the helpdesk's outages, or the product's (`matter`)."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def of(self, incident: int, matter: str = HELPDESK) -> tuple[IncidentEntry, ...]:
        """The timeline of one incident, as it was written."""
        found = self._connection.execute(
            select(incident_entry)
            .where(incident_entry.c.incident == incident, incident_entry.c.matter == matter)
            .order_by(incident_entry.c.id)
        )
        return tuple(
            IncidentEntry(row.incident, instant(row.at), row.kind, from_json(row.body))
            for row in found
        )

    def latest(self, matter: str = HELPDESK) -> int | None:
        """The number of the last incident, None when there never was one."""
        of_matter = incident_entry.c.matter == matter
        latest: int | None = self._connection.scalar(
            select(func.max(incident_entry.c.incident)).where(of_matter)
        )
        return latest


class Incidents(IncidentsView):
    """The timelines within a write transaction; nothing in them is ever changed."""

    def add(
        self,
        incident: int,
        at: datetime,
        kind: str,
        detail: Mapping[str, Any],
        *,
        matter: str = HELPDESK,
    ) -> None:
        """Write down one thing that happened."""
        self._connection.execute(
            incident_entry.insert().values(
                matter=matter,
                incident=incident,
                at=micros(at),
                kind=kind,
                body=to_json(dict(detail)),
            )
        )


class CursorsView:
    """Where reading somebody else's list stopped."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def get(self, name: str) -> str | None:
        """The cursor to go on from, None before the first page."""
        return self._connection.scalar(select(cursor.c.value).where(cursor.c.name == name))


class Cursors(CursorsView):
    """The cursors within a write transaction: they move with the events they brought."""

    def set(self, name: str, value: str) -> None:
        """Write down where to go on from."""
        put(self._connection, cursor, {"name": column(name), "value": value})
