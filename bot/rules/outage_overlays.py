# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies over the machine's phases: being turned away like everybody, and refused credentials.

A 429 is usually our own doing. Where we asked for less than half of our limit it is not: after ten
minutes our people are told, and if no write succeeds for a quarter of an hour either, nobody is
served and it is an outage. Credentials that stay refused for ten minutes let the mailbox take
over; agents may still work in the helpdesk, so customers hear of no outage.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.outage_state import Blind, OutageState, Phase, Step
from bot.rules.probes import ProbeRound, Verdict

OWN_SHARE = 0.5
"""From this share of our limit on, a 429 is held for our own doing."""
TURNED_AWAY_AFTER = timedelta(minutes=10)
SHUT_OUT_AFTER = timedelta(minutes=15)
TAKES_IN_AFTER = timedelta(minutes=10)
_SERVED = (Verdict.OK, Verdict.SLOW)
_NOT_WRITTEN = (Verdict.DOWN, Verdict.THROTTLED)


def after_throttling(state: OutageState, probes: ProbeRound, now: datetime) -> OutageState:
    """Since when we are turned away without our doing, and since when no write succeeded."""
    is_ours = probes.own_share is None or probes.own_share >= OWN_SHARE
    if probes.read in _SERVED or (probes.read is Verdict.THROTTLED and is_ours):
        return replace(state, turned_away_at=None, unwritten_at=None)
    if probes.read is Verdict.THROTTLED:
        state = replace(state, turned_away_at=state.turned_away_at or now)
    if state.turned_away_at is None:
        return state
    if probes.write in _NOT_WRITTEN:
        return replace(state, unwritten_at=state.unwritten_at or now)
    return replace(state, unwritten_at=None) if probes.write in _SERVED else state


def is_turned_away(state: OutageState, now: datetime) -> bool:
    """Whether the helpdesk has had no time for us for so long that it is worth telling."""
    since = state.turned_away_at
    return since is not None and now - since >= TURNED_AWAY_AFTER


def is_shut_out(state: OutageState, now: datetime) -> bool:
    """Whether nothing can be read nor written although we ask little: as good as down."""
    since = state.unwritten_at
    return is_turned_away(state, now) and since is not None and now - since >= SHUT_OUT_AFTER


def after_refusal(
    state: OutageState, probes: ProbeRound, now: datetime, steps: list[Step], *, has_mailbox: bool
) -> OutageState:
    """Let the mailbox take over when our credentials stay refused, and end that when they hold.

    It gets an incident's number, so that its mails and cases add up like those of an outage.
    """
    if state.takes_in_since is not None:
        if probes.read not in _SERVED:
            return state
        steps.append(Step.TAKES_IN_NO_MORE)
        return replace(state, takes_in_since=None)
    since = state.blind_since if state.blind is Blind.CREDENTIALS else None
    is_there = state.phase in (Phase.HEALTHY, Phase.SUSPECT)
    if not (has_mailbox and is_there and since is not None and now - since >= TAKES_IN_AFTER):
        return state
    steps.append(Step.TAKES_IN)
    first = state.first_failure_at if state.phase is Phase.SUSPECT else None
    number = state.incident + 1
    return replace(state, takes_in_since=since, incident=number, first_failure_at=first)
