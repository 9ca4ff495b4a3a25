# SPDX-License-Identifier: GPL-3.0-or-later
"""The store as everybody else knows it: open, read, write, receive.

`sqlite:///FILE`, `postgresql+psycopg://...`, or `sqlite://` for a database of a moment that ends
with its store (tests, the simulator).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy.engine import URL, Connection, Engine

from bot.clock import Clock
from bot.rules.events import Event
from bot.store import lease
from bot.store.backup import lock_file
from bot.store.checkpoints import Checkpointer
from bot.store.engines import file_of, is_sqlite, parse, reader_engine, shown, writer_engine
from bot.store.lease import FileLine, Held, LifeLine, NoLine, ServerLine
from bot.store.migrate import reported, upgrade, version
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.queues import Touched
from bot.store.receipts import row_of
from bot.store.tables import SCHEMA
from bot.store.transaction import Reader, Transaction
from bot.store.writer import Answer, Job, LeaseChange, Receipt, Writer

T = TypeVar("T")
Listener = Callable[[frozenset[Touched]], None]


class Store:
    """All state of a desk; safe to share between threads. Close it, or use it as a context."""

    def __init__(
        self,
        url: URL,
        clock: Clock,
        *,
        scratch: Path | None = None,
        is_watch_only: bool = False,
    ) -> None:
        """Use `Store.open`, which also looks whether the database fits."""
        self._url, self._clock, self._scratch = url, clock, scratch
        self.is_watch_only = is_watch_only
        self._writing = writer_engine(url, is_durable=scratch is None)
        self._reading = reader_engine(url)
        self._line = _life_line(url, self._writing, scratch)
        self._listeners: list[Listener] = []
        self._checkpointer: Checkpointer | None = None
        self._writer = Writer(
            self._writing,
            clock,
            where=shown(url),
            told=self._tell,
            wrote=self._count,
            is_watch_only=is_watch_only,
        )
        self._closing = threading.Lock()

    @classmethod
    def open(cls, url: str, *, clock: Clock, is_watch_only: bool = False) -> Store:
        """Open a store of the present shape; an empty database is given it.

        With `is_watch_only` every message is recorded as decided and never sent.

        Raises `StoreProblem` with what to do: older shapes want `migrate`, newer ones are refused.
        """
        scratch = None
        if url in ("sqlite://", "sqlite:///:memory:"):
            scratch = Path(tempfile.mkdtemp(prefix="deskmate-"))
            (scratch / "store.sqlite").write_bytes(_template())
            url = f"sqlite:///{scratch / 'store.sqlite'}"
        parsed = parse(url)
        with reported(parsed):
            store = cls(parsed, clock, scratch=scratch, is_watch_only=is_watch_only)
            try:
                store._prepare()
            except BaseException:
                store._dispose()
                raise
        store._start()
        return store

    def __enter__(self) -> Store:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Finish what waits and let go of everything; closing twice does nothing."""
        with self._closing:
            self._writer.stop()
            if self._checkpointer is not None:
                self._checkpointer.stop()
            self._line.let_go()
            self._dispose()

    @property
    def where(self) -> str:
        """The database for people, without its password."""
        return shown(self._url)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Everything as it is at one moment, from any thread; nothing can be changed."""
        with reported(self._url), self._reading.connect() as connection, connection.begin():
            yield Reader(connection)

    def write(self, fn: Callable[[Transaction], T]) -> T:
        """Run `fn` on the writer thread and return its answer once it is safely on disk.

        All of it happens or none; what `fn` raises is raised here. Not from within another write.
        """
        return self.submit(fn).result()

    def submit(self, fn: Callable[[Transaction], T]) -> Future[T]:
        """Like `write`, without waiting."""
        future: Future[T] = Future()
        self._writer.put(Job(fn, Answer(future)))
        return future

    def receive(self, events: Sequence[Event]) -> Future[int]:
        """Write events down; answers after the commit with how many of them were new."""
        future: Future[int] = Future()
        self._writer.put(Receipt([row_of(event) for event in events], Answer(future)))
        return future

    async def receive_async(self, events: Sequence[Event]) -> int:
        """Like `receive`, for a task of an asyncio loop."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._writer.put(Receipt([row_of(event) for event in events], Answer(future)))
        return await future

    def on_change(self, listener: Listener) -> None:
        """Tell `listener` after each commit which queues it gave work to.

        It is called on the writer thread and must only set a flag, never read or write.
        """
        self._listeners.append(listener)

    def acquire_lease(self, owner: str, seconds: float) -> int:
        """Become the daemon that writes, for `seconds` at a time; the epoch it is counted under.

        From then on every write is refused once the lease ended or another daemon took over.
        `StoreProblem` (`locked`) while another one has it; after a kill it is free at once.
        """

        def take(connection: Connection) -> Held:
            is_alone = self._line.seize()
            try:
                return lease.take(
                    connection, self._clock, owner=owner, seconds=seconds, is_alone=is_alone
                )
            except BaseException:
                self._line.let_go()
                raise

        return cast(Held, self._change_lease(take)).epoch

    def renew_lease(self) -> None:
        """Keep the lease for as long again; every third of its time is a good rhythm."""
        held = self._writer.held
        if held is None:
            raise StoreProblem(ProblemKind.LEASE_LOST, "there is no lease to renew: acquire one")
        self._line.seize()
        self._change_lease(lambda connection: lease.renew(connection, self._clock, held))

    def release_lease(self) -> None:
        """Let the next daemon have it now."""
        held = self._writer.held
        if held is not None:
            self._change_lease(lambda connection: lease.give_up(connection, held))
            self._line.let_go()

    def _change_lease(self, run: Callable[[Connection], Held | None]) -> Held | None:
        future: Future[Any] = Future()
        self._writer.put(LeaseChange(run, Answer(future)))
        return cast("Held | None", future.result())

    def _prepare(self) -> None:
        if self._scratch is not None:
            return
        # By a reader: a command that looks must not wait for a daemon that writes.
        found = version(self._reading, self._url)
        if found is None:
            with self._writing.begin() as connection:
                upgrade(connection)
        elif found < SCHEMA:
            raise StoreProblem(
                ProblemKind.OLDER,
                f"{self.where} has the shape {found} and this program wants {SCHEMA}: "
                "`deskmate run` brings it there after a backup",
            )

    def _start(self) -> None:
        if is_sqlite(self._url) and self._scratch is None:
            self._checkpointer = Checkpointer(file_of(self._url))
            self._checkpointer.start()
        self._writer.start()

    def _count(self, rows: int) -> None:
        if self._checkpointer is not None:
            self._checkpointer.wrote(rows)

    def _tell(self, touched: frozenset[Touched]) -> None:
        for listener in self._listeners:
            listener(touched)

    def _dispose(self) -> None:
        self._reading.dispose()
        self._writing.dispose()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _life_line(url: URL, engine: Engine, scratch: Path | None) -> LifeLine:
    if scratch is not None:
        return NoLine()
    return FileLine(lock_file(file_of(url))) if is_sqlite(url) else ServerLine(engine)


@cache
def _template() -> bytes:
    """An empty database of the present shape, made once and copied for each store of a moment."""
    with tempfile.TemporaryDirectory(prefix="deskmate-") as folder:
        path = Path(folder) / "template.sqlite"
        engine = writer_engine(parse(f"sqlite:///{path}"), is_durable=False)
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()
        return path.read_bytes()
