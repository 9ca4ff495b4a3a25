# SPDX-License-Identifier: GPL-3.0-or-later
"""Storms begin with many new matters at once, hold back what is not critical, and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.rules.storms import CALM, Storm, StormPolicy, after_message, from_state, is_over, to_state

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = StormPolicy(more_than=3, within=timedelta(seconds=60))


def _after(storm: Storm, second: float, thread: str, *, is_critical: bool = False) -> object:
    return after_message(
        storm,
        thread=thread,
        customer=thread.upper(),
        is_critical=is_critical,
        now=NOON + timedelta(seconds=second),
        policy=POLICY,
    )


def _many(count: int, every: float) -> list[object]:
    storm, found = CALM, []
    for number in range(count):
        weather = _after(storm, number * every, f"m{number}")
        storm = weather.storm
        found.append(weather)
    return found


def test_fourth_new_matter_begins_a_storm() -> None:
    """Three within a minute are told; the fourth opens the storm and is held."""
    assert [(each.has_begun, each.is_held) for each in _many(5, 1)] == [
        (False, False),
        (False, False),
        (False, False),
        (True, True),
        (False, True),
    ]


def test_steady_matters_are_no_storm() -> None:
    """One every half minute stays below the threshold for ever."""
    assert not any(each.has_begun for each in _many(100, 30))


def test_critical_messages_pass() -> None:
    """A page is never held back."""
    storm = _many(5, 1)[-1].storm

    assert not _after(storm, 6, "page", is_critical=True).is_held


def test_more_news_of_one_matter_are_no_storm() -> None:
    """Ten messages about one ticket are one matter."""
    storm = CALM
    for second in range(10):
        storm = _after(storm, second, "same").storm

    assert not storm.is_on
    assert storm.count == 1


def test_two_quiet_minutes_end_it() -> None:
    """It ends when two windows brought nothing new."""
    storm = _many(5, 1)[-1].storm

    assert not is_over(storm, NOON + timedelta(seconds=123), POLICY)
    assert is_over(storm, NOON + timedelta(seconds=124), POLICY)


def test_storm_survives_a_restart() -> None:
    """What the store keeps is all of it."""
    storm = _many(5, 1)[-1].storm

    assert from_state(to_state(storm)) == storm
