# SPDX-License-Identifier: GPL-3.0-or-later
"""The two writes that databases spell alike and SQLAlchemy does not: once, and over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def _insert(connection: Connection, table: Table) -> Any:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_once(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless one with the same key is there; True when it was new."""
    key = next(iter(table.primary_key))
    statement = _insert(connection, table).values(row).on_conflict_do_nothing().returning(key)
    return connection.execute(statement).first() is not None


def put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, or bring the one with the same primary key to these values."""
    keys = [column.name for column in table.primary_key]
    statement = _insert(connection, table).values(row)
    changed = {name: statement.excluded[name] for name in row if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
