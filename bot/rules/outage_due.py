# SPDX-License-Identifier: GPL-3.0-or-later
"""What an outage does by time alone: banner, reminders, release of held work, end of the hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.outage_state import OutageDecision, OutageState, Phase, Step, Works
from bot.rules.outage_works import after_works, with_works
from bot.rules.policy import OutagePolicy


def after_time(
    state: OutageState, policy: OutagePolicy, now: datetime, works: Works | None = None
) -> OutageDecision:
    """Do what falls due by time alone: banner, reminders, release of held work, end of the hold.

    `works` is the announced maintenance that holds now: while it does, there is no noise.
    """
    steps: list[Step] = []
    state = after_works(with_works(state, works), now, steps)
    if state.declared_until is not None and state.declared_until <= now:
        steps.append(Step.DECLARATION_OVER)
        state = replace(state, declared_by="", declared_until=None)
    if state.phase is Phase.DOWN and not state.is_announced:
        state = _remind(state, policy, now, steps)
    if (
        state.phase is Phase.DOWN
        and not state.is_announced
        and not state.is_banner_shown
        and _banner_due(state, policy) <= now
    ):
        state = replace(state, is_banner_shown=True, banner_renewed_at=now)
        steps.append(Step.SHOW_BANNER)
    elif state.is_banner_shown and _renewal_due(state, policy) <= now:
        state = replace(state, banner_renewed_at=now)
        steps.append(Step.RENEW_BANNER)
    if state.phase is Phase.RECOVERING and state.recovering_at is not None:
        state = _after_hold(state, policy, now, steps)
    return OutageDecision(state, tuple(steps))


def next_due(state: OutageState, policy: OutagePolicy) -> datetime | None:
    """The instant at which `after_time` will have something to do, None if never."""
    due: list[datetime] = [state.declared_until] if state.declared_until else []
    if state.phase is Phase.DOWN and state.is_announced:
        due += [state.works_until] if state.works_until else []
    elif state.phase is Phase.DOWN:
        due.append((state.reminded_at or began(state)) + policy.reminder_every)
        if not state.is_banner_shown:
            due.append(_banner_due(state, policy))
    if state.is_banner_shown:
        due.append(_renewal_due(state, policy))
    if state.phase is Phase.RECOVERING and state.recovering_at is not None:
        if state.failing_in_a_row:
            # The next round decides: nothing falls due on a helpdesk that has just failed.
            return min(due, default=None)
        if not state.is_released:
            due.append(state.recovering_at + policy.release_after)
        due.append(state.recovering_at + hold(state, policy))
    return min(due, default=None)


def hold(state: OutageState, policy: OutagePolicy) -> timedelta:
    """How long a recovery is watched: doubled by each relapse within the greatest hold."""
    if state.recovering_at is None:
        return policy.hold
    recent = [at for at in state.relapses if state.recovering_at - at <= policy.hold_greatest]
    doubled: timedelta = policy.hold * 2 ** min(len(recent), 16)
    return min(doubled, policy.hold_greatest)


def began(state: OutageState) -> datetime:
    """When the outage, or the suspicion of one, began."""
    first = state.first_failure_at or state.since or state.last_round_at
    assert first is not None, "only a machine that saw a round can be suspect or down"
    return first


def _after_hold(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    assert state.recovering_at is not None
    if state.failing_in_a_row:
        return state
    recovering_at = state.recovering_at
    if not state.is_released and recovering_at + policy.release_after <= now:
        state = replace(state, is_released=True)
        steps.append(Step.RELEASE)
    if recovering_at + hold(state, policy) > now:
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


def _remind(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    if (state.reminded_at or began(state)) + policy.reminder_every > now:
        return state
    steps.append(Step.REMIND)
    return replace(state, reminded_at=now)


def _banner_due(state: OutageState, policy: OutagePolicy) -> datetime:
    if state.declared_by and state.declared_at is not None:
        # A person who declares has looked already.
        return state.declared_at
    return began(state) + policy.banner_after


def _renewal_due(state: OutageState, policy: OutagePolicy) -> datetime:
    """Renewed at half its life, so that a banner outlives a daemon by minutes, not for ever."""
    renewed = state.banner_renewed_at or began(state)
    return renewed + policy.banner_valid / 2
