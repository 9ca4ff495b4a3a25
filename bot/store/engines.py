# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens databases with the settings that durability rests on.

The writer's connection begins every transaction as a write; readers see one moment each and may
not write. SQLite: WAL and `synchronous=FULL`, so that what was committed survives a power cut.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError

from bot.store.problems import ProblemKind, StoreProblem

BUSY_SECONDS = 5
LOG_PAGES = 16_000
"""Pages of 4 KiB after which the writer copies SQLite's log back itself: 62 MiB."""
STANDSTILL_SECONDS = 30
"""After so long a pause inside a transaction PostgreSQL ends it: its instance was frozen."""
_ADDRESS = (
    "the store's address is unreadable: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
)


def parse(url: str) -> URL:
    """The address as SQLAlchemy reads it; `StoreProblem` when it cannot be one."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreProblem(ProblemKind.CANNOT_OPEN, _ADDRESS) from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreProblem(ProblemKind.CANNOT_OPEN, _ADDRESS)
    if not is_sqlite(parsed) and find_spec("psycopg") is None:
        raise StoreProblem(
            ProblemKind.TOOL_MISSING,
            "a store on PostgreSQL needs its driver: install deskmate[postgresql]",
        )
    return parsed


def shown(url: URL) -> str:
    """The address for people, without its password."""
    return url.render_as_string(hide_password=True)


def is_sqlite(url: URL) -> bool:
    """True for a file of SQLite."""
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path:
    """The file of a SQLite address."""
    return Path(url.database or "")


def make_private(file: Path) -> None:
    """Let nobody else read a database that is made now: customers' words stand in it.

    A file that is there keeps its owner's rights; what SQLite lays beside it has the same ones.
    """
    with suppress(OSError):  # SQLite says better why a file cannot be made
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def writer_engine(url: URL, *, is_durable: bool = True) -> Engine:
    """The engine of the one writer; `is_durable` False only for databases that die with us."""
    if not is_sqlite(url):
        return _postgresql(url, {"options": _options()})
    make_private(file_of(url))
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    synchronous = "FULL" if is_durable else "OFF"

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            f"wal_autocheckpoint = {LOG_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
    return engine


def reader_engine(url: URL) -> Engine:
    """The engine of the readers: one consistent moment per transaction, no writing."""
    if not is_sqlite(url):
        return _postgresql(url, {"options": _options()}).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA query_only = ON")

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
    return engine


def _postgresql(url: URL, arguments: dict[str, Any]) -> Engine:
    return create_engine(
        url, connect_args={"connect_timeout": BUSY_SECONDS, **arguments}, pool_pre_ping=True
    )


def _options() -> str:
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{BUSY_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{STANDSTILL_SECONDS}s",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
