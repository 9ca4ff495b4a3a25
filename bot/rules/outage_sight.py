# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether we see the helpdesk at all: a dead line of ours or refused credentials make us blind.

No outage and no end of one is seen through a dead line, nor past a firewall that lets us reach
neither the helpdesk nor the witnesses. So our people are told when that lasts, and when it is over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.outage_state import Blind, OutageState, Step
from bot.rules.policy import OutagePolicy
from bot.rules.probes import ProbeRound, Verdict


def blindness(probes: ProbeRound) -> Blind:
    """Why a round says more of us than of the helpdesk, if it does."""
    if Verdict.OK in (probes.read, probes.write) or probes.read is Verdict.SLOW:
        return Blind.NO
    failed = probes.witnesses.count(False)
    if len(probes.witnesses) >= 2 and failed * 3 >= len(probes.witnesses) * 2:
        return Blind.NETWORK
    if probes.read is Verdict.CREDENTIALS and probes.edge is not Verdict.DOWN:
        return Blind.CREDENTIALS
    return Blind.NO


def after_blindness(
    state: OutageState, blind: Blind, now: datetime, steps: list[Step]
) -> OutageState:
    """Note why a round does not count, and say where that changed."""
    if blind is state.blind:
        return state
    if blind is Blind.NO:
        steps.append(Step.SEEING_AGAIN)
        return replace(state, blind=blind, blind_since=None)
    steps.append(Step.CREDENTIALS_REFUSED if blind is Blind.CREDENTIALS else Step.BLINDED)
    return replace(state, blind=blind, blind_since=now)


def after_darkness(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    """Have it told once that our own line stays dead, and once that it is there again."""
    if state.blind is not Blind.NETWORK:
        if state.is_dark:
            steps.append(Step.SIGHT_BACK)
        return replace(state, is_dark=False)
    since = state.blind_since
    if state.is_dark or since is None or now - since < policy.blind_after:
        return state
    steps.append(Step.STAYS_BLIND)
    return replace(state, is_dark=True, dark_since=since)
