# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies a store while it is in use, and puts a copy back.

SQLite by its own online backup; PostgreSQL by `pg_dump` and `pg_restore`, which must be there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL

from bot.store.engines import (
    BUSY_SECONDS,
    file_of,
    is_sqlite,
    make_private,
    parse,
    shown,
    writer_engine,
)
from bot.store.lease import FileLine
from bot.store.problems import ProblemKind, StoreProblem, problem_of
from bot.store.restored import mark_restored

_MARK = "SELECT version_num FROM alembic_version"


def backup(url: str, target: Path) -> Path:
    """Write a consistent copy of the store to `target`; `StoreProblem` where it cannot."""
    parsed = parse(url)
    _make_folder(target.parent)
    if target.exists():
        raise StoreProblem(ProblemKind.CANNOT_OPEN, f"{target} exists already: name another file")
    if not is_sqlite(parsed):
        _run("pg_dump", parsed, "--format=custom", f"--file={target}")
        return target
    unfinished = target.with_name(f"{target.name}.unfinished")
    _copy(_existing(file_of(parsed)), unfinished)
    unfinished.replace(target)
    return target


def restore(source: Path, url: str, now: datetime) -> None:
    """Put a copy back in the place of the store; refused while a daemon runs on it.

    From then on the store knows that it is older than the world.
    """
    parsed = parse(url)
    _put_back(source, parsed)
    engine = writer_engine(parsed)
    try:
        with engine.begin() as connection:
            mark_restored(connection, now)
    finally:
        engine.dispose()


def lock_file(database: Path) -> Path:
    """The file whose lock says that a daemon lives on this database."""
    return database.with_name(f"{database.name}.lock")


def _put_back(source: Path, parsed: URL) -> None:
    if not is_sqlite(parsed):
        _run(
            "pg_restore",
            parsed,
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={parsed.database}",
            str(_existing(source)),
        )
        return
    target = file_of(parsed)
    _make_folder(target.parent)
    line = FileLine(lock_file(target))
    if not line.seize():
        raise StoreProblem(
            ProblemKind.LOCKED, f"a daemon works on {shown(parsed)}: stop it, then restore"
        )
    try:
        _copy(_existing(source), target)
    finally:
        line.let_go()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreProblem(
            ProblemKind.CANNOT_OPEN, f"no folder {folder} ({error.strerror}): name another file"
        ) from error


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise StoreProblem(ProblemKind.CANNOT_OPEN, f"{path} is not there: name an existing file")
    return path


def _copy(source: Path, target: Path) -> None:
    make_private(target)
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as here,
        ):
            there.execute(_MARK)
            there.backup(here)
            here.execute("PRAGMA journal_mode = WAL")
            faults = [row[0] for row in here.execute("PRAGMA quick_check")]
    except sqlite3.Error as error:
        raise _unusable(error, source, target) from error
    if faults != ["ok"]:
        raise StoreProblem(ProblemKind.BROKEN, f"the copy of {source} is damaged: {faults[0]}")
    _sync(target)


def _unusable(error: sqlite3.Error, source: Path, target: Path) -> StoreProblem:
    if "no such table" in str(error):
        return StoreProblem(ProblemKind.NOT_A_DATABASE, f"{source} holds no store of ours")
    return problem_of(error, f"{source} or {target}") or StoreProblem(
        ProblemKind.BROKEN, f"{source} could not be copied to {target}: {error}"
    )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _run(tool: str, url: URL, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise StoreProblem(
            ProblemKind.TOOL_MISSING,
            f"{tool} is not installed: install PostgreSQL's client programs, or copy the "
            "database with your own tools",
        )
    # The password goes by the environment: a command line is for everybody to read.
    environment = {
        **os.environ,
        "PGHOST": url.host or _text(url, "host") or "",
        "PGPORT": str(url.port or _text(url, "port") or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
    }
    named = {name: value for name, value in environment.items() if value}
    done = subprocess.run([program, *arguments], env=named, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or f"it ended with {done.returncode}"
        raise StoreProblem(ProblemKind.BROKEN, f"{tool} on {shown(url)} failed: {said}")


def _text(url: URL, name: str) -> str | None:
    value = url.query.get(name)
    return value if isinstance(value, str) or value is None else value[0]
