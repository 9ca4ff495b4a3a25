# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements that are compiled once per database and then run by their text.

A ticket's event runs some twenty small statements. Building, caching and binding each anew costs
several times what the database does for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import collate
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as its driver takes it; `order` names arguments that go by place."""

    text: str
    order: tuple[str, ...]
    constants: Mapping[str, Any]


class Ready:
    """One statement; its `bindparam` names, or an insert's columns, are the arguments of `run`."""

    def __init__(self, build: Callable[[str], Any], columns: tuple[str, ...] = ()) -> None:
        """`build` makes it for a dialect's name; `columns` are those that an insert fills."""
        self._build, self._columns = build, columns
        self._texts: dict[str, _Text] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute it within the connection's transaction; rows come as tuples."""
        dialect = connection.dialect.name
        ready = self._texts.get(dialect) or self._compiled(dialect)
        if dialect != "sqlite":
            return connection.exec_driver_sql(ready.text, {**ready.constants, **values})
        constants = ready.constants
        arguments = [values[name] if name in values else constants[name] for name in ready.order]
        return _driven(connection, ready.text, arguments)

    def _compiled(self, dialect: str) -> _Text:
        module: Any = sqlite if dialect == "sqlite" else psycopg
        compiled = self._build(dialect).compile(
            dialect=module.dialect(), column_keys=list(self._columns) or None
        )
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        found = _Text(str(compiled), tuple(compiled.positiontup or ()), constants)
        self._texts[dialect] = found
        return found


def by_character(column: Any, dialect: str) -> Any:
    """A text column compared as `tables.BY_CHARACTER` is, so that a range of keys is a prefix."""
    return column if dialect == "sqlite" else collate(column, "C")


def run_plain(connection: Connection, text: str) -> None:
    """Execute a statement without arguments or rows within the connection's transaction."""
    if connection.dialect.name == "sqlite":
        _driven(connection, text, [])
    else:
        connection.exec_driver_sql(text)


def _driven(connection: Connection, text: str, arguments: list[Any]) -> Any:
    driver: Any = connection.connection.driver_connection
    try:
        return driver.execute(text, arguments)
    except sqlite3.Error as error:
        # As SQLAlchemy would have told it; the values stay out of every log.
        raise DBAPIError.instance(text, None, error, sqlite3.Error) from error
