# SPDX-License-Identifier: GPL-3.0-or-later
"""How rounds of probes are made and written down."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from sources_doors import NOW, ScriptedHelpdesk

from bot.ports import Probe
from bot.rules.outage_state import OutageState
from bot.rules.policy import OutagePolicy
from bot.rules.probes import ProbeRound, Verdict
from bot.sources.prober import Prober, stored_state, witness
from bot.sources.witness_check import examine_witnesses
from bot.store.store import Store
from bot.telemetry import Figures


@pytest.fixture
def helpdesk() -> ScriptedHelpdesk:
    return ScriptedHelpdesk()


def prober(helpdesk: ScriptedHelpdesk, store: Store, figures: Figures, *witnesses: str) -> Prober:
    return Prober(
        helpdesk, store, OutagePolicy(witnesses=witnesses), state=stored_state(store),
        figures=figures,
    )  # fmt: skip


def rounds(store: Store) -> list[ProbeRound]:
    found = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=1, limit=10))
    return [each.event.fact for each in found if isinstance(each.event.fact, ProbeRound)]


def test_round_is_one_event(helpdesk: ScriptedHelpdesk, store: Store, figures: Figures) -> None:
    """However many probes a round has, it is judged and written down as one."""
    helpdesk.read = Probe(Verdict.DOWN, 3.0, "503", retry_after=20.0)

    prober(helpdesk, store, figures).step(NOW)

    assert [ProbeRound(Verdict.OK, Verdict.DOWN, Verdict.OK, (), "read: 503", 20.0)] == rounds(
        store
    )
    assert [int(NOW.timestamp())] == helpdesk.counters


def test_writing_is_probed_less_often(
    helpdesk: ScriptedHelpdesk, store: Store, figures: Figures
) -> None:
    """While all is well the canary is written every few minutes only."""
    state = OutageState(last_round_at=NOW - timedelta(minutes=1), written_at=NOW)
    asking = Prober(helpdesk, store, OutagePolicy(), state=lambda: state, figures=figures)

    asking.step(NOW)

    assert [each.write for each in rounds(store)] == [Verdict.NOT_ASKED]


def test_rounds_keep_their_distance(
    helpdesk: ScriptedHelpdesk, store: Store, figures: Figures
) -> None:
    """The next round waits, also when nobody has counted the last one yet."""
    asking = prober(helpdesk, store, figures)

    ran = [asking.step(NOW + timedelta(seconds=each)) for each in (0, 1, 14, 15)]

    assert ran == [True, False, False, True]


def test_asked_pause_is_kept(helpdesk: ScriptedHelpdesk, store: Store, figures: Figures) -> None:
    """A helpdesk that names a time is not asked before it, at most a minute."""
    helpdesk.read = Probe(Verdict.DOWN, 0.1, "503", retry_after=600.0)
    asking = prober(helpdesk, store, figures)

    ran = [asking.step(NOW + timedelta(seconds=each)) for each in (0, 30, 59, 60)]

    assert ran == [True, False, False, True]


def test_witnesses_testify_in_the_same_round(
    helpdesk: ScriptedHelpdesk, store: Store, figures: Figures
) -> None:
    """Other operators' services tell a dead helpdesk from a dead line of ours."""
    with socket.create_server(("127.0.0.1", 0)) as up, socket.socket() as down:
        down.bind(("127.0.0.1", 0))
        ports = [each.getsockname()[1] for each in (up, down)]
        prober(helpdesk, store, figures, *(f"127.0.0.1:{each}" for each in ports)).step(NOW)

    assert [each.witnesses for each in rounds(store)] == [(True, False)]


def test_bug_is_no_outage(helpdesk: ScriptedHelpdesk, store: Store, figures: Figures) -> None:
    """An error of ours in a probe reaches the step, and no round is written down."""
    helpdesk.probe_read = lambda: 1 / 0  # type: ignore[method-assign, assignment, return-value]

    with pytest.raises(ZeroDivisionError):
        prober(helpdesk, store, figures).step(NOW)
    assert rounds(store) == []


@pytest.mark.parametrize("text", ["", "host", "host:", ":80", "host:http"])
def test_odd_witness_says_what_to_write(text: str) -> None:
    """A witness without a port is a mistake in the policy."""
    with pytest.raises(ValueError, match="write host:port"):
        witness(text)


def test_silent_witness_is_named_with_what_to_do() -> None:
    """`check --online` and `drill --real` show each, as it answers from this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        names = [f"127.0.0.1:{each.getsockname()[1]}" for each in (listening, closed)]
        found = examine_witnesses(names)

    assert [each.is_ok for each in found] == [True, False]
    assert "refused" in found[1].detail and "firewall" in found[1].advice
    assert [each.what for each in found] == [f"witness {name}" for name in names]
