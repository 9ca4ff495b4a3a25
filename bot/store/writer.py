# SPDX-License-Identifier: GPL-3.0-or-later
"""The one thread that writes: it takes whatever waits, and commits it all at once.

No timer and no added wait: a group is what arrived during the last commit. Each job has a
savepoint of its own, so that a failing one spoils no other.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy.engine import Connection, Engine, RootTransaction

from bot.clock import Clock
from bot.store import receipts
from bot.store.lease import Held, check_epoch, check_time
from bot.store.problems import DriverError, ProblemKind, StoreProblem, problem_of
from bot.store.queues import Touched
from bot.store.ready import run_plain
from bot.store.receipts import Row
from bot.store.transaction import Transaction

GROUP = 512
_SAVEPOINT = "one_job"


@dataclass(slots=True)
class Answer:
    """Who waits for a piece of work, a thread or a task of an asyncio loop, and what for."""

    future: Future[Any] | asyncio.Future[Any]
    value: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class Job:
    """A function to run within the transaction."""

    run: Callable[[Transaction], Any]
    answer: Answer


@dataclass(slots=True)
class Receipt:
    """Rows for the inbox."""

    rows: Sequence[Row]
    answer: Answer


@dataclass(slots=True)
class LeaseChange:
    """Takes, renews or gives up the lease, in a transaction of its own; answers what is held."""

    run: Callable[[Connection], Held | None]
    answer: Answer


Work = Job | Receipt | LeaseChange


def _ignore(_number: int) -> None:
    """Nobody counts commits."""


class Writer:
    """Owns the writing connection; `start` it once, `stop` it once."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        where: str,
        told: Callable[[frozenset[Touched]], None],
        wrote: Callable[[int], None] = _ignore,
        is_watch_only: bool = False,
    ) -> None:
        """`where` names the database for people; `told` hears what each commit gave work to.

        `wrote` hears how many pieces of work were in each commit.
        """
        self.held: Held | None = None
        self._is_watch_only = is_watch_only
        self._engine, self._clock, self._where = engine, clock, where
        self._told, self._wrote = told, wrote
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._connection: Connection | None = None
        self._is_stopped = False
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    def start(self) -> None:
        """Begin to take work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end; later work is refused."""
        with self._door:
            if not self._is_stopped:
                self._is_stopped = True
                self._queue.put(None)
        self._thread.join()

    def put(self, work: Work) -> None:
        """Hand over work; it is answered after the commit that holds it."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write within a write would wait for itself: use its transaction")
        with self._door:
            if not self._is_stopped:
                self._queue.put(work)
                return
        work.answer.error = StoreProblem(ProblemKind.CLOSED, f"{self._where} was closed")
        _resolve([work.answer])

    def _run(self) -> None:
        is_going = True
        while is_going:
            group, is_going = self._take()
            for change in [work for work in group if isinstance(work, LeaseChange)]:
                self._change_lease(change)
            if others := [work for work in group if not isinstance(work, LeaseChange)]:
                self._write(others)
        self._disconnect()

    def _take(self) -> tuple[list[Work], bool]:
        work = self._queue.get()
        group: list[Work] = []
        try:
            while work is not None and len(group) < GROUP:
                group.append(work)
                work = self._queue.get_nowait()
        except Empty:
            return group, True
        if work is not None:
            group.append(work)
        return group, work is not None

    def _write(self, group: Sequence[Job | Receipt]) -> None:
        touched: set[Touched] = set()
        arrived = [work for work in group if isinstance(work, Receipt)]
        try:
            if self._is_small(arrived, of=group):
                self._receive_alone(arrived, touched)
            else:
                self._commit(group, touched)
        except Exception as error:
            self._fail([work.answer for work in group], error)
            touched.clear()
        _resolve([work.answer for work in group])
        self._wrote(len(group))
        if touched:
            self._tell(frozenset(touched))

    def _is_small(self, arrived: Sequence[Receipt], *, of: Sequence[Job | Receipt]) -> bool:
        return (
            len(arrived) == len(of)
            and self._engine.dialect.name == "sqlite"
            and 0 < sum(len(receipt.rows) for receipt in arrived) <= receipts.CHUNK
        )

    def _receive_alone(self, arrived: Sequence[Receipt], touched: set[Touched]) -> None:
        if self.held is not None:
            check_time(self._clock, self.held)
        rows = [receipt.rows for receipt in arrived]
        counts = receipts.insert_alone(self._connected(), rows, self.held)
        _note(arrived, counts, touched)

    def _commit(self, group: Sequence[Job | Receipt], touched: set[Touched]) -> None:
        connection = self._connected()
        with connection.begin() as whole:
            if self.held is not None:
                check_time(self._clock, self.held)
                check_epoch(connection, self.held)
            _receive(connection, [work for work in group if isinstance(work, Receipt)], touched)
            for work in group:
                if isinstance(work, Job):
                    self._run_job(connection, work, touched, whole if len(group) == 1 else None)

    def _run_job(
        self,
        connection: Connection,
        job: Job,
        touched: set[Touched],
        alone_in: RootTransaction | None,
    ) -> None:
        """Work that is alone in its transaction needs no savepoint, which costs two statements."""
        of_this: set[Touched] = set()
        if alone_in is None:
            run_plain(connection, f"SAVEPOINT {_SAVEPOINT}")
        try:
            job.answer.value = job.run(self._transaction(connection, of_this))
        except Exception as error:
            problem = problem_of(error, self._where) if isinstance(error, DriverError) else None
            if problem is not None:
                # The transaction may be gone with its savepoints (SQLite, disk full).
                raise problem from error
            if alone_in is None:
                run_plain(connection, f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
                run_plain(connection, f"RELEASE SAVEPOINT {_SAVEPOINT}")
            else:
                alone_in.rollback()
            job.answer.error = error
            return
        if alone_in is None:
            run_plain(connection, f"RELEASE SAVEPOINT {_SAVEPOINT}")
        touched |= of_this

    def _transaction(self, connection: Connection, touched: set[Touched]) -> Transaction:
        is_watched = self._is_watch_only
        return Transaction(connection, self._clock, touched, is_watch_only=is_watched)

    def _change_lease(self, change: LeaseChange) -> None:
        try:
            connection = self._connected()
            with connection.begin():
                change.answer.value = change.run(connection)
            self.held = change.answer.value
        except Exception as error:
            self._fail([change.answer], error)
        _resolve([change.answer])

    def _fail(self, answers: Sequence[Answer], error: Exception) -> None:
        problem = problem_of(error, self._where) or error
        for answer in answers:
            answer.error = problem
        self._disconnect()

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _tell(self, touched: frozenset[Touched]) -> None:
        try:
            self._told(touched)
        except Exception:
            # A listener's bug must not end the thread that everybody waits for.
            kind, value, trace = sys.exc_info()
            threading.excepthook(
                threading.ExceptHookArgs((kind or Exception, value, trace, self._thread))
            )


def _receive(connection: Connection, arrived: list[Receipt], touched: set[Touched]) -> None:
    if arrived:
        counts = receipts.insert(connection, [receipt.rows for receipt in arrived])
        _note(arrived, counts, touched)


def _note(arrived: Sequence[Receipt], counts: Sequence[int], touched: set[Touched]) -> None:
    for receipt, count in zip(arrived, counts, strict=True):
        receipt.answer.value = count
    if any(counts):
        touched.add(Touched.INBOX)


def _resolve(answers: Sequence[Answer]) -> None:
    in_loops: dict[asyncio.AbstractEventLoop, list[Answer]] = {}
    for answer in answers:
        if isinstance(answer.future, asyncio.Future):
            in_loops.setdefault(answer.future.get_loop(), []).append(answer)
        else:
            _hand_over(answer)
    for loop, waiting in in_loops.items():
        try:
            loop.call_soon_threadsafe(_hand_over_all, waiting)
        except RuntimeError:
            # The loop was closed: nobody waits there any more, and the rows are safe.
            continue


def _hand_over_all(answers: Sequence[Answer]) -> None:
    for answer in answers:
        _hand_over(answer)


def _hand_over(answer: Answer) -> None:
    try:
        if answer.error is not None:
            answer.future.set_exception(answer.error)
        else:
            answer.future.set_result(answer.value)
    except (InvalidStateError, asyncio.InvalidStateError):
        # Who asked has given up waiting; the commit stands.
        return
