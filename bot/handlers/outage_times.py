# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the helpdesk was there at an instant, as far as we saw: from the outages' timelines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.handlers.outage import SEEN_UP, load_state
from bot.rules.outage_state import Blind, OutageState, Phase, Step
from bot.store.transaction import Reader

BEFORE = timedelta(minutes=1)
"""A helpdesk was down before the first failing round noticed it: two rounds' time.

So it was there at an instant only if a round saw it there this much later.
"""
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
    """How the helpdesk stood at an instant; unsettled until it was seen to be there after it.

    Where it refuses our credentials for so long that the mailbox takes over, it is down for mails.
    What came while nobody watched, and before it was found down, counts as come while it was down.
    """
    state = load_state(reader)
    is_unseen = state.seen_up_at is not None and state.seen_up_at - BEFORE <= at
    if state.phase in (Phase.DOWN, Phase.RECOVERING):
        if is_unseen or _began(state) - BEFORE <= at:
            return Stood(Standing.DOWN, state.incident)
    elif state.takes_in_since is not None:
        if is_unseen or state.takes_in_since - BEFORE <= at:
            return Stood(Standing.DOWN, state.incident)
    elif (doubted := _doubted_since(state)) is not None and doubted - BEFORE <= at:
        return Stood(Standing.UNSETTLED)
    incident = _outage_at(at, reader)
    if incident is not None:
        return Stood(Standing.DOWN, incident)
    return Stood(Standing.UNSETTLED if is_unseen else Standing.UP)


def _doubted_since(state: OutageState) -> datetime | None:
    """Since when it is suspected, or refuses us; None where neither is so."""
    if state.blind is Blind.CREDENTIALS:
        return state.blind_since
    return _began(state) if state.phase is Phase.SUSPECT else None


def _began(state: OutageState) -> datetime:
    began = state.first_failure_at or state.since or state.last_round_at
    assert began is not None, "a helpdesk that is suspected was looked at"
    return began


def _outage_at(at: datetime, reader: Reader) -> int | None:
    """The number of the outage of the past that an instant lies in, as the timelines have it.

    Of an outage that goes on, the part that ended before it reopened.
    """
    latest = reader.incidents.latest() or 0
    for incident in range(latest, max(0, latest - LOOKED_BACK), -1):
        entries = reader.incidents.of(incident)
        began = [
            datetime.fromisoformat(each.detail[name])
            for each in entries
            for name in (BEGAN, SEEN_UP)
            if name in each.detail
        ]
        ended = [each.at for each in entries if each.kind in _ENDED]
        if began and ended and min(began) - BEFORE <= at <= max(ended):
            return incident
    return None
