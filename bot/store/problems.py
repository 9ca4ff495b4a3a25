# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a database, said so that a person knows what to do next."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, SQLAlchemyError


class ProblemKind(StrEnum):
    """The kinds of trouble that a store can be in."""

    READ_ONLY = "read_only"
    FULL = "full"
    NOT_A_DATABASE = "not_a_database"
    CANNOT_OPEN = "cannot_open"
    BUSY = "busy"
    LOCKED = "locked"
    LEASE_LOST = "lease_lost"
    NEWER = "newer"
    OLDER = "older"
    UNREACHABLE = "unreachable"
    TOOL_MISSING = "tool_missing"
    BROKEN = "broken"
    CLOSED = "closed"


class StoreProblem(Exception):  # noqa: N818
    """The store cannot do what was asked; the text says what, where and what to do."""

    def __init__(self, kind: ProblemKind, message: str) -> None:
        """Keep the kind for the program and the message for people."""
        super().__init__(message)
        self.kind = kind


_SQLITE = {
    "SQLITE_READONLY": (ProblemKind.READ_ONLY, "is read-only: give its user the right to write"),
    "SQLITE_FULL": (ProblemKind.FULL, "cannot grow: the disk is full, free some space"),
    "SQLITE_NOTADB": (ProblemKind.NOT_A_DATABASE, "is not a database: name another file"),
    "SQLITE_CORRUPT": (ProblemKind.BROKEN, "is damaged: restore the last backup"),
    "SQLITE_IOERR": (ProblemKind.BROKEN, "cannot be read or written: look at the disk"),
    "SQLITE_CANTOPEN": (
        ProblemKind.CANNOT_OPEN,
        "cannot be opened: the folder must exist and be writable",
    ),
    "SQLITE_BUSY": (ProblemKind.BUSY, "is held by another program: stop that one first"),
    "SQLITE_LOCKED": (ProblemKind.BUSY, "is held by another program: stop that one first"),
}
_POSTGRESQL = {
    "25006": (ProblemKind.READ_ONLY, "is read-only: connect to the primary server"),
    "53100": (ProblemKind.FULL, "cannot grow: the server's disk is full, free some space"),
    "42501": (ProblemKind.READ_ONLY, "refuses its user: grant the right to write"),
    "55P03": (ProblemKind.BUSY, "is held by another program: stop that one first"),
    "25P03": (ProblemKind.LEASE_LOST, "ended a transaction that stood still too long"),
}


def problem_of(error: BaseException, where: str) -> StoreProblem | None:
    """The clear form of a driver's error; None when the error is a bug and no trouble outside.

    `where` names the database without its password.
    """
    if isinstance(error, StoreProblem):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, where)
    return _of_postgresql(error, cause, where)


def _of_sqlite(cause: sqlite3.Error, where: str) -> StoreProblem | None:
    name = getattr(cause, "sqlite_errorname", None) or ""
    for prefix, (kind, advice) in _SQLITE.items():
        if name.startswith(prefix):
            return StoreProblem(kind, f"{where} {advice} ({cause})")
    return None


def _of_postgresql(
    error: BaseException, cause: BaseException | None, where: str
) -> StoreProblem | None:
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRESQL:
        kind, advice = _POSTGRESQL[state]
        return StoreProblem(kind, f"{where} {advice}")
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if is_lost or type(cause).__name__ in ("OperationalError", "ConnectionTimeout"):
        first_line = str(cause).strip().splitlines()[0] if str(cause).strip() else "no answer"
        return StoreProblem(
            ProblemKind.UNREACHABLE,
            f"{where} cannot be reached: check address, user and password ({first_line})",
        )
    return None


DriverError = (SQLAlchemyError, sqlite3.Error)
"""What a database call may raise; psycopg's own errors arrive wrapped by SQLAlchemy."""
