# SPDX-License-Identifier: GPL-3.0-or-later
"""Who cannot see the helpdesk says so, once, and says once that it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from outage_watch import DOWN, OK, POLICY, START, Watch, down_for

from bot.rules.outage_state import Phase, Step
from bot.rules.probes import ProbeRound, Verdict

MINUTE = timedelta(minutes=1)
OUR_LINE = ProbeRound(DOWN, DOWN, DOWN, witnesses=(False, False, False))
REFUSED = ProbeRound(OK, Verdict.CREDENTIALS, Verdict.CREDENTIALS)
SIGHT = (Step.STAYS_BLIND, Step.SIGHT_BACK)


def _told(watch: Watch) -> list[Step]:
    return [step for step in watch.steps() if step in SIGHT]


def test_lasting_blindness_is_told_once_and_its_end_once() -> None:
    """Five hours in which a firewall closes helpdesk and witnesses: never an outage, never mute."""
    watch = Watch()
    watch.probe(OK)
    watch.rounds(300 * MINUTE, OUR_LINE)

    assert (_told(watch), watch.state.phase) == ([Step.STAYS_BLIND], Phase.HEALTHY)
    assert 10 * MINUTE <= watch.when(Step.STAYS_BLIND) - POLICY.interval <= 10.5 * MINUTE
    watch.probe(OK)
    watch.probe(OK)
    assert _told(watch) == [*SIGHT]
    assert watch.state.dark_since == START + POLICY.interval


def test_short_blindness_is_not_told() -> None:
    """Nine minutes, and nine again: neither is worth a word; the policy says how long is."""
    watch = Watch()
    for _ in range(2):
        watch.probe(OK)
        watch.rounds(9 * MINUTE, OUR_LINE)
    early = Watch(replace(POLICY, blind_after=3 * MINUTE))
    early.rounds(4 * MINUTE, OUR_LINE)

    assert (_told(watch), _told(early)) == ([], [Step.STAYS_BLIND])


def test_blindness_is_told_while_it_is_down_too() -> None:
    """Somebody has to look whether it is back, because we cannot; it stays down meanwhile."""
    watch = down_for(10)
    watch.rounds(20 * MINUTE, OUR_LINE)

    assert (_told(watch), watch.state.phase) == ([Step.STAYS_BLIND], Phase.DOWN)


@pytest.mark.parametrize("first", [DOWN, Verdict.CREDENTIALS])
def test_line_that_is_back_is_told_whatever_the_helpdesk_says(first: Verdict) -> None:
    """It may be down, or refuse us: that is another matter, with a message of its own."""
    watch = Watch()
    watch.rounds(20 * MINUTE, OUR_LINE)
    watch.take(ProbeRound(OK, first, first, witnesses=(True, True, True)))

    assert _told(watch) == [*SIGHT]


def test_refused_credentials_are_no_dead_line() -> None:
    """They are told at once, by words of their own."""
    watch = Watch()
    watch.probe(OK)
    watch.rounds(60 * MINUTE, REFUSED)
    watch.probe(OK)

    assert _told(watch) == []
