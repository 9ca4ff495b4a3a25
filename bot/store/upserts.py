# SPDX-License-Identifier: GPL-3.0-or-later
"""The two writes that databases spell alike and SQLAlchemy does not: once, and over.

Their statements are built once per table and set of columns.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.store.ready import Ready


def insert_once(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless one with the same key is there; True when it was new."""
    return _once(table, tuple(row)).run(connection, row).fetchone() is not None


def put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, or bring the one with the same primary key to these values."""
    _over(table, tuple(row)).run(connection, row)


def insert_into(dialect: str, table: Table) -> Any:
    """An insert of the dialect, which knows what to do on a conflict."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@lru_cache(maxsize=64)
def _once(table: Table, names: tuple[str, ...]) -> Ready:
    key = next(iter(table.primary_key))

    def build(dialect: str) -> Any:
        return insert_into(dialect, table).on_conflict_do_nothing().returning(key)

    return Ready(build, names)


@lru_cache(maxsize=256)
def _over(table: Table, names: tuple[str, ...]) -> Ready:
    keys = [column.name for column in table.primary_key]

    def build(dialect: str) -> Any:
        statement = insert_into(dialect, table)
        changed = {name: statement.excluded[name] for name in names if name not in keys}
        return statement.on_conflict_do_update(index_elements=keys, set_=changed)

    return Ready(build, names)
