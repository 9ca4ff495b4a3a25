# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's word wins over the probes, for a while, and is never forgotten."""

from __future__ import annotations

from datetime import timedelta

from outage_watch import DOWN, OK, START, Watch, down_for

from bot.rules.events import OutageOrdered
from bot.rules.outage_state import Phase, Step

MINUTE = timedelta(minutes=1)
CLEAR = OutageOrdered(False, "the vendor says it is fixed", "bo")


def _declared(minutes: int = 60) -> Watch:
    """A desk that reads well and is declared down by hand."""
    watch = Watch()
    watch.probe(OK)
    until = watch.now + minutes * MINUTE
    watch.order(OutageOrdered(True, "agents cannot log in", "bo", until))
    return watch


def test_declared_by_hand_is_down_at_once_with_banner() -> None:
    """No probe has to fail, and customers need not wait five minutes."""
    watch = _declared()

    assert watch.steps() == [Step.DECLARED_BY_HAND, Step.DECLARED, Step.SHOW_BANNER]
    assert (watch.state.phase, watch.state.incident) == (Phase.DOWN, 1)


def test_good_rounds_only_ask_whether_it_is_over() -> None:
    """While a person's word holds, good probes ask once for the all-clear and end nothing."""
    watch = _declared()
    watch.probe_for(40 * MINUTE, OK)

    assert watch.steps().count(Step.ASKS_TO_CLEAR) == 1
    assert watch.state.phase is Phase.DOWN


def test_declaration_runs_out_and_probes_decide() -> None:
    """A forgotten declaration ends by itself: good rounds then lead back the ordinary way."""
    watch = _declared(minutes=60)
    watch.probe_for(90 * MINUTE, OK)

    assert watch.when(Step.DECLARATION_OVER) == 60 * MINUTE
    order = [s for s in watch.steps() if s in (Step.ANSWERING_AGAIN, Step.RECOVERED)]
    assert order == [Step.ANSWERING_AGAIN, Step.RECOVERED]
    assert watch.state.declared_by == ""


def test_declaration_over_while_it_fails_stays_down() -> None:
    """What was declared by hand and is really down goes on as an ordinary outage."""
    watch = _declared(minutes=30)
    watch.probe_for(60 * MINUTE, DOWN)

    assert Step.DECLARATION_OVER in watch.steps()
    assert (watch.state.phase, watch.state.incident) == (Phase.DOWN, 1)


def test_declaring_what_is_down_renews_the_word() -> None:
    """The same incident, held until the later end."""
    watch = down_for(10)
    watch.order(OutageOrdered(True, "vendor: all day", "bo", watch.now + 120 * MINUTE))
    watch.probe_for(60 * MINUTE, OK)

    assert watch.steps().count(Step.DECLARED) == 1
    assert (watch.state.phase, watch.state.incident) == (Phase.DOWN, 1)


def test_no_word_holds_longer_than_a_day() -> None:
    """An end far away is brought near."""
    watch = _declared(minutes=60 * 24 * 30)

    assert watch.state.declared_until == START + timedelta(hours=24)


def test_all_clear_by_hand_ends_it_at_once() -> None:
    """Held work is released and the banner goes, though the last round failed."""
    watch = down_for(10)
    watch.order(CLEAR)

    assert watch.steps()[-3:] == [Step.CLEARED_BY_HAND, Step.RELEASE, Step.RECOVERED]
    assert watch.state.phase is Phase.HEALTHY
    assert not watch.state.is_banner_shown


def test_contradicted_all_clear_is_told_and_holds_a_quarter_of_an_hour() -> None:
    """Staff hear once that it still fails; then the same incident is declared again."""
    watch = down_for(10)
    watch.order(CLEAR)
    cleared = watch.now
    watch.probe_for(25 * MINUTE, DOWN)

    told = [(step, at - cleared) for step, at in watch.told if at > cleared]
    after = {step: at for step, at in told if step is not Step.SHOW_BANNER}
    assert [step for step, _ in told].count(Step.STILL_FAILING) == 1
    assert timedelta(minutes=15) <= after[Step.REOPENED] <= timedelta(minutes=16)
    assert watch.state.incident == 1


def test_nothing_to_clear_changes_nothing() -> None:
    """An all-clear for a helpdesk that is there is no order."""
    watch = Watch()
    watch.probe(OK)
    before = watch.state
    watch.order(CLEAR)

    assert watch.state == before
    assert watch.steps() == []
