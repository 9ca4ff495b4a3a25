# SPDX-License-Identifier: GPL-3.0-or-later
"""Times deciding by many rules beside three rule engines, and compares every answer.

    pip install -e '.[bench]' -c constraints.txt
    python -m bench.rules            # a quarter of an hour; --quick for a minute

2,000 tickets of about 1.6 KB; 10, 100, 1,000 and 5,000 mixed rules, then rules that each concern
one customer. Ours begins with the text as the customer wrote it (`whole`) or, as the peers do, with
the text made ready (`ready`). Peers are timed on a sample of the tickets, because a whole run would
take hours. CPU time per ticket, the best of rounds that take turns. Exit 1 when an aim is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.rules_corpus import Corpus, Sample, Wanted
from bench.rules_engines import BUILDS, PEERS, Engine, Prepared, made_ready, ours

SIZES = (10, 100, 1_000, 5_000)
TICKETS = 2_000
PEER_SECONDS = 6.0
"""About so long a peer is timed per size and round."""
ROUNDS = 3
AIMS = {"stdlib": 35, "ahocorasick": 60, "set": 60}
GROWTH = {"stdlib": 15, "ahocorasick": 30, "set": 30}
SCOPED_GROWTH = 2


@dataclass
class Timing:
    """The best CPU time per ticket, in microseconds, and how many tickets gave it."""

    microseconds: float
    tickets: int


def best(run: Callable[[Sequence[Prepared]], object], given: Callable[[], Sequence[Prepared]],
         rounds: int) -> Timing:  # fmt: skip
    """The best of some rounds; each begins with tickets that nobody has looked at."""
    found = []
    for _ in range(rounds):
        tickets = given()
        began = time.process_time()
        run(tickets)
        found.append((time.process_time() - began) / len(tickets) * 1e6)
    return Timing(min(found), len(given()))


def answers(engine: Engine, tickets: Sequence[Prepared]) -> list[set[int]]:
    """The rules that hold for each ticket."""
    return [engine(ticket) for ticket in tickets]


class Run:
    """One size: every engine on the same rules and tickets."""

    def __init__(self, rules: list[Wanted], tickets: list[Sample], *, quick: bool) -> None:
        """Compile everything."""
        self.tickets = tickets
        self.rounds = 1 if quick else ROUNDS
        self.peer_seconds = 0.5 if quick else PEER_SECONDS
        self.engines = {build: ours(rules, build) for build in BUILDS}
        self.peers = {name: make(rules) for name, make in PEERS.items()}
        self.times: dict[str, Timing] = {}
        self.wrong = 0
        self.matches = 0.0

    def measure(self) -> None:
        """Time and compare; the peers on as many tickets as their time allows."""
        expected = answers(self.engines["stdlib"], self._raw())
        self.matches = sum(map(len, expected)) / len(expected)
        for name, engine in self.engines.items():
            self.wrong += answers(engine, self._raw()) != expected
            run = lambda tickets, engine=engine: answers(engine, tickets)  # noqa: E731
            self.times[f"{name}, whole"] = best(run, self._raw, self.rounds)
            self.times[f"{name}, ready"] = best(run, self._ready, self.rounds)
        for name, peer in self.peers.items():
            sample = self._sample_for(peer)
            self.wrong += answers(peer, sample) != expected[: len(sample)]
            run = lambda tickets, peer=peer: answers(peer, tickets)  # noqa: E731
            self.times[name] = best(run, lambda sample=sample: sample, self.rounds)

    def fastest_peer(self) -> float:
        """Microseconds of the best peer."""
        return min(self.times[name].microseconds for name in self.peers)

    def _raw(self) -> list[Prepared]:
        return [Prepared(sample) for sample in self.tickets]

    def _ready(self) -> list[Prepared]:
        return [made_ready(sample) for sample in self.tickets]

    def _sample_for(self, peer: Engine) -> list[Prepared]:
        few = [made_ready(sample) for sample in self.tickets[:5]]
        took = best(lambda tickets: answers(peer, tickets), lambda: few, 1).microseconds / 1e6
        count = max(20, min(len(self.tickets), int(self.peer_seconds / max(took, 1e-6))))
        return [made_ready(sample) for sample in self.tickets[:count]]


def show(size: int, run: Run) -> None:
    """One block of figures."""
    print(f"\n{size} rules, {run.matches:.2f} hold per ticket, {run.wrong} answers differ")
    fastest = run.fastest_peer()
    for name, timing in run.times.items():
        ratio = "" if name in run.peers else f"{fastest / timing.microseconds:8.1f} x the best peer"
        print(f"  {name:22s}{timing.microseconds:12.1f} us{timing.tickets:7d} tickets{ratio}")


def mixed(sizes: Sequence[int], count: int, *, quick: bool) -> dict[int, Run]:
    """Mixed rules of every size."""
    runs = {}
    for size in sizes:
        corpus = Corpus()
        tickets = corpus.tickets(count)
        runs[size] = Run(corpus.rules(size), tickets, quick=quick)
        runs[size].measure()
        show(size, runs[size])
    return runs


def scoped(sizes: Sequence[int], count: int, *, quick: bool) -> dict[int, float]:
    """Rules that each concern one of as many customers: one rule can hold per ticket."""
    found = {}
    for size in sizes:
        corpus = Corpus()
        tickets = corpus.tickets(count, customers=size)
        engine = ours(corpus.scoped(size), "stdlib")
        raw = lambda tickets=tickets: [Prepared(sample) for sample in tickets]  # noqa: E731
        run = lambda given, engine=engine: answers(engine, given)  # noqa: E731
        answers(engine, raw())
        found[size] = best(run, raw, 1 if quick else ROUNDS).microseconds
        print(f"  {size:6d} scoped rules {found[size]:10.1f} us")
    return found


def missed(runs: dict[int, Run], per_customer: dict[int, float]) -> list[str]:
    """The aims that were not met."""
    found = [f"{size} rules: answers differ" for size, run in runs.items() if run.wrong]
    for build, aim in AIMS.items():
        if 1_000 in runs:
            ours_us = runs[1_000].times[f"{build}, ready"].microseconds
            ratio = runs[1_000].fastest_peer() / ours_us
            print(f"{build}: {ratio:.0f} times the best peer at 1,000 rules (aim {aim})")
            found += [] if ratio >= aim else [f"{build}: {ratio:.1f} of {aim}"]
        if 100 in runs and 5_000 in runs:
            small, large = (runs[n].times[f"{build}, ready"].microseconds for n in (100, 5_000))
            print(f"{build}: {large / small:.1f} times as long for 5,000 as for 100 rules "
                  f"(at most {GROWTH[build]})")  # fmt: skip
            found += [] if large / small <= GROWTH[build] else [f"{build}: growth"]
    first, last = min(per_customer), max(per_customer)
    growth = per_customer[last] / per_customer[first]
    print(f"scoped: {growth:.2f} times as long for {last} as for {first} rules (at most 2)")
    return found + ([] if growth <= SCOPED_GROWTH else ["scoped: growth"])


def main() -> int:
    """Run everything and print it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer tickets, one round")
    options.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    chosen = options.parse_args()
    count = 200 if chosen.quick else TICKETS
    runs = mixed(chosen.sizes, count, quick=chosen.quick)
    print()
    per_customer = scoped(chosen.sizes, count, quick=chosen.quick)
    print()
    failures = missed(runs, per_customer)
    for each in failures:
        print(f"MISSED {each}")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
