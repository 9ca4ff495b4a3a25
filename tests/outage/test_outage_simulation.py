# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of tests/faults/outage_simulation.py: noticed in time, never falsely, once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[1] / "faults" / "outage_simulation.py"
spec = importlib.util.spec_from_file_location("outage_simulation", FILE)
assert spec is not None and spec.loader is not None
outage_simulation = importlib.util.module_from_spec(spec)
sys.modules["outage_simulation"] = outage_simulation
spec.loader.exec_module(outage_simulation)

SIZES = outage_simulation.Sizes(outages=40, days=1, blips=10, periods=4)


@pytest.mark.long
def test_outages_are_noticed_in_two_minutes_and_nothing_else_is() -> None:
    """Hard outages, noise, blips and flapping, on the machine as it is."""
    found = outage_simulation.simulate("ours", SIZES, seed=7)

    assert found.keeps_the_promise(), found
    assert (found.blips["60 s"], found.blips["90 s"]) == (0, 0)


def test_simulation_sees_a_rule_that_is_too_eager() -> None:
    """One retry and the first good answer: false outages, and many out of one flapping period."""
    found = outage_simulation.simulate("kuma-like", SIZES, seed=7)

    assert sum(found.false_incidents.values()) > 0
    assert found.flapping > 5
