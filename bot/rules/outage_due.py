# SPDX-License-Identifier: GPL-3.0-or-later
"""What an outage does by time alone: banner, reminders, the end of a person's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.outage_state import OutageDecision, OutageState, Phase, Step, Works
from bot.rules.outage_works import after_works, with_works
from bot.rules.policy import OutagePolicy


def after_time(
    state: OutageState, policy: OutagePolicy, now: datetime, works: Works | None = None
) -> OutageDecision:
    """Do what falls due by time alone: banner, reminders, the end of a person's word.

    The end of a recovery is none of it: that takes a good round (`outage_hold`), and where none
    comes, our people are reminded that it waits. `works` is the announced maintenance that holds
    now: while it does, there is no noise.
    """
    steps: list[Step] = []
    state = after_works(with_works(state, works), now, steps)
    if state.declared_until is not None and state.declared_until <= now:
        steps.append(Step.DECLARATION_OVER)
        state = replace(state, declared_by="", declared_until=None)
    reminds_at = _reminds_at(state, policy)
    if reminds_at is not None and reminds_at <= now:
        state = replace(state, reminded_at=now)
        steps.append(Step.REMIND)
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
    return OutageDecision(state, tuple(steps))


def next_due(state: OutageState, policy: OutagePolicy) -> datetime | None:
    """The instant at which `after_time` will have something to do, None if never."""
    due: list[datetime] = [state.declared_until] if state.declared_until else []
    if state.phase is Phase.DOWN and state.is_announced:
        due += [state.works_until] if state.works_until else []
    elif state.phase is Phase.DOWN and not state.is_banner_shown:
        due.append(_banner_due(state, policy))
    if (reminds_at := _reminds_at(state, policy)) is not None:
        due.append(reminds_at)
    if state.is_banner_shown:
        due.append(_renewal_due(state, policy))
    return min(due, default=None)


def began(state: OutageState) -> datetime:
    """When the outage, or the suspicion of one, began."""
    first = state.first_failure_at or state.since or state.last_round_at
    assert first is not None, "only a machine that saw a round can be suspect or down"
    return first


def unseen_since(state: OutageState) -> datetime:
    """Since when nobody saw a recovery to be good."""
    return state.last_good_at or state.recovering_at or began(state)


def _reminds_at(state: OutageState, policy: OutagePolicy) -> datetime | None:
    """When our people hear again that it is down, or that nobody sees it to be back."""
    if state.phase is Phase.DOWN and not state.is_announced:
        return (state.reminded_at or began(state)) + policy.reminder_every
    is_quiet = state.is_announced and state.works_until is not None
    if state.phase is not Phase.RECOVERING or is_quiet:
        return None
    since = unseen_since(state)
    return max(since, state.reminded_at or since) + policy.reminder_every


def _banner_due(state: OutageState, policy: OutagePolicy) -> datetime:
    if state.declared_by and state.declared_at is not None:
        # A person who declares has looked already.
        return state.declared_at
    return began(state) + policy.banner_after


def _renewal_due(state: OutageState, policy: OutagePolicy) -> datetime:
    """Renewed at half its life, so that a banner outlives a daemon by minutes, not for ever."""
    renewed = state.banner_renewed_at or began(state)
    return renewed + policy.banner_valid / 2
