# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the helpdesk was there at an instant, as far as we saw: from the outages' timelines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.handlers.outage import load_state
from bot.rules.outage_state import Blind, OutageState, Phase, Step
from bot.store.transaction import Reader

BEFORE = timedelta(minutes=1)
"""A helpdesk was down before the first failing round noticed it: two rounds' time."""
LOOKED_BACK = 20
"""Outages that are looked through for an older mail."""
BEGAN = "began"
_ENDED = (Step.RECOVERED, Step.TAKES_IN_NO_MORE)


class Standing(StrEnum):
    """How the helpdesk stood when something came."""

    UP = "up"
    DOWN = "down"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Stood:
    """The standing, and the number of the outage that it was in."""

    standing: Standing
    incident: int | None = None


def stood_at(at: datetime, reader: Reader) -> Stood:
    """How the helpdesk stood at an instant; unsettled while it is suspected.

    Where it refuses our credentials for so long that the mailbox takes over, it is down for mails.
    """
    state = load_state(reader)
    if state.phase in (Phase.DOWN, Phase.RECOVERING):
        if _began(state) - BEFORE <= at:
            return Stood(Standing.DOWN, state.incident)
    elif state.takes_in_since is not None and state.takes_in_since - BEFORE <= at:
        return Stood(Standing.DOWN, state.incident)
    elif (doubted := _doubted_since(state)) is not None and doubted - BEFORE <= at:
        return Stood(Standing.UNSETTLED)
    return _in_the_past(at, reader)


def _doubted_since(state: OutageState) -> datetime | None:
    """Since when it is suspected, or refuses us; None where neither is so."""
    if state.blind is Blind.CREDENTIALS:
        return state.blind_since
    return _began(state) if state.phase is Phase.SUSPECT else None


def _began(state: OutageState) -> datetime:
    began = state.first_failure_at or state.since or state.last_round_at
    assert began is not None, "a helpdesk that is suspected was looked at"
    return began


def _in_the_past(at: datetime, reader: Reader) -> Stood:
    """What the timelines say; of an outage that goes on, the part that ended before it reopened."""
    latest = reader.incidents.latest() or 0
    for incident in range(latest, max(0, latest - LOOKED_BACK), -1):
        entries = reader.incidents.of(incident)
        began = [
            datetime.fromisoformat(each.detail[BEGAN]) for each in entries if BEGAN in each.detail
        ]
        ended = [each.at for each in entries if each.kind in _ENDED]
        if began and ended and min(began) - BEFORE <= at <= max(ended):
            return Stood(Standing.DOWN, incident)
    return Stood(Standing.UP)
