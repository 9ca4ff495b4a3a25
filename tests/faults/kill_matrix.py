# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the process at each step of ingest, decide, claim, send, record; counts what arrived.

    python tests/faults/kill_matrix.py --kills 200 --jobs 4

Each run is a process of its own on a store of its own: it takes three alerts in, decides, and
delivers to a Slack that can be read back and to a mail server that cannot; in every second run both
take a message now and then and lose the answer, or ask for patience. It kills itself (SIGKILL) at
one step; the next process goes on until nothing waits. Lost must be 0; a duplicate may come only
after "accepted, not recorded", one at the most, and none on Slack. Exits 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.ports import Delivered, Finding, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Outgoing
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.events import AlertReceived, AlertState, Event
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.world import World
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures, configure_logs

T = TypeVar("T")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STEPS = (
    "before ingest", "after ingest", "before decide", "after decide", "before claim", "after claim",
    "before send", "after send", "before record", "after record",
)  # fmt: skip
UNRECORDED = frozenset({"after send", "before record"})
"""Where the other side has taken a message that we have not written down as taken."""
POLICY = """
desk: matrix
people: {team: {slack: support, mail: team@acme.example}}
rules: {alerts: {event: alert, if: {alert.state: firing}, then: {tell: team}}}
"""
ALERTS = 3
LOSES_ONE_IN = 4
IS_BUSY_ONE_IN = 5
PATIENCE = 8.0
"""Seconds that a busy side asks for; the next look for a lost answer falls within them."""
ONCE_A_RUN = frozenset({"before ingest", "after ingest", "before decide", "after decide"})


class Killer:
    """Ends the process at the `nth` time that `step` is reached."""

    def __init__(self, step: str, nth: int) -> None:
        self._step, self._left = step, nth

    def at(self, step: str) -> None:
        if step != self._step:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(Store):
    """A store whose process may die before or after any of its commits."""

    killer: Killer

    def write(self, fn: Callable[[Transaction], T]) -> T:
        what = _step_of(fn)
        self.killer.at(f"before {what}")
        done = super().write(fn)
        self.killer.at(f"after {what}")
        return done

    def submit(self, fn: Callable[[Transaction], T]) -> Future[T]:
        what = _step_of(fn)
        if what != "decide":
            return super().submit(fn)
        self.killer.at("before decide")
        future = super().submit(fn)
        future.result()
        self.killer.at("after decide")
        return future


def _step_of(fn: Callable[..., object]) -> str:
    names = {"_claim": "claim", "_record": "record", "_submit": "decide"}
    inside = fn.__qualname__.split(".")
    return next((names[each] for each in inside if each in names), "other")


class OtherSide:
    """What people see: a file that each message is written to, and that outlives every process."""

    def __init__(self, path: Path, killer: Killer, seed: int) -> None:
        self._path, self._killer, self._chance = path, killer, random.Random(seed)
        self._loses = loses_answers(seed)

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        self._killer.at("before send")
        if self._loses and self._chance.randrange(IS_BUSY_ONE_IN) == 0:
            return TryLater("busy", PATIENCE)
        is_lost = self._loses and self._chance.randrange(LOSES_ONE_IN) == 0
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([outgoing.destination, outgoing.key, is_lost]) + "\n")
        self._killer.at("after send")
        if is_lost:
            return Unknown("the answer was lost")
        return Delivered(outgoing.key)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        if not outgoing.destination.startswith("slack:"):
            return Unknown("cannot be read back")
        found = (outgoing.destination, outgoing.key) in {tuple(row[:2]) for row in seen(self._path)}
        return Delivered(outgoing.key) if found else Refused("not there")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        return ()


def loses_answers(seed: int) -> bool:
    """Whether the other side loses answers in this run."""
    return seed % 2 == 1


