# SPDX-License-Identifier: GPL-3.0-or-later
"""Budgets keep a reserve for pages; circuits open after three failures and close with a success."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.actions import Urgency
from bot.rules.lanes import CLOSED, Budget, Rate, after_outcome, gentle, lane_of, spent, take
from bot.rules.outcome import LONGEST_PAUSE, Delivered, Refused, TryLater, Unknown

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RATE = Rate(per_second=1.0, burst=5.0)


def _spend(urgency: Urgency, count: int) -> list[float]:
    budget: Budget | None = None
    waits = []
    for _ in range(count):
        taken = take(budget, RATE, NOON, urgency)
        budget = taken.budget
        waits.append(taken.wait)
    return waits


def test_pages_have_a_reserve() -> None:
    """Normal messages leave a fifth of the burst to pages."""
    assert _spend(Urgency.NORMAL, 5) == [0, 0, 0, 0, 1.0]
    assert _spend(Urgency.CRITICAL, 6) == [0, 0, 0, 0, 0, 1.0]


def test_spared_destination_takes_one_at_a_time() -> None:
    """Who asked for patience is sent no burst, of pages neither; a normal message can still go."""
    rate, later = gentle(RATE), NOON + timedelta(minutes=1)

    for urgency in (Urgency.NORMAL, Urgency.CRITICAL):
        first = take(take(spent(NOON), rate, NOON, Urgency.CRITICAL).budget, rate, later, urgency)
        assert first.wait == 0
        assert take(first.budget, rate, later, Urgency.CRITICAL).wait >= 1.0


def test_rounding_error_waits_for_some_time() -> None:
    """Who is told to wait for no time at all would ask again at once, for ever."""
    almost = Budget(1.0 - 1e-12, NOON)

    assert NOON + timedelta(seconds=take(almost, RATE, NOON, Urgency.CRITICAL).wait) > NOON


@settings(deadline=None)
@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=60))
def test_no_span_exceeds_the_rate(gaps: list[int]) -> None:
    """However messages come, what is granted by any instant is the burst and the rate at most."""
    budget: Budget | None = None
    now, granted = NOON, 0
    for gap in gaps:
        now += timedelta(milliseconds=gap)
        taken = take(budget, RATE, now, Urgency.CRITICAL)
        budget, granted = taken.budget, granted + (taken.wait == 0)
        assert granted <= RATE.burst + (now - NOON).total_seconds() * RATE.per_second + 1e-6


def test_three_failures_open_and_one_success_closes() -> None:
    """Two failures change nothing; the third stops all but a try every half minute."""
    circuit = CLOSED
    for expected in (False, False, True):
        circuit = after_outcome(circuit, Unknown("reset"), NOON)
        assert circuit.is_open is expected

    assert not circuit.may_send(NOON + timedelta(seconds=29))
    assert circuit.may_send(NOON + timedelta(seconds=30))
    assert after_outcome(circuit, Delivered(), NOON) == CLOSED


def test_asked_patience_is_no_failure() -> None:
    """A destination that says when to come back works; a refused message says so too."""
    circuit = after_outcome(CLOSED, TryLater("reset"), NOON)

    assert after_outcome(circuit, TryLater("429", 30.0), NOON) == CLOSED
    assert after_outcome(circuit, Refused("too long"), NOON) == CLOSED


def test_refused_credentials_open_at_once() -> None:
    """A revoked token stops every message of Slack's, not of one channel."""
    circuit = after_outcome(CLOSED, Refused("token_revoked", is_for_all=True), NOON)

    assert circuit.is_open
    assert lane_of("slack:support") == lane_of("slack:leads") == "slack"
    assert lane_of("teams:support") != lane_of("teams:leads")


@pytest.mark.parametrize("after", [3601.0, 1e12, float("inf"), float("nan"), -1.0])
def test_no_answer_closes_a_way_for_longer_than_an_hour(after: float) -> None:
    """An odd waiting time in one answer is taken for the longest that is believed."""
    assert TryLater("slow down", after).after == LONGEST_PAUSE
