# SPDX-License-Identifier: GPL-3.0-or-later
"""Announced maintenance of the helpdesk: DOWN without the noise, until it overruns.

What would be declared while it holds is an incident that is announced. At its end the quiet is
over; an outage that began before it stays one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.outage_state import OutageState, Phase, Step, Works


def with_works(state: OutageState, works: Works | None) -> OutageState:
    """The state that knows the maintenance which holds now, prolonged or ended as it may be."""
    if works is None:
        return replace(state, works_until=None)
    is_known = state.is_announced and state.phase is Phase.DOWN
    told = works.until if is_known else state.works_told
    return replace(state, works_until=works.until, works_said=works.said, works_told=told)


def announced(state: OutageState, declared: OutageState, steps: list[Step]) -> OutageState:
    """Away for announced works, not `declared`: an incident of its own, told once for each end."""
    is_told = state.works_told == state.works_until
    steps.append(Step.MAINTENANCE_AGAIN if is_told else Step.MAINTENANCE)
    number = state.incident if is_told else state.incident + 1
    return replace(
        declared, incident=number, is_announced=True, works_told=state.works_until, relapses=()
    )


def after_works(state: OutageState, now: datetime, steps: list[Step]) -> OutageState:
    """Maintenance that is over while the helpdesk is still away is an outage from then on."""
    is_away = state.phase is Phase.DOWN and state.is_announced
    if not is_away or state.works_until is not None:
        return state
    steps.append(Step.OVERRUN)
    return replace(state, is_announced=False, declared_at=now, reminded_at=now)
