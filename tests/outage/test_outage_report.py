# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it was away, and what that is of the vendor's promise."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from outage_watch import START

from bot.rules.outage_report import (
    Away,
    Happened,
    availability,
    away_in,
    began_in,
    is_over,
    of_this_incident,
)

MINUTE = timedelta(minutes=1)


def _at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def test_away_is_from_first_failure_to_first_answer() -> None:
    """Neither the two minutes before it was declared nor the hold after it are lost or added."""
    entries = [
        Happened(_at(2), "declared", began=_at(0)),
        Happened(_at(20), "answering_again", answered=_at(18)),
        Happened(_at(30), "recovered"),
    ]

    assert away_in(entries, _at(60)) == (Away(_at(0), _at(18)),)
    assert is_over(entries)


def test_relapse_and_reopening_are_spans_of_their_own() -> None:
    """What it was there in between is not counted."""
    entries = [
        Happened(_at(2), "declared", began=_at(0)),
        Happened(_at(10), "answering_again", answered=_at(8)),
        Happened(_at(14), "relapsed", began=_at(0)),
        Happened(_at(20), "answering_again", answered=_at(18)),
        Happened(_at(40), "recovered"),
        Happened(_at(52), "reopened", began=_at(50)),
    ]

    lengths = [(span.end - span.start) / MINUTE for span in away_in(entries, _at(60))]
    assert lengths == [8, 4, 10]
    assert not is_over(entries)


def test_mailbox_that_took_over_is_an_incident_without_time_away() -> None:
    """Agents could work in the helpdesk all the time; it is over when our credentials hold."""
    entries = [
        Happened(_at(10), "takes_in", began=_at(0)),
        Happened(_at(90), "takes_in_no_more"),
        Happened(_at(9000), "suspected"),
    ]

    assert away_in(entries, _at(9001)) == ()
    assert began_in(entries, ()) == _at(0)
    assert not is_over(entries[:1])
    assert is_over(entries) and len(of_this_incident(entries)) == 2


def test_later_suspicions_are_no_part_of_it() -> None:
    """A blip of next week stands in no report of this week's outage."""
    entries = [
        Happened(_at(2), "declared", began=_at(0)),
        Happened(_at(30), "recovered"),
        Happened(_at(9000), "suspected"),
        Happened(_at(9001), "cleared"),
    ]

    assert [each.kind for each in of_this_incident(entries)] == ["declared", "recovered"]


@pytest.mark.parametrize(("minutes", "is_kept"), [(43.2, True), (43.3, False)])
def test_three_nines_are_43_minutes_12_seconds(minutes: float, is_kept: bool) -> None:
    """Of 30 days."""
    end = _at(60 * 24)

    found = availability([Away(end - minutes * MINUTE, end)], end)

    assert found.allowed == timedelta(minutes=43, seconds=12)
    assert found.is_kept is is_kept


def test_overlapping_spans_count_once() -> None:
    """And only what lies within the 30 days."""
    end = _at(0)
    spans = [
        Away(end - 20 * MINUTE, end - 10 * MINUTE),
        Away(end - 15 * MINUTE, end - 5 * MINUTE),
        Away(end - timedelta(days=31), end - timedelta(days=30) + 3 * MINUTE),
    ]

    assert availability(spans, end).away == 18 * MINUTE
