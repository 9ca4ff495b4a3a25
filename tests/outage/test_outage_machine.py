# SPDX-License-Identifier: GPL-3.0-or-later
"""The helpdesk is held for down when it is, and only then."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from outage_watch import DOWN, NOT_ASKED, OK, POLICY, START, Watch, down_for

from bot.rules.outage import after_probe, next_probe_at, wants_write
from bot.rules.outage_state import Blind, Phase, Step
from bot.rules.probes import ProbeRound, Verdict


def test_outage_is_declared_after_four_failures_and_ninety_seconds() -> None:
    """A dead helpdesk is suspected at once and declared 90 s after its first failure."""
    watch = down_for(4)

    assert watch.steps() == [Step.SUSPECTED, Step.DECLARED]
    assert watch.when(Step.DECLARED) - watch.when(Step.SUSPECTED) == timedelta(seconds=90)
    assert watch.state.phase is Phase.DOWN


def test_blip_of_a_minute_declares_nothing() -> None:
    """Three failures in a row and three good rounds later all is as before."""
    watch = Watch()
    watch.probe(OK)
    for read in (DOWN, DOWN, DOWN, OK, OK, OK):
        watch.probe(read)

    assert watch.steps() == [Step.SUSPECTED, Step.CLEARED]
    assert watch.state.phase is Phase.HEALTHY


def test_every_second_round_failing_is_an_outage() -> None:
    """Eight failures of twelve rounds within five minutes declare, though never four in a row."""
    watch = Watch()
    watch.probe(OK)
    for round_number in range(18):
        watch.probe(OK if round_number % 3 == 2 else DOWN)

    assert Step.DECLARED in watch.steps()


def test_customers_hear_after_five_minutes() -> None:
    """The banner goes up five minutes after the first failure, not before, and is renewed."""
    watch = down_for(20)

    assert watch.when(Step.SHOW_BANNER) - watch.when(Step.SUSPECTED) == timedelta(minutes=5)
    assert Step.RENEW_BANNER in watch.steps()


def test_recovery_needs_a_write_a_while_and_a_hold() -> None:
    """Five good rounds over two minutes, then held work after 5 minutes, all clear after 10."""
    watch = down_for(10)
    back = watch.now
    watch.probe_for(timedelta(minutes=20), OK)

    order = [step for step in watch.steps() if step is not Step.RENEW_BANNER]
    assert order[-3:] == [Step.ANSWERING_AGAIN, Step.RELEASE, Step.RECOVERED]
    again = START + watch.when(Step.ANSWERING_AGAIN)
    assert again - back >= timedelta(minutes=2)
    assert START + watch.when(Step.RELEASE) - again == timedelta(minutes=5)
    assert START + watch.when(Step.RECOVERED) - again == timedelta(minutes=10)
    assert not watch.state.is_banner_shown


def test_reads_alone_do_not_end_an_outage() -> None:
    """While writing fails the helpdesk is not held for recovered, however well it reads."""
    watch = down_for(10)
    for _ in range(20):
        watch.until(next_probe_at(watch.state, POLICY, watch.now))
        write = DOWN if wants_write(watch.state, POLICY, watch.now) else NOT_ASKED
        watch.state = after_probe(watch.state, ProbeRound(OK, OK, write), POLICY, watch.now).state
        assert watch.state.phase is Phase.DOWN
        assert wants_write(watch.state, POLICY, watch.now)


def test_relapse_is_the_same_incident_and_holds_longer() -> None:
    """Two failures while recovering go back to down under the same number; the hold doubles."""
    watch = down_for(10)
    watch.probe_for(timedelta(minutes=4), OK)
    watch.probe(DOWN)
    watch.probe(DOWN)
    watch.probe_for(timedelta(minutes=30), OK)

    steps = watch.steps()
    assert steps.count(Step.DECLARED) == steps.count(Step.RELAPSED) == 1
    assert watch.state.incident == 1
    again = [at for step, at in watch.told if step is Step.ANSWERING_AGAIN][-1]
    assert START + watch.when(Step.RECOVERED) - again == timedelta(minutes=20)


def test_own_line_down_is_no_outage() -> None:
    """When two of three witnesses fail too, the fault is ours: blind, and no outage."""
    watch = Watch()
    watch.probe(OK)
    for _ in range(20):
        watch.probe(DOWN, edge=DOWN, witnesses=(False, False, True))

    assert watch.steps() == [Step.BLINDED]
    assert watch.state.blind is Blind.NETWORK
    assert watch.state.phase is Phase.HEALTHY


def test_refused_credentials_are_no_outage() -> None:
    """A 401 pages the administrator and shows no banner."""
    watch = Watch()
    for _ in range(30):
        watch.probe(Verdict.CREDENTIALS)

    assert watch.steps() == [Step.CREDENTIALS_REFUSED]


@pytest.mark.parametrize("verdict", [Verdict.THROTTLED, Verdict.MISCONFIGURED])
def test_our_own_doing_does_not_count(verdict: Verdict) -> None:
    """Throttling and a missing canary leave every counter as it was."""
    watch = Watch()
    watch.probe(OK)
    before = watch.state
    watch.probe(verdict)

    assert watch.steps() == []
    assert watch.state.failing_in_a_row == before.failing_in_a_row == 0
    assert watch.state.good_in_a_row == before.good_in_a_row


def test_unwatched_time_is_said() -> None:
    """A daemon that was dead an hour looks closely first, and an outage stays an outage."""
    watch, asleep = Watch(), down_for(5)
    watch.probe(OK)
    watch.now += timedelta(hours=1)
    asleep.now += timedelta(hours=1)
    watch.probe(OK)
    asleep.probe(DOWN)

    assert watch.steps() == [Step.UNOBSERVED]
    assert watch.state.phase is Phase.SUSPECT
    assert Step.UNOBSERVED in asleep.steps()
    assert asleep.state.phase is Phase.DOWN


def test_same_incident_within_half_an_hour() -> None:
    """Failing again soon after all clear reopens the incident instead of starting another."""
    watch = down_for(5)
    watch.probe_for(timedelta(minutes=14), OK)
    watch.probe_for(timedelta(minutes=5), DOWN)

    assert watch.steps().count(Step.RECOVERED) == watch.steps().count(Step.REOPENED) == 1
    assert watch.state.incident == 1


@pytest.mark.long
def test_thirty_days_of_noise_declare_nothing() -> None:
    """At 2 % of random failures a month brings no false outage."""
    chance = random.Random(20260302)
    watch = Watch()
    for _ in range(30 * 24 * 120):
        watch.probe(DOWN if chance.random() < 0.02 else OK)

    assert Step.DECLARED not in watch.steps()
