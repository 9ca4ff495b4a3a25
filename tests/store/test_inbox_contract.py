# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inbox promises, on every database."""

from __future__ import annotations

import asyncio

from store_samples import NOON, event, later

from bot.rules.events import Event, Unreadable
from bot.store.inbox_queue import PARK_AFTER
from bot.store.queues import Claimed, InboxState
from bot.store.store import Store


def claim(store: Store, seconds: float = 0, limit: int = 10) -> list[Claimed]:
    return store.write(lambda tx: tx.inbox.claim(now=later(seconds), lease_seconds=30, limit=limit))


def keys(claimed: list[Claimed]) -> list[str]:
    return [each.event.key for each in claimed]


def test_event_is_written_down_once(store: Store) -> None:
    """The same event, however often and by whatever way, is one row."""
    first = store.receive([event("a"), event("b"), event("a")]).result()
    again = store.receive([event("b"), event("c")]).result()
    by_hand = store.write(lambda tx: tx.inbox.add(event("c")))

    assert (first, again, by_hand) == (2, 1, False)
    with store.read() as reader:
        assert reader.inbox.waiting() == 3


def test_deliveries_of_one_moment_are_counted_apart(store: Store) -> None:
    """Who sent an event first hears that it was new, who repeated it that it was not."""
    waiting = [store.receive([event(key)]) for key in ("a", "b", "a", "c", "b")]

    assert [each.result() for each in waiting] == [1, 1, 0, 1, 0]


def test_web_door_is_answered_after_the_commit(store: Store) -> None:
    """A task of an event loop hears of its rows when they can be read."""

    async def deliver() -> list[int]:
        return await asyncio.gather(*(store.receive_async([event(str(n))]) for n in range(40)))

    counts = asyncio.run(deliver())

    assert counts == [1] * 40
    with store.read() as reader:
        assert reader.inbox.waiting() == 40


def test_no_text_is_too_strange_to_store(store: Store) -> None:
    """A delivery with NUL, half characters and an endless key comes back as it came."""
    odd = Event("k\0\ud800" * 900, "s\0", NOON, "webhook", Unreadable("w", "\0", "\ud83d\0é🔥"))

    store.receive([odd]).result()

    assert [each.event for each in claim(store)] == [odd]
    with store.read() as reader:
        assert reader.inbox.by_key(odd.key) is not None


def test_oldest_event_of_each_stream_is_claimed(store: Store) -> None:
    """Streams go side by side; within a stream nothing overtakes."""
    store.receive([event("a1", "a"), event("a2", "a"), event("b1", "b"), event("c1", "c")]).result()

    first, second = claim(store, limit=2), claim(store, limit=10)

    assert keys(first) == ["a1", "b1"]
    assert keys(second) == ["c1"]


def test_settled_event_makes_room_for_the_next(store: Store) -> None:
    """When one event is handled, the next one of its stream may be claimed."""
    store.receive([event("a1", "a"), event("a2", "a")]).result()
    claimed = claim(store)[0]

    is_first = store.write(lambda tx: tx.inbox.settle(claimed.row_id, "decided", NOON))
    is_second = store.write(lambda tx: tx.inbox.settle(claimed.row_id, "decided", NOON))

    assert (is_first, is_second) == (True, False)
    assert keys(claim(store)) == ["a2"]
    with store.read() as reader:
        row = reader.inbox.by_key("a1")
    assert row is not None
    assert (row.state, row.outcome, row.settled_at) == (InboxState.SETTLED, "decided", NOON)


def test_crash_gives_the_event_back(store: Store) -> None:
    """An event whose handler vanished is claimed again when its lease ends, not before."""
    store.receive([event("a")]).result()

    first, early, late = claim(store), claim(store, 29), claim(store, 30)

    assert (keys(first), keys(early), keys(late)) == (["a"], [], ["a"])
    assert late[0].attempts == 2


def test_failed_event_waits_and_holds_its_stream(store: Store) -> None:
    """A failed event comes back at its time; what follows it waits with it."""
    store.receive([event("a1", "a"), event("a2", "a")]).result()
    claimed = claim(store)[0]
    store.write(lambda tx: tx.inbox.fail(claimed.row_id, "no answer", retry_at=later(10)))

    early, late = claim(store, 9), claim(store, 10)

    assert (keys(early), keys(late)) == ([], ["a1"])


def test_event_that_always_fails_is_parked(store: Store) -> None:
    """After enough tries an event waits for a person and its stream goes on."""
    store.receive([event("bad", "a"), event("good", "a")]).result()

    for _ in range(PARK_AFTER):
        row_id = claim(store)[0].row_id
        store.write(lambda tx, row_id=row_id: tx.inbox.fail(row_id, "a bug", retry_at=NOON))

    assert keys(claim(store)) == ["good"]
    with store.read() as reader:
        assert [row.reason for row in reader.inbox.parked()] == ["a bug"]


def test_parked_event_gets_another_try(store: Store) -> None:
    """A person can send a parked event round again."""
    store.receive([event("a")]).result()
    row_id = claim(store)[0].row_id
    store.write(lambda tx: tx.inbox.park(row_id, "a bug", now=NOON))

    assert claim(store, 99) == []
    assert store.write(lambda tx: tx.inbox.unpark(row_id))
    assert keys(claim(store, 99)) == ["a"]


def test_inbox_says_when_to_look_again(store: Store) -> None:
    """The next retry or ended lease is known, so that nobody has to poll."""
    store.receive([event("a", "a"), event("b", "b")]).result()
    first = claim(store)[0]
    store.write(lambda tx: tx.inbox.fail(first.row_id, "busy", retry_at=later(12)))

    with store.read() as reader:
        assert reader.inbox.next_due() == later(12)
        assert reader.inbox.oldest_waiting() == NOON
