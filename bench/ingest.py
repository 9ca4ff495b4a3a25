# SPDX-License-Identifier: GPL-3.0-or-later
"""How many webhooks a second are answered durably, beside the two usual ways to receive them.

python bench/ingest.py [--rounds 5] [--seconds 3] [--connections 32]
Needs the `bench` extra. Exits 1 when a goal is missed: three times Starlette committing per
request, and a tenth of either p99.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECEIVERS = ("flask", "starlette", "deskmate")
TITLES = {
    "flask": "(a) flask on waitress, a commit per request",
    "starlette": "(b) starlette on uvicorn, a commit per request in a thread",
    "deskmate": "deskmate: starlette on uvicorn, one writer",
}
SETTLED_WITHIN = 1.5
TIMES_STARLETTE = 3.0
SHARE_OF_P99 = 0.1


@dataclass(frozen=True, slots=True)
class Round:
    """What one receiver did in one round; latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    worst_ms: float


def measure(receiver: str, *, seconds: float, connections: int) -> Round:
    """Start a receiver, load it, stop it, and check that every answer has its row."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "bench.sqlite"
        server = subprocess.Popen(
            [sys.executable, str(HERE / "ingest_servers.py"), receiver, str(path)],
            stdout=subprocess.PIPE,
        )
        assert server.stdout is not None
        try:
            port = server.stdout.readline().decode().strip()
            command = [str(HERE / "ingest_load.py"), port, str(connections), str(seconds)]
            time.sleep(SETTLED_WITHIN)
            load = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, check=True)
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
        figures = json.loads(load.stdout)
        with closing(sqlite3.connect(path)) as database:
            (rows,) = database.execute("SELECT count(*) FROM inbox").fetchone()
    if figures["wrong"]:
        sys.exit(f"{receiver} answered wrongly: {figures['wrong']}")
    if rows < figures["answered"]:
        sys.exit(f"{receiver} answered {figures['answered']} and kept {rows}: not durable")
    names = ("per_second", "p50_ms", "p99_ms", "worst_ms")
    return Round(*(figures[name] for name in names))


def median(rounds: list[Round]) -> Round:
    """The median of each figure."""
    return Round(
        statistics.median(each.per_second for each in rounds),
        statistics.median(each.p50_ms for each in rounds),
        statistics.median(each.p99_ms for each in rounds),
        statistics.median(each.worst_ms for each in rounds),
    )


def report(medians: dict[str, Round]) -> bool:
    """Print the table and whether the goals are met."""
    print(f"{'receiver':60} {'answers/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'worst':>8}")
    for name in RECEIVERS:
        each = medians[name]
        latencies = f"{each.p50_ms:8.1f} {each.p99_ms:8.1f} {each.worst_ms:8.1f}"
        print(f"{TITLES[name]:60} {each.per_second:10.0f} {latencies}")
    ours = medians["deskmate"]
    times = ours.per_second / medians["starlette"].per_second
    shares = {name: ours.p99_ms / medians[name].p99_ms for name in RECEIVERS if name != "deskmate"}
    is_fast = times >= TIMES_STARLETTE
    is_even = max(shares.values()) <= SHARE_OF_P99
    print(f"{ours.per_second / medians['flask'].per_second:.1f} times (a)")
    print(f"{times:.1f} times (b); goal {TIMES_STARLETTE:.0f}: {_verdict(is_fast)}")
    for name, share in shares.items():
        verdict = _verdict(share <= SHARE_OF_P99)
        print(f"p99 is {share:.2f} of {name}'s; goal {SHARE_OF_P99}: {verdict}")
    return is_fast and is_even


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def main() -> int:
    """Let the receivers take turns, then compare medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    rounds: dict[str, list[Round]] = {name: [] for name in RECEIVERS}
    for number in range(options.rounds):
        for name in RECEIVERS:
            done = measure(name, seconds=options.seconds, connections=options.connections)
            rounds[name].append(done)
            print(f"round {number + 1}, {name}: {done.per_second:.0f}/s, p99 {done.p99_ms:.1f} ms")
    return 0 if report({name: median(each) for name, each in rounds.items()}) else 1


if __name__ == "__main__":
    sys.exit(main())
