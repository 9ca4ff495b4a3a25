# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds and fires timers beside APScheduler's SQL store, with a million others open.

    python bench/timers.py [--open 1000000]

Ours is the store of the daemon: SQLite, WAL, synchronous=FULL, one writer. APScheduler keeps its
jobs by SQLAlchemy in SQLite, with its defaults, and once more with our settings; its scheduler
runs, and as many jobs are open as timers (--theirs-empty: none, and the scheduler is paused).
Rounds are interleaved, since a disk's moods are the largest part of all figures: a bare fsync is
printed beside them. Lag is from due to durably marked as fired. Exit 1 when an aim is missed:
adding one 4 times faster than its defaults, in batches 25 times, p99 of the lag at most 5 ms,
memory at most 10 MiB more.
"""

from __future__ import annotations

import argparse
import os
import pickle
import resource
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import event

from bot.clock import SystemClock
from bot.rules.actions import Timer
from bot.store.store import Store
from bot.store.transaction import Transaction

BATCH = 100
FIRING, RATE = 4_000, 500


def timer(number: int, due_at: datetime) -> Timer:
    """One timer like a ticket's warning."""
    detail = {"clock": "first_response", "cycle": "1", "share": "0.750"}
    return Timer(f"clock/{number}/first_response/1/warning", "sla_warning", due_at, None, detail)


def set_all(tx: Transaction, timers: list[Timer]) -> None:
    """Set every timer in one transaction."""
    for each in timers:
        tx.timers.set(each)


def nothing() -> None:
    """What APScheduler's jobs do."""


def fill(store: Store, count: int) -> None:
    """Open `count` timers that are due in a year."""
    far = datetime.now(UTC) + timedelta(days=365)
    for first in range(0, count, 5_000):
        timers = [timer(n, far) for n in range(first, min(first + 5_000, count))]
        store.write(lambda tx, batch=timers: set_all(tx, batch))


def adding(store: Store, count: int, *, batch: int, first: int) -> float:
    """Microseconds to add one timer, durably, `batch` to a commit; numbered from `first`."""
    far = datetime.now(UTC) + timedelta(days=300)
    base = 10_000_000 * batch + first
    began = time.perf_counter()
    for begin in range(0, count, batch):
        timers = [timer(base + n, far) for n in range(begin, begin + batch)]
        store.write(lambda tx, each=timers: set_all(tx, each))
    return (time.perf_counter() - began) / count * 1e6


class Theirs:
    """APScheduler with its SQL store in a file of its own."""

    def __init__(self, file: Path, *, like_ours: bool, already_open: int) -> None:
        """`like_ours`: WAL and synchronous=FULL instead of its defaults."""
        self._jobs = _job_store(file, like_ours=like_ours)
        self._scheduler = BackgroundScheduler(jobstores={"default": self._jobs})
        self._scheduler.start(paused=not already_open)
        self._added = 0
        self.add(1)
        self._fill(already_open)

    def add(self, count: int) -> float:
        """Microseconds to add one job that is due in 300 days."""
        far = datetime.now(UTC) + timedelta(days=300)
        began = time.perf_counter()
        for _ in range(count):
            self._added += 1
            self._scheduler.add_job(
                "bench.timers:nothing", "date", run_date=far, id=f"one-{self._added}"
            )
        return (time.perf_counter() - began) / count * 1e6

    def stop(self) -> None:
        """End its thread."""
        self._scheduler.shutdown()

    def _fill(self, count: int) -> None:
        """Write rows like the first job's straight into its table, as its own way takes minutes."""
        state = self._jobs.lookup_job("one-1").__getstate__()
        far = state["next_run_time"].timestamp()
        with self._jobs.engine.begin() as connection:
            for first in range(0, count, 10_000):
                numbers = range(first, min(first + 10_000, count))
                rows = [
                    {"id": f"{n}", "next_run_time": far + n,
                     "job_state": pickle.dumps({**state, "id": f"{n}"}, pickle.HIGHEST_PROTOCOL)}
                    for n in numbers
                ]  # fmt: skip
                connection.execute(self._jobs.jobs_t.insert(), rows)


