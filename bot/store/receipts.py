# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast way into the inbox: many deliveries in few statements, straight through the driver.

A statement per row would hand the interpreter's lock to and fro for each one; under load that
costs more than the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from bot.rules.events import Event
from bot.store.codec import micros
from bot.store.rows import body_of, column

Row = tuple[str, str, int, str, str]
"""key, stream, at, source, body."""

_COLUMNS = "INSERT INTO inbox (key, stream, at, source, body) VALUES "
_ONCE = " ON CONFLICT (key) DO NOTHING"
_CHUNKS = (256, 64, 16, 8, 4, 2, 1)
"""A few sizes only, so that the driver's cache of prepared statements holds them all."""
_SQLITE = {size: _COLUMNS + ",".join(["(?,?,?,?,?)"] * size) + _ONCE for size in _CHUNKS}
_POSTGRESQL = (
    "INSERT INTO inbox (key, stream, at, source, body) SELECT * FROM "
    "unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[])"
    " ON CONFLICT (key) DO NOTHING RETURNING key"
)


def row_of(event: Event) -> Row:
    """An event as the columns of its row; done by the caller, not by the writer."""
    return (
        column(event.key),
        column(event.stream),
        micros(event.at),
        column(event.source),
        body_of(event),
    )


def insert(connection: Connection, deliveries: Sequence[Sequence[Row]]) -> list[int]:
    """Write all deliveries down; how many rows of each were new."""
    rows = [row for delivery in deliveries for row in delivery]
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        return _count(deliveries, _insert_postgresql(driver, rows))
    last = driver.execute("SELECT max(id) FROM inbox").fetchone()[0] or 0
    if _insert_sqlite(driver, rows) == len(rows):
        return [len(delivery) for delivery in deliveries]
    found = driver.execute("SELECT key FROM inbox WHERE id > ?", (last,))
    return _count(deliveries, (key for (key,) in found))


def _insert_sqlite(driver: Any, rows: list[Row]) -> int:
    written, at = 0, 0
    for size in _CHUNKS:
        while len(rows) - at >= size:
            values = [value for row in rows[at : at + size] for value in row]
            written += driver.execute(_SQLITE[size], values).rowcount
            at += size
    return written


def _insert_postgresql(driver: Any, rows: list[Row]) -> Iterable[str]:
    if not rows:
        return ()
    columns = [list(values) for values in zip(*rows, strict=True)]
    return [key for (key,) in driver.execute(_POSTGRESQL, columns)]


def _count(deliveries: Sequence[Sequence[Row]], new: Iterable[str]) -> list[int]:
    left = set(new)
    counts = []
    for delivery in deliveries:
        keys = {row[0] for row in delivery} & left
        left -= keys
        counts.append(len(keys))
    return counts
