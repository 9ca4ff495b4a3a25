# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a database to the present shape, after a backup; refuses one that is newer than we are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL, Connection, Engine

from bot.store.backup import backup
from bot.store.engines import file_of, is_sqlite, parse, shown, writer_engine
from bot.store.problems import DriverError, ProblemKind, StoreProblem, problem_of
from bot.store.tables import SCHEMA

FOLDER = Path(__file__).resolve().parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migrated:
    """From which shape to which, and where the backup lies; `before` is None for a new store."""

    before: str | None
    after: str
    backup: Path | None


def migrate(url: str, *, backup_dir: Path, now: datetime) -> Migrated:
    """Back the store up and bring it to the present shape; a new one is made without a backup.

    Raises `StoreProblem` where it cannot, and leaves the store as it was.
    """
    parsed = parse(url)
    with _engine(parsed) as engine:
        before = version(engine, parsed)
        if before == SCHEMA:
            return Migrated(before, SCHEMA, None)
        saved = None
        if before is not None:
            saved = backup_dir / f"deskmate-{before}-{now:%Y%m%dT%H%M%SZ}{_suffix(parsed)}"
            backup(url, saved)
        with reported(parsed), engine.begin() as connection:
            upgrade(connection)
    return Migrated(before, SCHEMA, saved)


def version(engine: Engine, url: URL) -> str | None:
    """The shape a database has, None for an empty one; `StoreProblem` for a newer or alien one."""
    with reported(url), engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        if not names:
            return None
        if "alembic_version" not in names:
            raise StoreProblem(
                ProblemKind.NOT_A_DATABASE,
                f"{shown(url)} holds something else than a store: name another database",
            )
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found > SCHEMA:
        raise StoreProblem(
            ProblemKind.NEWER,
            f"{shown(url)} was written by a newer program (shape {found}, this one knows "
            f"{SCHEMA}): install that program again or restore an older backup",
        )
    return found


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, within the connection's transaction."""
    # Alembic takes a quarter of a second to import and is seldom needed.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def reported(url: URL) -> Iterator[None]:
    """Turn what the driver says into a `StoreProblem` that names the database."""
    try:
        yield
    except DriverError as error:
        problem = problem_of(error, shown(url))
        if problem is None:
            raise
        raise problem from error


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    if is_sqlite(url):
        file_of(url).parent.mkdir(parents=True, exist_ok=True)
    with reported(url):
        engine = writer_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _suffix(url: URL) -> str:
    return ".sqlite" if is_sqlite(url) else ".dump"
