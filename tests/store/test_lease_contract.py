# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps two daemons from writing to one store."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from store_samples import event

from bot.clock import VirtualClock
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.store import Store

HOLDER = """
import sys
from bot.clock import SystemClock
from bot.store.store import Store
store = Store.open(sys.argv[1], clock=SystemClock())
store.acquire_lease("killed", 3600)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def two_stores(url: str, clock: VirtualClock) -> Iterator[tuple[Store, Store]]:
    with Store.open(url, clock=clock) as one, Store.open(url, clock=clock) as other:
        yield one, other


def write(store: Store, value: str) -> None:
    store.write(lambda tx: tx.cursors.set("a", value))


def test_second_daemon_is_told_who_runs(lasting_url: str, clock: VirtualClock) -> None:
    """While one daemon lives another one cannot become active, and is told by whom."""
    with two_stores(lasting_url, clock) as (one, other):
        one.acquire_lease("desk-1", 15)

        with pytest.raises(StoreProblem, match="desk-1") as caught:
            other.acquire_lease("desk-2", 15)
        assert caught.value.kind is ProblemKind.LOCKED


def test_frozen_daemon_writes_nothing_after_its_lease(
    lasting_url: str, clock: VirtualClock
) -> None:
    """A daemon that stood still past its lease is refused, whoever asks it to write."""
    with Store.open(lasting_url, clock=clock) as store:
        store.acquire_lease("desk-1", 15)
        write(store, "in time")
        clock.advance(timedelta(seconds=15))

        with pytest.raises(StoreProblem) as caught:
            write(store, "too late")
        with pytest.raises(StoreProblem):
            store.receive([event("e")]).result()
        assert caught.value.kind is ProblemKind.LEASE_LOST
        with store.read() as reader:
            assert reader.cursors.get("a") == "in time"


def test_silent_daemon_is_replaced_and_stays_out(lasting_url: str, clock: VirtualClock) -> None:
    """When a lease ends the next daemon takes over; the old one can neither write nor renew."""
    with two_stores(lasting_url, clock) as (one, other):
        first = one.acquire_lease("desk-1", 15)
        clock.advance(timedelta(seconds=16))
        second = other.acquire_lease("desk-2", 15)
        write(other, "new")

        with pytest.raises(StoreProblem):
            write(one, "old")
        with pytest.raises(StoreProblem) as caught:
            one.renew_lease()
        assert caught.value.kind is ProblemKind.LEASE_LOST
        assert second > first


def test_epoch_is_checked_even_if_the_clock_stands(lasting_url: str, clock: VirtualClock) -> None:
    """A daemon whose own clock says all is well is still refused once another took over."""
    behind = VirtualClock(clock.now())
    with (
        Store.open(lasting_url, clock=behind) as one,
        Store.open(lasting_url, clock=clock) as other,
    ):
        one.acquire_lease("desk-1", 15)
        clock.advance(timedelta(seconds=16))
        other.acquire_lease("desk-2", 15)

        with pytest.raises(StoreProblem, match="took over"):
            write(one, "old")


def test_renewed_lease_goes_on(store: Store, clock: VirtualClock) -> None:
    """A daemon that renews in time writes for as long as it likes."""
    store.acquire_lease("desk-1", 15)
    for _ in range(5):
        clock.advance(timedelta(seconds=10))
        store.renew_lease()
        write(store, "still here")


def test_released_lease_is_free_at_once(lasting_url: str, clock: VirtualClock) -> None:
    """A daemon that ends in order leaves the store to the next one without a wait."""
    with two_stores(lasting_url, clock) as (one, other):
        one.acquire_lease("desk-1", 3600)
        one.release_lease()

        other.acquire_lease("desk-2", 3600)
        write(other, "mine")


def test_killed_daemon_is_replaced_at_once(lasting_url: str, clock: VirtualClock) -> None:
    """After a SIGKILL a restart need not wait for the dead daemon's lease to end."""
    Store.open(lasting_url, clock=clock).close()
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, lasting_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    with child.stdout, child.stdin, Store.open(lasting_url, clock=clock) as store:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(StoreProblem):
            store.acquire_lease("desk-2", 15)

        child.kill()
        child.wait(10)

        assert _acquired(store) == 2


def _acquired(store: Store) -> int:
    # PostgreSQL frees a dead session's lock when it sees the broken socket, a moment later.
    for _ in range(200):
        try:
            return store.acquire_lease("desk-2", 15)
        except StoreProblem:
            continue
    raise AssertionError("the dead daemon still holds the store")
