# SPDX-License-Identifier: GPL-3.0-or-later
"""SLA clocks agree with 25 timelines, most of them from the tests of other helpdesks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from test_business_time_vectors import FOLDER, calendar

from bot.rules.sla import (
    ClockEvent,
    ClockSpec,
    ClockState,
    Clockwork,
    Metric,
    Moment,
    Phase,
    Target,
    read_clock,
)


def _scenarios() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "sla-clock.json").read_text("utf-8"))[
        "scenarios"
    ]
    return found


def _event(number: int, row: dict[str, Any]) -> ClockEvent:
    at = datetime.fromisoformat(row["at"])
    moment = Moment(row["type"])
    if moment is Moment.CREATED:
        return ClockEvent(at, moment, status=row["status"], priority=row["priority"])
    value = f"calendar {number}" if moment is Moment.CALENDAR else row.get("to")
    return ClockEvent(at, moment, value)


def _works(scenario: dict[str, Any]) -> dict[str, Clockwork]:
    """One clockwork per metric that some priority has a target for."""
    first = calendar(scenario["calendar"])
    later = {
        f"calendar {number}": calendar(row["calendar"])
        for number, row in enumerate(scenario["events"])
        if row["type"] == "calendar"
    }
    metrics = {metric for targets in scenario["targets"].values() for metric in targets}
    works = {}
    for metric in metrics:
        targets = tuple(
            Target(cells[metric], priority=priority)
            for priority, cells in scenario["targets"].items()
            if metric in cells
        )
        pause_on = frozenset(scenario["pause_on"].get(metric, ()))
        spec = ClockSpec(metric, Metric(metric), targets, pause_on)
        works[metric] = Clockwork(spec, first, later)
    return works


def _shown(state: ClockState) -> dict[str, Any]:
    """The state as the vectors write it, instants as instants."""
    if state.phase is Phase.IDLE:
        return {"state": "idle"}
    return {
        "state": state.phase.value,
        "cycle": state.cycle,
        "deadline": state.due_at,
        "breached_at": state.breached_at,
        "achieved_at": state.achieved_at,
        "elapsed": state.elapsed,
        "paused": [[pause.since, pause.until] for pause in state.paused],
    }


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    instants = {"deadline", "breached_at", "achieved_at"}
    shown = {
        name: datetime.fromisoformat(value) if name in instants and value else value
        for name, value in row.items()
    }
    if "paused" in row:
        shown["paused"] = [
            [datetime.fromisoformat(each) if each else None for each in span]
            for span in row["paused"]
        ]
    return shown


@pytest.mark.parametrize("scenario", _scenarios(), ids=lambda scenario: scenario["id"])
def test_clocks_agree_with_peers(scenario: dict[str, Any]) -> None:
    """After each event every clock stands where the timeline says, to the second."""
    works = _works(scenario)
    events = [_event(number, row) for number, row in enumerate(scenario["events"])]

    for count, expected in enumerate(scenario["expect"], start=1):
        now = events[count - 1].at
        states = {name: read_clock(work, events[:count], now) for name, work in works.items()}
        shown = {name: _shown(s) for name, s in states.items() if s.has_target or not s.cycle}
        assert {name: _expected(row) for name, row in expected.items()} == {
            name: shown[name] for name in expected
        }, f"after event {count}"
        assert {n for n, s in states.items() if s.cycle and s.has_target} <= set(expected)
