# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back from an outage under crashes: ours loses and doubles nothing, wrong ones are seen.

The full figures come from tests/faults/backfill_crashes.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
from backfill_crashes import WRONG, run_many

SEEN = {"looks by the search index": (4, 5), "settles before it commits": (3, 5),
        "never adopts": (5,), "trusts an older store": (1,)}  # fmt: skip


def test_crashes_lose_and_double_nothing() -> None:
    """A few outages, an older store put back in one: each case is one ticket, each word once."""
    found = run_many(range(1, 5))

    assert found.crashes > 20
    assert found.restored > 0
    assert (found.lost, found.doubled, found.examples) == (0, 0, [])


@pytest.mark.parametrize("name", sorted(SEEN))
def test_wrong_protocols_are_seen(name: str) -> None:
    """The same test fails for a protocol that is known to lose or to double."""
    assert not run_many(SEEN[name], WRONG[name]).holds
