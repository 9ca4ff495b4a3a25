# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets one daemon at a time write: a lease with an epoch that every write transaction checks.

An instance that was frozen and wakes after its lease writes nothing more. A lock that the system
frees with its process (a lock file beside SQLite, an advisory lock in PostgreSQL) tells a killed
instance from a silent one, so that a restart need not wait for the lease to end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import Row, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.store.codec import instant, micros
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.tables import lease
from bot.store.upserts import put

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no lock files of this kind
    fcntl = None  # type: ignore[assignment]

LEASE_NAME = "daemon"
_ADVISORY_LOCK = 0x6465736B6D617465


@dataclass(frozen=True, slots=True)
class Held:
    """A lease of our own: its epoch, and until when it holds by the clock that never jumps."""

    owner: str
    epoch: int
    seconds: float
    until: float


class LifeLine(Protocol):
    """A lock that ends with the process that holds it."""

    def seize(self) -> bool:
        """Try to hold it; True when held, which proves that no other holder lives."""
        ...

    def let_go(self) -> None:
        """Give it up."""
        ...


class NoLine:
    """For databases that only this process can see."""

    def seize(self) -> bool:
        """Nobody else can live here."""
        return True

    def let_go(self) -> None:
        """Nothing to give up."""


class FileLine:
    """A lock file beside the database file."""

    def __init__(self, path: Path) -> None:
        """Lock `path`, which is created when it is first held."""
        self._path = path
        self._file: int | None = None

    def seize(self) -> bool:
        """Lock the file; False while another process has it, or where files cannot be locked."""
        if self._file is not None:
            return True
        if fcntl is None:
            return False
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._file = descriptor
        return True

    def let_go(self) -> None:
        """Unlock the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class ServerLine:
    """An advisory lock in a session of its own on the PostgreSQL server."""

    def __init__(self, engine: Engine) -> None:
        """Connect by `engine` when the lock is first wanted."""
        self._engine = engine
        self._connection: Connection | None = None

    def seize(self) -> bool:
        """Take the lock; False while another session has it."""
        if self._connection is not None and self._is_alive(self._connection):
            return True
        self.let_go()
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text(f"SELECT pg_try_advisory_lock({_ADVISORY_LOCK})")):
            self._connection = connection
            return True
        connection.close()
        return False

    def let_go(self) -> None:
        """End the session, and the lock with it."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    @staticmethod
    def _is_alive(connection: Connection) -> bool:
        try:
            connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


def current(connection: Connection) -> Row[tuple[str, str, int, int]] | None:
    """The lease as the database has it."""
    return connection.execute(select(lease).where(lease.c.name == LEASE_NAME)).one_or_none()


def take(
    connection: Connection, clock: Clock, *, owner: str, seconds: float, is_alone: bool
) -> Held:
    """Take the lease under the next epoch; `StoreProblem` while another daemon has it.

    `is_alone` says that the life line proved every other holder dead.
    """
    now, before = clock.now(), current(connection)
    if before is not None and before.owner != owner and not is_alone and before.until > micros(now):
        raise StoreProblem(
            ProblemKind.LOCKED,
            f"another daemon ({before.owner}) works on this store until "
            f"{instant(before.until).isoformat(timespec='seconds')} and may go on: stop it first",
        )
    epoch = 1 if before is None else before.epoch + 1
    until = clock.monotonic() + seconds
    _write(connection, owner, epoch, micros(now + timedelta(seconds=seconds)))
    return Held(owner, epoch, seconds, until)


def renew(connection: Connection, clock: Clock, held: Held) -> Held:
    """Keep the lease for as long again; `StoreProblem` when another daemon has taken it."""
    check_epoch(connection, held)
    until = clock.monotonic() + held.seconds
    ends = micros(clock.now() + timedelta(seconds=held.seconds))
    _write(connection, held.owner, held.epoch, ends)
    return Held(held.owner, held.epoch, held.seconds, until)


def give_up(connection: Connection, held: Held) -> None:
    """End the lease now, so that the next daemon need not wait."""
    check_epoch(connection, held)
    _write(connection, held.owner, held.epoch, 0)


def check_time(clock: Clock, held: Held) -> None:
    """`StoreProblem` when the lease ended while this instance stood still."""
    if clock.monotonic() >= held.until:
        raise _lost(f"its lease of {held.seconds:g} s ended before it was renewed")


def check_epoch(connection: Connection, held: Held) -> None:
    """`StoreProblem` when another daemon took over; locks the lease until the transaction ends."""
    found = connection.scalar(
        select(lease.c.epoch).where(lease.c.name == LEASE_NAME).with_for_update(read=True)
    )
    if found != held.epoch:
        raise _lost("another daemon took over")


def _lost(why: str) -> StoreProblem:
    return StoreProblem(
        ProblemKind.LEASE_LOST, f"this daemon may not write any more: {why}; it has to start anew"
    )


def _write(connection: Connection, owner: str, epoch: int, until: int) -> None:
    put(connection, lease, {"name": LEASE_NAME, "owner": owner, "epoch": epoch, "until": until})
