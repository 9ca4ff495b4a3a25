# SPDX-License-Identifier: GPL-3.0-or-later
"""The all-clear is given by what was seen, never by time that nobody watched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from outage_watch import DOWN, OK, POLICY, Watch, down_for

from bot.rules.outage_due import after_time, next_due
from bot.rules.outage_state import Phase, Step
from bot.rules.probes import ProbeRound, Verdict

MINUTE = timedelta(minutes=1)
END = {Step.RELEASE, Step.RECOVERED}
OUR_LINE = ProbeRound(DOWN, DOWN, DOWN, witnesses=(False, False, False))
REFUSED = ProbeRound(OK, Verdict.CREDENTIALS, Verdict.CREDENTIALS)
TURNED_AWAY = ProbeRound(Verdict.THROTTLED, Verdict.THROTTLED, OK, own_share=0.1)
OUR_DOING = ProbeRound(Verdict.THROTTLED, Verdict.THROTTLED, OK, own_share=0.9)
NOT_SET = ProbeRound(OK, Verdict.MISCONFIGURED, Verdict.NOT_ASKED)


def recovering() -> Watch:
    """Down for ten minutes, answering for three, the hold of ten minutes just begun."""
    watch = down_for(10)
    watch.probe_for(3 * MINUTE, OK)
    assert watch.state.phase is Phase.RECOVERING
    return watch


def _blind(watch: Watch, probes: ProbeRound | None) -> None:
    """Two hours without sight: by rounds that say nothing, or because the daemon was dead."""
    if probes is not None:
        watch.rounds(120 * MINUTE, probes)
    watch.until(watch.now + (0 if probes else 120) * MINUTE)


@pytest.mark.parametrize("probes", [OUR_LINE, REFUSED, TURNED_AWAY, OUR_DOING, None])
def test_no_all_clear_without_sight(probes: ProbeRound | None) -> None:
    """Nothing is released and nobody told; the first good rounds begin the hold anew."""
    watch = recovering()

    _blind(watch, probes)

    assert not END & set(watch.steps())
    assert (watch.state.phase, watch.state.is_banner_shown) == (Phase.RECOVERING, True)
    seen_again = watch.now
    watch.probe_for(15 * MINUTE, OK)
    recovered = next(at for step, at in watch.told if step is Step.RECOVERED)
    assert 10 * MINUTE <= recovered - seen_again <= 11 * MINUTE


@pytest.mark.parametrize("probes", [OUR_LINE, REFUSED, TURNED_AWAY, OUR_DOING, NOT_SET])
def test_recovery_that_nobody_sees_is_told_every_half_hour(probes: ProbeRound) -> None:
    """Counted from the last good round, or from the last word, and until it is seen again."""
    watch = recovering()
    last = watch.state.last_good_at
    watch.rounds(100 * MINUTE, probes)
    watch.probe_for(120 * MINUTE, OK)

    assert last is not None
    reminded = [at - last for step, at in watch.told if step is Step.REMIND]
    assert reminded == [30 * MINUTE, 60 * MINUTE, 90 * MINUTE]


def test_recovery_that_is_seen_reminds_nobody() -> None:
    """A hold of an hour, watched all the while."""
    watch = recovering()
    watch.policy = replace(POLICY, hold=60 * MINUTE)
    watch.probe_for(70 * MINUTE, OK)

    assert Step.RECOVERED in watch.steps()
    assert Step.REMIND not in watch.steps()


@pytest.mark.parametrize("first", [OUR_LINE, REFUSED, TURNED_AWAY])
def test_what_is_down_again_behind_our_blindness_is_told_as_that(first: ProbeRound) -> None:
    """It dies while we cannot see: a relapse of the same incident, and no all-clear before."""
    watch = recovering()
    watch.rounds(30 * MINUTE, first)
    watch.probe_for(2 * MINUTE, DOWN)

    assert Step.RELAPSED in watch.steps()
    assert not END & set(watch.steps())


def test_short_blindness_keeps_the_hold() -> None:
    """A minute without sight among good rounds costs nothing."""
    watch = recovering()
    began = watch.state.recovering_at
    watch.rounds(1 * MINUTE, OUR_LINE)
    watch.probe_for(15 * MINUTE, OK)

    assert began is not None
    recovered = next(at for step, at in watch.told if step is Step.RECOVERED)
    assert 10 * MINUTE <= recovered - began <= 10.5 * MINUTE


def test_time_alone_ends_no_recovery() -> None:
    """A timer a day later finds nothing to do, and none is set for the past."""
    watch = recovering()
    later = watch.now + timedelta(days=1)

    decision = after_time(watch.state, POLICY, later)

    assert not END & set(decision.steps)
    due = next_due(decision.state, POLICY)
    assert due is None or due > later


def test_good_rounds_on_both_sides_of_blindness_are_not_in_a_row() -> None:
    """Four good rounds, an hour without sight and one more: that is no return yet."""
    watch = down_for(10)
    for _ in range(4):
        watch.probe(OK)
    watch.rounds(60 * MINUTE, OUR_LINE)
    watch.probe(OK)

    assert Step.ANSWERING_AGAIN not in watch.steps()
    assert watch.state.first_good_at == watch.now
