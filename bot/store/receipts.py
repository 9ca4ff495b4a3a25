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
from bot.store.lease import LEASE_NAME, Held, check_epoch
from bot.store.rows import body_of, column

Row = tuple[str, str, int, str, str]
"""key, stream, at, source, body."""

_COLUMNS = "INSERT INTO inbox (key, stream, at, source, body) "
_ONCE = " ON CONFLICT (key) DO NOTHING"
CHUNK = 64
"""Rows per statement: one statement for each size, and the driver keeps 128 of them prepared."""
_VALUES = [",".join(["(?,?,?,?,?)"] * size) for size in range(CHUNK + 1)]
_SQLITE = [f"{_COLUMNS}VALUES {values}{_ONCE}" for values in _VALUES]
_SQLITE_LEASED = [
    f"{_COLUMNS}SELECT * FROM (VALUES {values}) "
    f"WHERE EXISTS (SELECT 1 FROM lease WHERE name = ? AND epoch = ?){_ONCE}"
    for values in _VALUES
]
_NEW = "SELECT key FROM inbox WHERE id > ? AND id <= ?"
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
    if connection.dialect.name == "sqlite":
        return _insert_sqlite(driver, deliveries, rows)
    return _count(deliveries, _insert_postgresql(driver, rows))


def insert_alone(
    connection: Connection, deliveries: Sequence[Sequence[Row]], held: Held | None
) -> list[int]:
    """The same for SQLite in one statement that is its own transaction and checks the lease.

    Up to `CHUNK` rows. The writer gives the interpreter's lock away once instead of six times.
    """
    rows = [row for delivery in deliveries for row in delivery]
    values: list[Any] = [value for row in rows for value in row]
    statement = _SQLITE[len(rows)]
    if held is not None:
        statement = _SQLITE_LEASED[len(rows)]
        values += (LEASE_NAME, held.epoch)
    driver: Any = connection.connection.driver_connection
    done = driver.execute(statement, values)
    if done.rowcount == len(rows):
        return [len(delivery) for delivery in deliveries]
    if held is not None and not done.rowcount:
        with connection.begin():
            check_epoch(connection, held)
    return _count(deliveries, _new_keys(driver, done))


def _insert_sqlite(driver: Any, deliveries: Sequence[Sequence[Row]], rows: list[Row]) -> list[int]:
    new: list[str] = []
    for at in range(0, len(rows), CHUNK):
        chunk = rows[at : at + CHUNK]
        done = driver.execute(_SQLITE[len(chunk)], [value for row in chunk for value in row])
        new += [row[0] for row in chunk] if done.rowcount == len(chunk) else _new_keys(driver, done)
    return _count(deliveries, new)


def _new_keys(driver: Any, done: Any) -> list[str]:
    # Row ids are handed out in sequence, so the last one and the count name the new rows.
    if not done.rowcount:
        return []
    first = done.lastrowid - done.rowcount
    return [key for (key,) in driver.execute(_NEW, (first, done.lastrowid))]


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
