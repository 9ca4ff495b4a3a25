# SPDX-License-Identifier: GPL-3.0-or-later
"""Explains a clock: every stretch since its start, counted or skipped, with the reason."""

from __future__ import annotations

from datetime import datetime

from bot.rules.business_time import Calendar, Span, SpanKind
from bot.rules.sla_values import ClockState


def spans_of(state: ClockState, calendar: Calendar, now: datetime) -> tuple[Span, ...]:
    """From the start to the answer, to the deadline of a clock that runs, else to now.

    A pause is skipped as such, whatever the calendar says of its hours; `calendar` is the one the
    state names.
    """
    if state.started_at is None:
        return ()
    end = max(state.achieved_at or state.due_at or now, state.started_at)
    found: list[Span] = []
    position = state.started_at
    for pause in state.paused:
        since, until = min(pause.since, end), min(pause.until or end, end)
        if position < since:
            found += calendar.explain(position, since)
        if since < until:
            found.append(Span(since, until, SpanKind.PAUSED, pause.why))
        position = max(position, until)
    if position < end:
        found += calendar.explain(position, end)
    return tuple(found)
