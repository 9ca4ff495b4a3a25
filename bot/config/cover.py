# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the hours of a week in which a promise runs on while nobody is there to keep it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.config.problems import Problem
from bot.rules.business_time import Calendar, Span, SpanKind, calendars_of
from bot.rules.calendar_days import local_time
from bot.rules.policy import Policy

ORDINARY_MONDAY = datetime(2026, 3, 2)
"""A week without a clock change; dated exceptions are left out, so any year's week is alike."""
SHOWN = 8


def uncovered(calendar: Calendar) -> list[Span]:
    """The stretches of an ordinary week in which the calendar is closed, in its own zone."""
    start = local_time(calendar.spec.zone, ORDINARY_MONDAY)
    spans = calendar.explain(start.astimezone(UTC), (start + timedelta(days=7)).astimezone(UTC))
    found: list[Span] = []
    for span in spans:
        if span.kind is SpanKind.COUNTED:
            continue
        if found and found[-1].end == span.start:
            found[-1] = replace(found[-1], end=span.end)
        else:
            found.append(span)
    return found


def cover_warnings(policy: Policy) -> Iterator[Problem]:
    """One warning per promise that runs on always, with the minutes nobody covers and when."""
    wanted = [p for p in policy.promises.values() if p.clock.promised_always]
    if not wanted:
        return
    plain = {
        name: replace(spec, closed={}, shifts={}, breaks={}, switches=())
        for name, spec in policy.calendars.items()
    }
    try:
        calendars = calendars_of(plain)
    except ValueError:
        return  # A circle or a missing calendar is told as such.
    for promise in wanted:
        calendar = calendars.get(promise.hours)
        gaps = uncovered(calendar) if calendar is not None else []
        if calendar is not None and gaps:
            minutes = sum(gap.seconds for gap in gaps) // 60
            name = promise.clock.name
            what = f"promise {name!r} runs on while nobody is there: {minutes:,} minutes a week"
            advice = f"coverage gap: {_shown(calendar, gaps)}"
            yield Problem(promise.place, what, advice, is_warning=True)


def _shown(calendar: Calendar, gaps: list[Span]) -> str:
    zone = calendar.spec.zone
    stretches = [
        f"{local_time(zone, gap.start):%a %H:%M}-{local_time(zone, gap.end):%a %H:%M}"
        for gap in gaps[:SHOWN]
    ]
    return ", ".join(stretches) + (", ..." if len(gaps) > SHOWN else "")
