# SPDX-License-Identifier: GPL-3.0-or-later
"""Announced maintenance of the helpdesk is no outage, until it overruns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outage_watch import DOWN, OK, START, Watch

from bot.rules.events import OutageOrdered
from bot.rules.outage_report import Happened, away_in
from bot.rules.outage_state import Phase, Step
from bot.rules.probes import ProbeRound, Verdict

MINUTE = timedelta(minutes=1)
NOISE = {Step.DECLARED, Step.REOPENED, Step.RELAPSED, Step.REMIND, Step.SHOW_BANNER}


def announced(*, begins: int = 0, ends: int = 60) -> Watch:
    """A helpdesk whose maintenance begins and ends so many minutes from now."""
    watch = Watch(window=(START + begins * MINUTE, START + ends * MINUTE))
    watch.probe(OK)
    return watch


def test_maintenance_is_no_outage() -> None:
    """Away for 40 of 60 announced minutes: held, told once, no banner, no reminder; then back."""
    watch = announced()
    watch.probe_for(40 * MINUTE, DOWN)
    assert (watch.state.phase, watch.state.standing) == (Phase.DOWN, "maintenance")
    watch.probe_for(40 * MINUTE, OK)

    assert watch.steps() == [
        Step.SUSPECTED, Step.MAINTENANCE, Step.ANSWERING_AGAIN, Step.RELEASE, Step.RECOVERED,
    ]  # fmt: skip


def test_maintenance_that_comes_and_goes_is_told_once() -> None:
    """Up for a while and away again, twice, within one window: one message, one incident."""
    watch = announced(ends=120)
    for _ in range(2):
        watch.probe_for(10 * MINUTE, DOWN)
        watch.probe_for(5 * MINUTE, OK)
        watch.probe_for(5 * MINUTE, DOWN)
        watch.probe_for(30 * MINUTE, OK)

    assert watch.steps().count(Step.MAINTENANCE) == 1
    assert watch.state.incident == 1
    assert not NOISE & set(watch.steps())


def test_end_of_maintenance_that_nobody_sees_is_told_after_it() -> None:
    """No noise while it holds; held work that still waits when it is over is told of."""
    watch = announced()
    watch.probe_for(10 * MINUTE, DOWN)
    watch.probe_for(4 * MINUTE, OK)
    watch.rounds(61 * MINUTE, ProbeRound(OK, Verdict.MISCONFIGURED, Verdict.NOT_ASKED))

    assert watch.state.phase is Phase.RECOVERING
    assert watch.steps().count(Step.REMIND) == 1
    assert 60 * MINUTE <= watch.when(Step.REMIND) <= 61 * MINUTE


def test_maintenance_that_overruns_is_an_outage() -> None:
    """At the announced end, to the second: declared, banner at once, reminders from then on."""
    watch = announced(ends=30)
    watch.probe_for(70 * MINUTE, DOWN)

    assert watch.when(Step.OVERRUN) == watch.when(Step.SHOW_BANNER) == 30 * MINUTE
    assert watch.when(Step.REMIND) == 60 * MINUTE
    assert watch.state.standing == "down"


def test_outage_before_the_window_stays_one() -> None:
    """Down since before: the window excuses nothing, neither when it begins nor when it ends."""
    watch = announced(begins=20, ends=40)
    watch.probe_for(60 * MINUTE, DOWN)

    assert watch.state.standing == "down"
    assert Step.REMIND in watch.steps()
    assert not {Step.MAINTENANCE, Step.OVERRUN} & set(watch.steps())


def test_failure_after_the_window_is_an_outage() -> None:
    """Well through the window, and down 10 minutes after it: as on any other day."""
    watch = announced(ends=20)
    watch.probe_for(30 * MINUTE, OK)
    watch.probe_for(5 * MINUTE, DOWN)

    assert watch.steps()[-2:] == [Step.SUSPECTED, Step.DECLARED]


@pytest.mark.parametrize(("ends", "step"), [(90, None), (12, Step.OVERRUN)])
def test_window_may_be_moved(ends: int, step: Step | None) -> None:
    """Prolonged it goes on calmly; cut short it is an outage at the next round."""
    watch = announced(ends=30)
    watch.probe_for(15 * MINUTE, DOWN)
    watch.window = (START, START + ends * MINUTE)
    watch.probe_for(30 * MINUTE, DOWN)

    assert (Step.OVERRUN in watch.steps()) == (step is not None)


def test_word_of_a_person_wins_over_the_window() -> None:
    """Whoever declares it down during works has an outage from then on, with its banner."""
    watch = announced()
    watch.probe_for(40 * MINUTE, DOWN)
    said_at = watch.now
    watch.order(OutageOrdered(True, "this was not announced", "Bo"))
    watch.probe_for(10 * MINUTE, DOWN)

    [away] = away_in([Happened(at, step.value, began=START) for step, at in watch.told], watch.now)
    assert watch.state.standing == "down"
    assert Step.SHOW_BANNER in watch.steps()
    assert Step.REMIND not in watch.steps()
    assert away.start == said_at


def test_maintenance_takes_nothing_from_the_promise() -> None:
    """Of 30 announced and 10 more minutes the vendor answers for the 10."""
    watch = announced(ends=30)
    watch.probe_for(40 * MINUTE, DOWN)
    watch.probe_for(30 * MINUTE, OK)
    entries = [Happened(at, step.value, began=START) for step, at in watch.told]

    [counted] = away_in(entries, watch.now)
    [whole] = away_in(entries, watch.now, announced=True)

    assert counted.start - START == 30 * MINUTE
    assert (whole.start, whole.end) == (START, counted.end)
