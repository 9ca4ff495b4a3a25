# SPDX-License-Identifier: GPL-3.0-or-later
"""Being turned away, and credentials that stay refused, have their own small reactions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from outage_watch import DOWN, OK, POLICY, START, Watch

from bot.rules.outage_overlays import is_turned_away
from bot.rules.outage_state import Phase, Step
from bot.rules.probes import ProbeRound, Verdict

MINUTE = timedelta(minutes=1)
TURNED_AWAY = ProbeRound(Verdict.THROTTLED, Verdict.THROTTLED, Verdict.THROTTLED, own_share=0.1)
OUR_DOING = replace(TURNED_AWAY, own_share=0.8)
REFUSED = ProbeRound(OK, Verdict.CREDENTIALS, Verdict.CREDENTIALS)


def _watch() -> Watch:
    watch = Watch(replace(POLICY, mailbox="escalations@acme.example"))
    watch.probe(OK)
    return watch


def test_turned_away_like_everybody_is_told_after_ten_minutes_and_down_after_fifteen() -> None:
    """A 429 without our doing, in reading and in writing; it ends like any outage."""
    watch = _watch()
    watch.rounds(11 * MINUTE, TURNED_AWAY)
    early = is_turned_away(watch.state, watch.now)
    assert (early, watch.steps()) == (True, [])
    watch.rounds(6 * MINUTE, TURNED_AWAY)

    assert watch.steps() == [Step.DECLARED, Step.SHOW_BANNER]
    assert 15 * MINUTE <= watch.when(Step.DECLARED) <= 16.5 * MINUTE
    assert watch.state.first_failure_at == START + POLICY.interval
    watch.probe_for(20 * MINUTE, OK)
    assert watch.state.phase is Phase.HEALTHY


def test_being_turned_away_in_reading_alone_is_no_outage() -> None:
    """As long as a write succeeds now and then, agents are served."""
    watch = _watch()
    watch.rounds(60 * MINUTE, replace(TURNED_AWAY, write=OK))

    assert is_turned_away(watch.state, watch.now)
    assert watch.steps() == []


def test_asking_too_much_ourselves_is_never_an_outage() -> None:
    """An hour of 429 that we earned changes nothing and tells nobody."""
    watch = _watch()
    watch.rounds(60 * MINUTE, OUR_DOING)

    assert not is_turned_away(watch.state, watch.now)
    assert (watch.steps(), watch.state.phase) == ([], Phase.HEALTHY)


def test_refused_credentials_let_the_mailbox_take_over_after_ten_minutes() -> None:
    """No banner, no outage: the mailbox takes cases in until the credentials hold again."""
    watch = _watch()
    watch.rounds(60 * MINUTE, REFUSED)
    watch.probe(OK)

    assert watch.steps() == [
        Step.CREDENTIALS_REFUSED,
        Step.TAKES_IN,
        Step.SEEING_AGAIN,
        Step.TAKES_IN_NO_MORE,
    ]
    assert 10 * MINUTE <= watch.when(Step.TAKES_IN) - POLICY.interval <= 11 * MINUTE
    assert (watch.state.phase, watch.state.takes_in_since) == (Phase.HEALTHY, None)


def test_helpdesk_that_dies_while_it_refuses_us_is_down() -> None:
    """What takes over for refused credentials hides no outage."""
    watch = _watch()
    watch.rounds(12 * MINUTE, REFUSED)
    watch.rounds(6 * MINUTE, ProbeRound(DOWN, DOWN, DOWN))

    assert (watch.state.phase, watch.state.incident) == (Phase.DOWN, 1)
    assert Step.SHOW_BANNER in watch.steps()


def test_desk_without_a_mailbox_takes_nothing_in() -> None:
    """Its administrator was told; there is nothing that could take over."""
    watch = Watch()
    watch.probe(OK)
    watch.rounds(60 * MINUTE, REFUSED)

    assert watch.steps() == [Step.CREDENTIALS_REFUSED]
