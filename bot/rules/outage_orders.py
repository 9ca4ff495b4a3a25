# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person's word does to the outage machine: declared down at once, or all clear at once.

Both are forgotten by themselves: a declaration ends after some hours unless it is renewed, and an
all-clear that our probes contradict holds for a quarter of an hour.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.events import OutageOrdered
from bot.rules.outage import declare, relapse
from bot.rules.outage_state import OutageDecision, OutageState, Phase, Step
from bot.rules.policy import OutagePolicy

DECLARED_FOR = timedelta(hours=4)
"""How long a declaration holds where nobody said how long."""
LONGEST = timedelta(hours=24)
CLEAR_HOLDS = timedelta(minutes=15)


def after_order(
    state: OutageState, order: OutageOrdered, policy: OutagePolicy, now: datetime
) -> OutageDecision:
    """Take a person's word; no steps where it changes nothing."""
    if order.is_down:
        return _declared(state, order, policy, now)
    if state.phase in (Phase.DOWN, Phase.RECOVERING):
        return _cleared(state, now)
    return OutageDecision(state)


def _declared(
    state: OutageState, order: OutageOrdered, policy: OutagePolicy, now: datetime
) -> OutageDecision:
    steps = [Step.DECLARED_BY_HAND]
    wanted = order.until or now + DECLARED_FOR
    fresh = replace(
        state,
        declared_by=order.by,
        declared_until=min(wanted, now + LONGEST),
        good_in_a_row=0,
        first_good_at=None,
        has_written=False,
        has_asked_to_clear=False,
        is_announced=False,
    )
    match state.phase:
        case Phase.HEALTHY | Phase.SUSPECT:
            first = state.first_failure_at if state.phase is Phase.SUSPECT else None
            fresh = declare(replace(fresh, first_failure_at=first or now), policy, now, steps)
        case Phase.RECOVERING:
            fresh = relapse(fresh, now, steps)
        case Phase.DOWN if state.is_announced:
            # What was announced is an outage from now on, and counts from now on.
            steps.append(Step.OVERRUN)
            fresh = replace(fresh, declared_at=now, reminded_at=now)
        case Phase.DOWN:
            pass
    if not fresh.is_banner_shown:
        fresh = replace(fresh, is_banner_shown=True, banner_renewed_at=now)
        steps.append(Step.SHOW_BANNER)
    return OutageDecision(fresh, tuple(steps))


def _cleared(state: OutageState, now: datetime) -> OutageDecision:
    """All clear: what was held goes out, and failing rounds are only told for a while."""
    released = () if state.is_released else (Step.RELEASE,)
    after = replace(
        state,
        phase=Phase.HEALTHY,
        since=now,
        healthy_at=now,
        failing_in_a_row=0,
        window=(),
        recovering_at=None,
        is_released=True,
        is_banner_shown=False,
        banner_renewed_at=None,
        declared_by="",
        declared_until=None,
        cleared_until=now + CLEAR_HOLDS,
        has_objected=False,
    )
    return OutageDecision(after, (Step.CLEARED_BY_HAND, *released, Step.RECOVERED))
