# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a recovery is watched before held work goes out and the all-clear is given.

Both follow from a good round alone, never from time: what nobody saw is no recovery.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.outage_state import OutageState, Phase, Step
from bot.rules.policy import OutagePolicy

CLOCK_STEP = timedelta(minutes=1)
"""A clock that is set back by less is being adjusted."""


def hold(state: OutageState, policy: OutagePolicy) -> timedelta:
    """How long a recovery is watched: doubled by each relapse within the greatest hold."""
    if state.recovering_at is None:
        return policy.hold
    recent = [at for at in state.relapses if state.recovering_at - at <= policy.hold_greatest]
    doubled: timedelta = policy.hold * 2 ** min(len(recent), 16)
    return min(doubled, policy.hold_greatest)


def seen_good(state: OutageState, policy: OutagePolicy, now: datetime) -> OutageState:
    """Note a good round; with one that comes too long after the last, the watching begins anew.

    Our line, our credentials, a 429 or a dead daemon may have hidden a relapse meanwhile, and a
    clock that was set back does not tell how long it was watched.
    """
    last = state.last_good_at
    if last is not None and -CLOCK_STEP <= now - last <= policy.unobserved_after:
        return replace(state, last_good_at=now)
    return replace(
        state,
        last_good_at=now,
        good_in_a_row=0,
        first_good_at=None,
        has_written=False,
        recovering_at=now if state.phase is Phase.RECOVERING else state.recovering_at,
    )


def after_hold(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    """Say what a good round at `now` ends: the wait of held work, and the hold itself."""
    since = state.recovering_at
    assert since is not None, "a helpdesk that recovers began to"
    if not state.is_released and since + policy.release_after <= now:
        state = replace(state, is_released=True)
        steps.append(Step.RELEASE)
    if since + hold(state, policy) > now:
        return state
    if not state.is_released:
        steps.append(Step.RELEASE)
    steps.append(Step.RECOVERED)
    return replace(
        state,
        phase=Phase.HEALTHY,
        since=now,
        healthy_at=now,
        is_released=True,
        is_banner_shown=False,
        banner_renewed_at=None,
        declared_by="",
        declared_until=None,
    )
