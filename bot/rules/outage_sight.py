# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether we see the helpdesk at all: a dead line of ours or refused credentials make us blind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.outage_state import Blind, OutageState, Step
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
