# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each alert has come: its ladder and who has acknowledged it, as the rules wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.engine import Connection

from bot.store.ready import Ready
from bot.store.rows import column, from_json, maybe_column, to_json
from bot.store.tables import alert
from bot.store.upserts import put

_LOAD = Ready(lambda _: select(alert.c.body).where(alert.c.key == bindparam("of")))
_OF_TICKET = Ready(
    lambda _: (
        select(alert.c.key, alert.c.body)
        .where(alert.c.ticket_id == bindparam("of"))
        .order_by(alert.c.key)
    )
)
_BETWEEN = Ready(
    lambda _: (
        select(alert.c.key, alert.c.body)
        .where(alert.c.key >= bindparam("first"), alert.c.key < bindparam("last"))
        .order_by(alert.c.key)
    )
)
_DELETE = Ready(lambda _: delete(alert).where(alert.c.key == bindparam("of")))


class AlertsView:
    """What may be asked about alerts."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def load(self, key: str) -> dict[str, Any] | None:
        """The state of one alert, None when there is none."""
        row = _LOAD.run(self._connection, {"of": column(key)}).fetchone()
        return None if row is None else dict(from_json(row[0]))

    def of_ticket(self, ticket_id: str) -> dict[str, dict[str, Any]]:
        """The states of a ticket's alerts, by their keys."""
        found = _OF_TICKET.run(self._connection, {"of": ticket_id})
        return {key: from_json(body) for key, body in found}

    def starting(self, prefix: str) -> dict[str, dict[str, Any]]:
        """The states whose keys begin so, by their keys."""
        first = column(prefix)
        found = _BETWEEN.run(self._connection, {"first": first, "last": first + "\U0010ffff"})
        return {key: from_json(body) for key, body in found if key.startswith(first)}


class Alerts(AlertsView):
    """The alerts within a write transaction."""

    def save(self, key: str, state: Mapping[str, Any], *, ticket_id: str | None = None) -> None:
        """Write the state of one alert, new or known."""
        row = {
            "key": column(key),
            "ticket_id": maybe_column(ticket_id),
            "body": to_json(dict(state)),
        }
        put(self._connection, alert, row)

    def delete(self, key: str) -> bool:
        """Forget an alert; False when there was none."""
        return bool(_DELETE.run(self._connection, {"of": column(key)}).rowcount)
