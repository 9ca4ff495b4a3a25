# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the database anew, so that what was let go is no longer in its files.

A database that drops a row only marks its place as free; the bytes stay until something else is
written over them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

from sqlalchemy import text
from sqlalchemy.engine import URL, Engine

from bot.store.backup import lock_file
from bot.store.engines import BUSY_SECONDS, file_of, is_sqlite, parse, shown, writer_engine
from bot.store.lease import FileLine
from bot.store.migrate import reported
from bot.store.problems import ProblemKind, StoreProblem, problem_of
from bot.store.tables import metadata

LARGEST_BESIDE = 512 * 1024 * 1024
"""Bytes up to which SQLite's file is rewritten beside a running daemon: it cannot write meanwhile,
and waits for five seconds at most."""
TRIES = 50
PAUSE = 0.1
"""Seconds between two tries to cut the log off: SQLite does not wait for another copier of it."""


def rewrite(url: str) -> None:
    """Write every table anew; `StoreProblem` where that has to wait, with what to do."""
    parsed = parse(url)
    if not is_sqlite(parsed):
        _rewrite_postgresql(parsed)
        return
    file = file_of(parsed)
    if file.stat().st_size > LARGEST_BESIDE and _is_in_use(file):
        size = f"{file.stat().st_size / 2**30:.1f} GiB"
        raise StoreProblem(
            ProblemKind.LOCKED,
            f"{shown(parsed)} is too large ({size}) to be rewritten beside a running daemon: "
            "stop it and run this again",
        )
    try:
        _rewrite_sqlite(file)
    except sqlite3.Error as error:
        problem = problem_of(error, shown(parsed))
        raise problem or StoreProblem(ProblemKind.BROKEN, f"{shown(parsed)}: {error}") from error


def _rewrite_sqlite(file: Path) -> None:
    """VACUUM copies what is left; the log, which holds the old pages too, is copied and cut off."""
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        for _ in range(TRIES):
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not is_busy:
                return
            Event().wait(PAUSE)
    raise StoreProblem(
        ProblemKind.BUSY, f"{file} is read all the time: run this again, or stop the daemon first"
    )


def _rewrite_postgresql(url: URL) -> None:
    engine: Engine = writer_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with reported(url), engine.connect() as connection:
            for table in metadata.sorted_tables:
                connection.execute(text(f'VACUUM (FULL, ANALYZE) "{table.name}"'))
    finally:
        engine.dispose()


def _is_in_use(file: Path) -> bool:
    line = FileLine(lock_file(file))
    if not line.seize():
        return True
    line.let_go()
    return False
