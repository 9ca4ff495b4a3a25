# SPDX-License-Identifier: GPL-3.0-or-later
"""Rehearses every shipped desk as it stands, and names what each of them lacks for an outage.

    python tests/faults/drills.py [DESK ...]

A desk whose text says nothing of a helpdesk that is down names nobody who is told; the rehearsal
must say just that, and everything else must work. Exit status 1 where it is otherwise.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY_TOLD = ["Somebody is told that it is down"]
EXPECTED = {
    "advendio": NOBODY_TOLD,
    "dixdata": NOBODY_TOLD,
    "getcrm": NOBODY_TOLD,
    "hypergene": NOBODY_TOLD,
    "inriver": [],
}


def main(desks: list[str]) -> int:
    """Rehearse each; 0 when all came to what is expected."""
    is_good = True
    for desk in desks or sorted(EXPECTED):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "drill", str(ROOT / "desks" / desk), "--json"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode not in (0, 1):
            print(f"{desk}: could not be rehearsed\n{done.stderr[-2000:]}")
            is_good = False
            continue
        told = json.loads(done.stdout.splitlines()[0])
        failed = [each["step"] for each in told["steps"] if each["result"] == "failed"]
        untried = [each["step"] for each in told["steps"] if each["result"] == "not tried"]
        is_good = is_good and failed == EXPECTED[desk]
        print(f"{desk}: {told['ok']} worked in {told['seconds']:.0f} s")
        print(f"  failed: {failed or 'nothing'}\n  not tried: {untried or 'nothing'}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
