# SPDX-License-Identifier: GPL-3.0-or-later
"""Every known way in which an outage goes wrong has a test or a reason, and the lists agree."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from outage_watch import DOWN, OK, START, Watch, down_for
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.failures import FailureMode, failure_modes, markdown_table
from bot.rules.outage import next_probe_at
from bot.rules.outage_state import Phase, Step, from_row, to_row

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mode", failure_modes(), ids=lambda mode: mode.id)
def test_every_mode_has_a_test_that_exists_or_a_reason(mode: FailureMode) -> None:
    """No name of a test that was renamed, no gap without a word."""
    assert mode.tests or mode.note
    for test in mode.tests:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), test


def test_the_documentation_shows_the_same_list() -> None:
    """docs/outages.md holds the table that the command prints; F1 to F88, none left out."""
    assert [mode.id for mode in failure_modes()] == [f"F{number}" for number in range(1, 89)]
    assert markdown_table() in (ROOT / "docs" / "outages.md").read_text("utf-8")


def test_what_is_missing_can_be_asked_for() -> None:
    """A person sees at once what no test tries."""
    result = CliRunner().invoke(app, ["outage", "failures", "--missing", "--json"])

    shown = json.loads(result.output)["failures"]
    assert shown == [
        {"id": mode.id, "what": mode.what, "tests": [], "note": mode.note}
        for mode in failure_modes()
        if not mode.tests
    ]


def test_lone_witness_that_fails_hides_no_outage() -> None:
    """One of three witnesses down is their trouble: the helpdesk's failures count."""
    watch = Watch()
    watch.probe(OK)
    for _ in range(8):
        watch.probe(DOWN, edge=DOWN, witnesses=(False, True, True))

    assert Step.DECLARED in watch.steps()


@pytest.mark.parametrize("phase", list(Phase))
def test_restart_changes_nothing_in_any_state(phase: Phase) -> None:
    """What the store kept is the whole machine: after a restart it goes on as if nothing was."""
    watch = {
        Phase.HEALTHY: lambda: down_for(0),
        Phase.SUSPECT: lambda: down_for(0.75),
        Phase.DOWN: lambda: down_for(10),
        Phase.RECOVERING: _recovering,
    }[phase]()

    kept = from_row(json.loads(json.dumps(to_row(watch.state))))

    assert watch.state.phase is phase
    assert kept == watch.state


def _recovering() -> Watch:
    watch = down_for(10)
    watch.probe_for(timedelta(minutes=4), OK)
    return watch


def test_clock_set_back_stops_no_probe() -> None:
    """After an hour backwards the next round is due at once, not in an hour."""
    watch = Watch()
    watch.probe(OK)
    earlier = START - timedelta(hours=1)

    assert next_probe_at(watch.state, watch.policy, earlier) == earlier


def test_clock_set_back_declares_nothing() -> None:
    """A helpdesk that answers stays there, whatever our clock does."""
    watch = Watch()
    watch.probe_for(timedelta(minutes=10), OK)
    watch.now -= timedelta(hours=1)
    watch.probe_for(timedelta(minutes=10), OK)

    assert watch.state.phase is Phase.HEALTHY
    assert watch.steps() == [Step.UNOBSERVED, Step.CLEARED]