def _job_store(file: Path, *, like_ours: bool) -> SQLAlchemyJobStore:
    jobs = SQLAlchemyJobStore(url=f"sqlite:///{file}")
    if like_ours:

        @event.listens_for(jobs.engine, "connect")
        def settings(connection: object, _record: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]
            connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]

    return jobs


def syncing(folder: Path) -> float:
    """Microseconds of a bare write of 16 KiB with its fsync."""
    with (folder / "synced").open("wb", buffering=0) as target:
        began = time.perf_counter()
        for _ in range(200):
            target.write(b"x" * 16_384)
            os.fsync(target.fileno())
        return (time.perf_counter() - began) / 200 * 1e6


def lags(store: Store) -> list[float]:
    """Milliseconds from due to durably marked as fired, for timers that come at `RATE` a second."""
    clock, wake = SystemClock(), threading.Event()
    store.on_change(lambda _touched: wake.set())
    start = clock.now() + timedelta(seconds=1)
    timers = [timer(900_000_000 + n, start + timedelta(seconds=n / RATE)) for n in range(FIRING)]
    store.write(lambda tx: set_all(tx, timers))
    found: list[float] = []
    while len(found) < FIRING:
        wake.clear()
        now = clock.now()
        with store.read() as reader:
            due = reader.timers.due(now, 200)
            next_due = None if due else reader.timers.next_due()
        if due:
            store.write(
                lambda tx, rows=due, at=now: [tx.timers.mark_fired(t.key, at) for t in rows]
            )
            done = clock.now()
            found += [(done - each.due_at).total_seconds() * 1e3 for each in due]
        elif next_due is not None:
            clock.wait(wake, (next_due - clock.now()).total_seconds())
    return found


def memory() -> float:
    """MiB of this process at its highest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure, print, say which aims were met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--theirs-empty", action="store_true")
    options = parser.parse_args()
    already_open = 0 if options.theirs_empty else options.open
    ones, batches, defaults, equals, syncs = [], [], [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/ours.sqlite3"
        with Store.open(url, clock=SystemClock()) as store:
            fill(store, 5_000)
            before = memory()
            fill(store, options.open)
            grown = memory() - before
        default_jobs = Theirs(folder / "1.sqlite3", like_ours=False, already_open=already_open)
        equal_jobs = Theirs(folder / "2.sqlite3", like_ours=True, already_open=already_open)
        with Store.open(url, clock=SystemClock()) as store:
            for number in range(options.rounds):
                syncs.append(syncing(folder))
                ones.append(adding(store, 200, batch=1, first=number * 200))
                defaults.append(default_jobs.add(200))
                equals.append(equal_jobs.add(200))
                batches.append(adding(store, 5_000, batch=BATCH, first=number * 5_000))
            lag = sorted(lags(store))
        default_jobs.stop()
        equal_jobs.stop()
    one, batched = statistics.median(ones), statistics.median(batches)
    default, equal = statistics.median(defaults), statistics.median(equals)
    p99 = lag[int(len(lag) * 0.99)]
    print(f"{options.open:,} timers open, {already_open:,} jobs; us to add one durably:")
    print(f"  a bare fsync of 16 KiB         {statistics.median(syncs):>8.0f}")
    print(f"  ours, a commit each            {one:>8.0f}")
    print(f"  ours, {BATCH} to a commit          {batched:>8.0f}")
    print(f"  APScheduler, its defaults      {default:>8.0f}  ({default / one:.1f}x, batches "
          f"{default / batched:.1f}x)")  # fmt: skip
    print(f"  APScheduler, WAL and FULL      {equal:>8.0f}  ({equal / one:.1f}x, batches "
          f"{equal / batched:.1f}x)")  # fmt: skip
    print(
        f"lag at {RATE}/s, due to marked: median {statistics.median(lag):.1f} ms, p99 {p99:.1f} ms"
    )
    print(f"memory grew by {grown:.1f} MiB while {options.open:,} were opened")
    met = default / one >= 4 and default / batched >= 25 and p99 <= 5 and grown <= 10
    print("aims met" if met else "an aim was missed")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
