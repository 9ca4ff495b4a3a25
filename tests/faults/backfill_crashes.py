# SPDX-License-Identifier: GPL-3.0-or-later
"""Crashes the way back from an outage at random moments, in virtual time, on the real code.

    python tests/faults/backfill_crashes.py --runs 20000
    python tests/faults/backfill_crashes.py --runs 40 --wrong all

Each run: some mails in an outage, the all-clear, and then the inbox, the outbox, the timekeeper
and the finder crash before and after each of their writes and calls; requests are lost, answers
are lost, requests come alive up to 45 s after they were given up; updates lose their answers; the
helpdesk's own intake works off some of the same mails; somebody answers meanwhile; it is down again
once; pauses last up to 150 minutes; an older copy of the store is put back. Imports are never
protected by a key, and most mails bring a file. In the end each case must be one ticket with every
word and file once. A request that comes alive later than a minute may make a copy: each must have
been told. `--wrong` sets a wrong protocol in place of ours: it must not pass. Which of them stands
for what says docs/outages.md; a wrong one fails in 3 of 40 runs at least.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import structlog

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "handlers"))
from backfill_chaos import WRONG, Wrong  # noqa: E402 - the tests' own folder is no package
from backfill_judge import Judge  # noqa: E402
from backfill_run import Found, Run  # noqa: E402
from desk import compiled_policy  # noqa: E402

RIGHT = Wrong()
SHARE = 50
"""Runs that one process takes at a time."""


def run_many(seeds: Sequence[int], wrong: Wrong = RIGHT) -> Found:
    """Many runs, one after the other."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="deskmate-crashes-") as folder:
        compiled = compiled_policy(Path(folder))
    for seed in seeds:
        run = Run(seed, compiled, wrong)
        try:
            run.go()
            found.add(Judge(run).found())
        finally:
            run.close()
    return found


def _quietly() -> None:
    gc.freeze()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def main() -> int:
    """Print the figures; 0 when ours held and every wrong one was seen to fail."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", default="", help=f"all, or one of: {', '.join(WRONG)}")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    names = list(WRONG) if asked.wrong == "all" else [asked.wrong] if asked.wrong else [""]
    is_well = True
    for name in names:
        began, found = time.monotonic(), Found()
        seeds = range(asked.seed, asked.seed + asked.runs)
        shares = [seeds[first : first + SHARE] for first in range(0, asked.runs, SHARE)]
        one = partial(run_many, wrong=WRONG[name] if name else RIGHT)
        with ProcessPoolExecutor(asked.processes, initializer=_quietly) as pool:
            for each in pool.map(one, shares):
                found.add(each)
                if found.runs % 1000 == 0:
                    print(json.dumps(vars(found)), file=sys.stderr, flush=True)
        is_well &= found.holds != bool(name)
        shown = {**vars(found), "seconds": round(time.monotonic() - began)}
        print(json.dumps({"protocol": name or "ours", **shown}, ensure_ascii=False))
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
