# SPDX-License-Identifier: GPL-3.0-or-later
"""A pause lasts as long as it was meant to, and a clock that is set back makes it no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.lanes import CLOSED, after_outcome
from bot.rules.outcome import Refused
from bot.rules.pauses import OVER, pause_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(), True), (MINUTE / 2, True), (MINUTE, False), (-60 * MINUTE, False)],
    ids=["begun", "in the midst", "at its end", "set back"],
)
def test_pause_holds_from_its_beginning_to_its_end(after: timedelta, holds: bool) -> None:
    """Its end does not belong to it, and before it began it was set back."""
    pause, now = pause_of(MINUTE, NOON), NOON + after

    assert pause.holds(now) is holds
    assert pause.end(now) == (NOON + MINUTE if holds else now)


def test_what_never_waited_is_due_at_once() -> None:
    """A start begins so."""
    assert not OVER.holds(NOON)


def test_way_that_failed_is_tried_again_by_a_clock_that_was_set_back() -> None:
    """The next try is half a minute away, never an hour."""
    circuit = after_outcome(CLOSED, Refused("no such token", is_for_all=True), NOON)

    assert not circuit.may_send(NOON)
    assert circuit.may_send(NOON - 60 * MINUTE)
