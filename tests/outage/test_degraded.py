# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails while the helpdesk can be read is told once, and is no outage."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from outage_watch import DOWN, NOT_ASKED, OK, POLICY, START

from bot.rules.degraded import Degraded, Part, after_round, after_seen, from_row, to_row
from bot.rules.outage import after_probe, wants_write
from bot.rules.outage_state import OutageState, Phase
from bot.rules.probes import ProbeRound, Verdict

FIVE = timedelta(minutes=5)


class Parts:
    """Rounds five minutes apart, each with a write; what comes back is said."""

    def __init__(self) -> None:
        self.state, self.now, self.told = Degraded(), START, list[str]()

    def round(
        self,
        write: Verdict = OK,
        *,
        read: Verdict = OK,
        back: tuple[Part, ...] = (),
        is_up: bool = True,
        is_turned_away: bool = False,
    ) -> None:
        counter = int(self.now.timestamp())
        probes = ProbeRound(OK, read, write)
        after = after_round(
            self.state, probes, counter, self.now, is_up=is_up, is_turned_away=is_turned_away
        )
        self._take(after)
        for part in back:
            self._take(after_seen(self.state, part, counter))
        self.now += FIVE

    def _take(self, state: Degraded) -> None:
        self.told += state.told
        self.state = from_row(json.loads(json.dumps(to_row(state))))


BOTH = (Part.WEBHOOKS, Part.LISTS)


def test_writing_that_fails_twice_is_told_once() -> None:
    """A write that fails once is nothing; twice is told, and again when it works."""
    parts = Parts()
    for write in (OK, DOWN, OK, DOWN, DOWN, DOWN, OK):
        parts.round(write, back=BOTH)

    assert parts.told == ["writes_fail", "writes_work"]


def test_silent_webhooks_are_told_after_three() -> None:
    """The list shows what was written, the webhook does not come: once told, once over."""
    parts = Parts()
    parts.round(back=BOTH)
    for _ in range(6):
        parts.round(back=(Part.LISTS,))
    parts.round(back=BOTH)

    assert parts.told == ["webhooks_silent", "webhooks_back"]


def test_stale_lists_are_told_after_two() -> None:
    """Webhooks come, the list that we poll stands still."""
    parts = Parts()
    parts.round(back=BOTH)
    for _ in range(4):
        parts.round(back=(Part.WEBHOOKS,))

    assert parts.told == ["lists_stale"]


def test_slow_reads_are_told_from_two_of_twenty_on() -> None:
    """One slow answer is nothing; the 95th percentile above 5 s is told, and its end, once."""
    parts = Parts()
    for read in (Verdict.SLOW, *[OK] * 20, Verdict.SLOW, OK, Verdict.SLOW):
        parts.round(read=read, back=BOTH)
    early = list(parts.told)
    for _ in range(20):
        parts.round(back=BOTH)

    assert (early, parts.told) == (["answers_slow"], ["answers_slow", "answers_fast"])


def test_being_turned_away_is_told_once_each_way() -> None:
    """It was served before, so the first round that says so is enough."""
    parts = Parts()
    parts.round(back=BOTH)
    for _ in range(3):
        parts.round(read=Verdict.THROTTLED, is_turned_away=True)
    parts.round(back=BOTH)

    assert parts.told == ["turned_away", "served_again"]


def test_webhooks_that_never_came_are_a_setting() -> None:
    """A desk without webhooks is not told every day that it has none."""
    parts = Parts()
    for _ in range(12):
        parts.round(back=(Part.LISTS,))

    assert parts.told == []


def test_outage_counts_nothing_of_its_parts() -> None:
    """While all is down no part is told by itself."""
    parts = Parts()
    parts.round(back=BOTH)
    for _ in range(6):
        parts.round(DOWN, is_up=False)

    assert parts.told == []


@pytest.mark.parametrize("verdict", [NOT_ASKED, Verdict.MISCONFIGURED, Verdict.THROTTLED])
def test_what_says_nothing_of_writing_counts_nothing(verdict: Verdict) -> None:
    """A canary that is missing, or not asked, is no failure."""
    parts = Parts()
    parts.round(back=BOTH)
    for _ in range(6):
        parts.round(verdict)

    assert parts.told == []


def test_failing_writes_are_tried_again_and_declare_nothing() -> None:
    """The next round writes again at once; reading well keeps the helpdesk held for there."""
    state = OutageState()
    for second in range(0, 600, 30):
        now = START + timedelta(seconds=second)
        assert wants_write(state, POLICY, now)
        state = after_probe(state, ProbeRound(OK, OK, DOWN), POLICY, now).state

    assert state.phase is Phase.HEALTHY
