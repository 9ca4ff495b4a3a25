# SPDX-License-Identifier: GPL-3.0-or-later
"""What was acknowledged is there after a SIGKILL, and nothing half done."""

from __future__ import annotations

import subprocess
import sys

import pytest
from store_samples import NOON

from bot.clock import VirtualClock
from bot.store.store import Store

CHILD = """
import sys, threading
from bot.clock import SystemClock
from bot.rules.actions import Timer
from bot.rules.events import Event, TicketGone
from bot.store.store import Store
from store_samples import NOON

store = Store.open(sys.argv[1], clock=SystemClock())
store.acquire_lease("child", 3600)
lock = threading.Lock()

def both(tx, key):
    tx.cursors.set("last", key)
    tx.timers.set(Timer(key, "r", NOON, None))
    tx.timers.set(Timer(key + "/twin", "r", NOON, None))

def work(name):
    for number in range(10**6):
        key = f"{name}/{number}"
        store.receive([Event(key, name, NOON, "webhook", TicketGone(1, "deleted"))]).result()
        store.write(lambda tx: both(tx, key))
        with lock:
            print(key, flush=True)

threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
for thread in threads:
    thread.start()
"""


@pytest.mark.parametrize("acknowledged_before_the_kill", [3, 40, 150])
def test_what_was_acknowledged_survives_a_kill(
    lasting_url: str, clock: VirtualClock, acknowledged_before_the_kill: int
) -> None:
    """Four threads write, the process is killed in the middle: every answered write is there."""
    Store.open(lasting_url, clock=clock).close()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, lasting_url],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
    )
    assert child.stdout is not None
    with child.stdout as answers:
        acknowledged = [answers.readline() for _ in range(acknowledged_before_the_kill)]
        child.kill()
        acknowledged += answers.readlines()
    child.wait(10)
    keys = {line.decode().strip() for line in acknowledged if line.endswith(b"\n")}

    with Store.open(lasting_url, clock=clock) as store, store.read() as reader:
        timers = {timer.key for timer in reader.timers.due(NOON, 10**6)}
        events = {key for key in keys if reader.inbox.by_key(key) is not None}
    assert len(keys) >= acknowledged_before_the_kill
    assert (keys - events, keys - timers) == (set(), set())
    assert {key for key in timers if "/twin" not in key} == {
        key.removesuffix("/twin") for key in timers if "/twin" in key
    }