def seen(path: Path) -> list[tuple[str, str, bool]]:
    """(destination, key, whether the answer was lost) of everything that arrived, in order."""
    if not path.exists():
        return []
    return [tuple(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def work(folder: Path, compiled: CompiledPolicy, killer: Killer, seed: int, at: datetime) -> None:
    """One process: takes the alerts in unless they are, decides, delivers until nothing waits."""
    clock = VirtualClock(at)
    world = World(clock)
    store = DyingStore.open(f"sqlite:///{folder / 'store.sqlite'}", clock=clock)
    store.killer = killer
    store.acquire_lease(f"process-{os.getpid()}", 3600)
    now = clock.now()
    store.write(lambda tx: (tx.inbox.free_claims(now), tx.outbox.doubt_claims(now)))
    killer.at("before ingest")
    store.receive([_alert(number) for number in range(ALERTS)]).result()
    killer.at("after ingest")
    figures = Figures()
    inbox = Inbox(
        store, lambda: compiled, FakeHelpdesk(world, compiled.policy.helpdesk), clock, figures
    )
    outbox = Outbox(store, clock, figures, chance=random.Random(seed))
    other = OtherSide(folder / "arrived", killer, seed)
    for _ in range(100):
        worked = [inbox.handle(), outbox.tend()]
        worked += [outbox.deliver(kind, other) for kind in ("slack:", "mail:")]
        with store.read() as reader:
            waiting = [each for each in reader.outbox.waiting() if each != "helpdesk"]
        if not any(worked) and not waiting:
            break
        clock.move_to(clock.now() + timedelta(seconds=2))
    store.close()


def _alert(number: int) -> Event:
    fact = AlertReceived(AlertState.FIRING, "disk full", "monitoring", host=f"db{number}")
    return Event(f"alert/{number}", f"alert/disk-full-{number}", NOON, "door", fact)


def run(compiled: CompiledPolicy, step: str, seed: int) -> Counter[str]:
    """Kill one process at a step, let the next ones finish, and count what arrived."""
    folder = Path(tempfile.mkdtemp(prefix="matrix-"))
    nth = 1 if step in ONCE_A_RUN else random.Random(seed).randrange(2) + 1
    at, was_killed = NOON, False
    for attempt in range(6):
        killer = Killer(step, nth if attempt == 0 else 0)
        status = _in_a_process(lambda k=killer, a=at: work(folder, compiled, k, seed, a))
        at += timedelta(seconds=90)
        if os.WIFSIGNALED(status):
            was_killed = True
            continue
        if os.WEXITSTATUS(status):
            raise RuntimeError(f"a process failed at {step!r}, seed {seed}")
        break
    arrived = seen(folder / "arrived")
    shutil.rmtree(folder)
    mails = [row for row in arrived if row[0].startswith("mail")]
    slacks = [row for row in arrived if row[0].startswith("slack")]
    # One duplicate at the most for each lost answer and for a kill between taken and recorded.
    allowed = sum(is_lost for _, _, is_lost in mails) + (step in UNRECORDED)
    return Counter(
        killed=was_killed,
        lost=2 * ALERTS - len({row[:2] for row in arrived}),
        mail_twice=(twice := _twice(mails)),
        slack_twice=_twice(slacks),
        unexplained=max(0, twice - allowed),
    )


def _twice(arrived: list[tuple[str, str, bool]]) -> int:
    return len(arrived) - len({key for _, key, _ in arrived})


def _in_a_process(do: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            do()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200, help="processes killed at each step")
    parser.add_argument("--jobs", type=int, default=2, help="runs at the same time")
    asked = parser.parse_args()
    configure_logs("text", "error")
    _compiled()  # before the pool is made, so that its processes share it
    runs = [(step, seed) for step in STEPS for seed in range(asked.kills)]
    total: Counter[str] = Counter()
    print(f"{'step':<15}{'killed':>8}{'lost':>6}{'mail twice':>12}{'slack twice':>13}", flush=True)
    with multiprocessing.get_context("fork").Pool(asked.jobs) as pool:
        results = pool.imap(_run_one, runs)
        for step in STEPS:
            found = sum(islice(results, asked.kills), Counter())
            print(f"{step:<15}{found['killed']:>8}{found['lost']:>6}{found['mail_twice']:>12}"
                  f"{found['slack_twice']:>13}", flush=True)  # fmt: skip
            total += found
    print(
        f"lost {total['lost']}, twice on Slack {total['slack_twice']}, mails twice "
        f"{total['mail_twice']}, of them without a lost answer or a kill between taken and "
        f"recorded {total['unexplained']}"
    )
    is_kept = not any(total[each] for each in ("lost", "unexplained", "slack_twice"))
    return 0 if is_kept and total["killed"] == len(runs) else 1


def _run_one(which: tuple[str, int]) -> Counter[str]:
    step, seed = which
    return run(_compiled(), step, seed)


@cache
def _compiled() -> CompiledPolicy:
    with tempfile.TemporaryDirectory(prefix="matrix-policy-") as name:
        (Path(name) / "rules.yaml").write_text(POLICY, encoding="utf-8")
        loaded = load_policy(Path(name), this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return compile_policy(loaded.policy)


if __name__ == "__main__":
    sys.exit(main())
