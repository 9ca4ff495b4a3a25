# SPDX-License-Identifier: GPL-3.0-or-later
"""The two writes that databases spell alike and SQLAlchemy does not: once, and over.

Their statements are built once per table and set of columns: building costs more than executing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Connection


def insert_once(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless one with the same key is there; True when it was new."""
    statement = _once(connection.dialect.name, table)
    return connection.execute(statement, row).first() is not None


def put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, or bring the one with the same primary key to these values."""
    connection.execute(_over(connection.dialect.name, table, tuple(row)), row)


def insert_into(dialect: str, table: Table) -> Any:
    """An insert of the dialect, which knows what to do on a conflict."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def dialect_of(name: str) -> Any:
    """The dialect as our drivers speak it, for statements that are compiled once for all."""
    module: Any = sqlite if name == "sqlite" else psycopg
    return module.dialect()


@lru_cache(maxsize=64)
def _once(dialect: str, table: Table) -> Any:
    key = next(iter(table.primary_key))
    return insert_into(dialect, table).on_conflict_do_nothing().returning(key)


@lru_cache(maxsize=256)
def _over(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = insert_into(dialect, table)
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
