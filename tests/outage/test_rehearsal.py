# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal names the times of the policy as the machine would take them in earnest."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.policy import OutagePolicy
from bot.rules.rehearsal import course_of


def test_course_of_the_usual_times() -> None:
    """Noticed in two minutes, back after the hold, as docs/outages.md says."""
    course = course_of(OutagePolicy())

    assert course.noticed == timedelta(minutes=2)
    assert course.banner == timedelta(minutes=5, seconds=30)
    assert course.back == timedelta(minutes=2, seconds=30)
    assert course.all_clear == timedelta(minutes=12, seconds=30)


def test_course_follows_the_desks_own_times() -> None:
    """A desk that waits longer is told so."""
    patient = OutagePolicy(
        interval=timedelta(minutes=1),
        declare_after=timedelta(minutes=10),
        declare_failing=500,
        declare_of=500,
        hold=timedelta(hours=1),
    )

    course = course_of(patient)

    assert course.noticed == timedelta(minutes=11)
    assert course.all_clear is not None and course.all_clear > timedelta(hours=1)
