# SPDX-License-Identifier: GPL-3.0-or-later
"""What the one writer promises to everybody who writes at once."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest
from store_samples import NOON, event, later, outgoing, timer

from bot.clock import VirtualClock
from bot.rules.outcome import Delivered
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.queues import Touched
from bot.store.store import Store
from bot.store.transaction import Transaction


class Jam:
    """A job that keeps the writer busy until it is let go, so that work piles up behind it."""

    def __init__(self, store: Store) -> None:
        self._entered, self._gate = threading.Event(), threading.Event()
        self._future = store.submit(self._run)
        assert self._entered.wait(10)

    def _run(self, _tx: Transaction) -> None:
        self._entered.set()
        assert self._gate.wait(10)

    def let_go(self) -> None:
        self._gate.set()
        self._future.result(10)


def test_failing_job_spoils_no_other(store: Store) -> None:
    """Of jobs committed together only the failing one is undone, and only its caller hears."""

    def fails(tx: Transaction) -> None:
        tx.cursors.set("b", "written, then undone")
        raise LookupError("a bug")

    jam = Jam(store)
    good = store.submit(lambda tx: tx.cursors.set("a", "1"))
    bad = store.submit(fails)
    received = store.receive([event("e")])
    last = store.submit(lambda tx: tx.cursors.set("c", "3"))
    jam.let_go()

    with pytest.raises(LookupError, match="a bug"):
        bad.result(10)
    assert (good.result(10), last.result(10), received.result(10)) == (None, None, 1)
    with store.read() as reader:
        assert [reader.cursors.get(name) for name in "abc"] == ["1", None, "3"]


def test_broken_statement_spoils_no_other(store: Store) -> None:
    """A job that the database itself refuses leaves the rest of its group whole."""
    jam = Jam(store)
    bad = store.submit(lambda tx: tx.tickets.save_clocks("no such ticket", {"a": {}}))
    good = store.submit(lambda tx: tx.cursors.set("a", "1"))
    jam.let_go()

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        bad.result(10)
    good.result(10)
    with store.read() as reader:
        assert reader.cursors.get("a") == "1"


def test_writers_are_committed_together(store: Store) -> None:
    """Whatever waits is one commit: listeners hear of a pile of work once."""
    heard: list[frozenset[Touched]] = []
    jam = Jam(store)
    store.on_change(heard.append)
    waiting: list[Future[int]] = [store.receive([event(str(n))]) for n in range(100)]
    jam.let_go()

    assert sum(each.result(10) for each in waiting) == 100
    store.write(lambda tx: None)
    assert heard == [frozenset({Touched.INBOX})]


def test_listeners_hear_who_got_work(store: Store) -> None:
    """Only a commit that gave a queue something to do wakes anybody."""
    store.write(lambda tx: tx.outbox.add(outgoing("sent"), NOON))
    heard: list[frozenset[Touched]] = []
    store.on_change(heard.append)

    store.write(lambda tx: tx.cursors.set("a", "1"))
    store.write(lambda tx: tx.timers.set(timer("t", NOON)))
    store.write(lambda tx: tx.outbox.add(outgoing("sent"), NOON))
    claimed = store.write(
        lambda tx: tx.outbox.claim(destination_prefix="", now=NOON, lease_seconds=9, limit=1)
    )
    store.write(lambda tx: tx.outbox.record(claimed[0].row_id, Delivered(), NOON))
    store.write(lambda tx: None)

    assert heard == [frozenset({Touched.TIMERS}), frozenset({Touched.OUTBOX})]


def test_undone_job_wakes_nobody(store: Store) -> None:
    """A job that fails gave nobody work."""
    heard: list[frozenset[Touched]] = []
    store.on_change(heard.append)

    def fails(tx: Transaction) -> None:
        tx.inbox.add(event("e"))
        raise LookupError

    with pytest.raises(LookupError):
        store.write(fails)

    store.write(lambda tx: None)
    assert heard == []


def test_reader_sees_one_moment(lasting_url: str, clock: VirtualClock) -> None:
    """What is committed while somebody reads stays out of sight until they read anew."""
    with Store.open(lasting_url, clock=clock) as store:
        store.write(lambda tx: tx.cursors.set("a", "1"))
        with store.read() as reader:
            before = reader.cursors.get("a")
            store.write(lambda tx: tx.cursors.set("a", "2"))
            assert (before, reader.cursors.get("a")) == ("1", "1")
        with store.read() as reader:
            assert reader.cursors.get("a") == "2"


def test_write_within_a_write_is_a_bug(store: Store) -> None:
    """A job that waits for its own thread is told so instead of standing still."""
    with pytest.raises(RuntimeError, match="within a write"):
        store.write(lambda tx: store.write(lambda inner: None))


def test_caller_who_gave_up_stops_nobody(store: Store) -> None:
    """A task that was cancelled while it waited leaves its rows written and the writer going."""

    async def give_up() -> None:
        task = asyncio.create_task(store.receive_async([event("a")]))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    jam = Jam(store)
    asyncio.run(give_up())
    jam.let_go()

    assert store.write(lambda tx: tx.inbox.waiting()) == 1


def test_closed_store_says_so(url: str, clock: VirtualClock) -> None:
    """What waits is written before a store closes; what comes later is refused, not lost."""
    store = Store.open(url, clock=clock)
    jam = Jam(store)
    waiting = store.receive([event("a")])
    closing = threading.Thread(target=store.close)
    closing.start()
    jam.let_go()
    closing.join(10)

    assert waiting.result(10) == 1
    with pytest.raises(StoreProblem) as caught:
        store.write(lambda tx: None)
    assert caught.value.kind is ProblemKind.CLOSED
    store.close()


def test_store_of_a_moment_leaves_nothing(clock: VirtualClock) -> None:
    """A store of a moment ends with its files."""
    store = Store.open("sqlite://", clock=clock)
    folder = Path(store.where.removeprefix("sqlite:///")).parent
    was_there = folder.exists()
    store.close()

    assert (was_there, folder.exists()) == (True, False)


def test_many_threads_lose_nothing(store: Store) -> None:
    """Eight threads that write and receive at once each find all of theirs."""

    def work(name: str) -> None:
        for number in range(25):
            store.receive([event(f"{name}/{number}", name)]).result(30)
            store.write(lambda tx, n=number: tx.timers.set(timer(f"{name}/{n}", later(n))))

    threads = [threading.Thread(target=work, args=(f"s{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with store.read() as reader:
        assert (reader.inbox.waiting(), reader.timers.running()) == (200, 200)
