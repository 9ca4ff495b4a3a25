# SPDX-License-Identifier: GPL-3.0-or-later
"""What may fail while the helpdesk can be read: writing, its webhooks, its lists; never an outage.

The canary ticket is written with a counter every few minutes. A write that fails twice, a counter
whose webhook does not come three times, or that the list we poll does not show twice, is told to
our people once, and once more when it works again. What never worked is a setting, and not told.
So are answers that come slowly, and being turned away though we ask little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.rules.probes import ProbeRound, Verdict

LIMIT = timedelta(minutes=5)
"""How long a counter may take to come back."""
MOST_UNSEEN = 20
LATEST = 20
"""Reads that are remembered for their speed."""
MOST_SLOW = 2
"""Of 20 reads, two above 5 s put the 95th percentile above it (the 19th of 20 in order)."""


class Part(StrEnum):
    """What can fail by itself."""

    WRITES = "writes"
    WEBHOOKS = "webhooks"
    LISTS = "lists"
    SPEED = "speed"
    SERVICE = "service"
    INTAKE = "intake"


NEEDED = {
    Part.WRITES: 2,
    Part.WEBHOOKS: 3,
    Part.LISTS: 2,
    Part.SPEED: MOST_SLOW,
    Part.SERVICE: 1,
    Part.INTAKE: 2,
}
"""Misses in a row until it is told."""
CODES = {
    Part.WRITES: ("writes_fail", "writes_work"),
    Part.WEBHOOKS: ("webhooks_silent", "webhooks_back"),
    Part.LISTS: ("lists_stale", "lists_fresh"),
    Part.SPEED: ("answers_slow", "answers_fast"),
    Part.SERVICE: ("turned_away", "served_again"),
    Part.INTAKE: ("intake_late", "intake_back"),
}
"""What is told when it fails, and when it works again."""


@dataclass(frozen=True, slots=True)
class PartWatch:
    """One part: counters that have not come back, misses in a row, since when it fails.

    `latest` are the last reads, 1 for a slow one: of speed alone.
    """

    unseen: tuple[int, ...] = ()
    latest: tuple[int, ...] = ()
    missed: int = 0
    has_worked: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Degraded:
    """All parts, and what has just to be told: codes of `CODES`."""

    parts: Mapping[Part, PartWatch] = field(default_factory=dict)
    told: tuple[str, ...] = ()

    def of(self, part: Part) -> PartWatch:
        """How a part stands."""
        return self.parts.get(part, PartWatch())


def after_round(
    state: Degraded,
    probes: ProbeRound,
    counter: int,
    now: datetime,
    *,
    is_up: bool,
    is_turned_away: bool = False,
) -> Degraded:
    """Take a round of probes; while the helpdesk is not simply there, nothing is counted."""
    state = replace(state, told=())
    if is_up and is_turned_away:
        # Whoever was served before is turned away now: that needs no second look.
        watch = replace(state.of(Part.SERVICE), missed=1, has_worked=True)
        return _with(state, Part.SERVICE, watch, now)
    if not is_up or probes.read not in (Verdict.OK, Verdict.SLOW):
        return replace(state, parts={
            part: replace(watch, unseen=(), missed=0) for part, watch in state.parts.items()
        })  # fmt: skip
    state = _timed(_works(state, Part.SERVICE), probes, now)
    match probes.write:
        case Verdict.DOWN:
            writes = state.of(Part.WRITES)
            state = _with(state, Part.WRITES, replace(writes, missed=writes.missed + 1), now)
        case Verdict.OK | Verdict.SLOW:
            state = _works(state, Part.WRITES)
            for part in (Part.WEBHOOKS, Part.LISTS):
                watch = state.of(part)
                unseen = (*watch.unseen, counter)[-MOST_UNSEEN:]
                state = _with(state, part, replace(watch, unseen=unseen), now)
        case _:
            pass
    return _overdue(state, now)


def after_seen(state: Degraded, part: Part, counter: int) -> Degraded:
    """A counter came back, and with it every older one."""
    state = replace(state, told=())
    left = tuple(each for each in state.of(part).unseen if each > counter)
    state = _works(state, part)
    return replace(state, parts={**state.parts, part: replace(state.of(part), unseen=left)})


def after_sent(state: Degraded, counter: int) -> Degraded:
    """A mail was sent that must become a ticket."""
    watch = state.of(Part.INTAKE)
    sent = replace(watch, unseen=(*watch.unseen, counter)[-MOST_UNSEEN:])
    return replace(state, parts={**state.parts, Part.INTAKE: sent})


def after_wait(
    state: Degraded, handed_in: frozenset[int], now: datetime, within: timedelta
) -> Degraded:
    """Count the mails that made no ticket in time; those never `handed_in` are let go."""
    state, watch = replace(state, told=()), state.of(Part.INTAKE)
    oldest = (now - within).timestamp()
    late = sum(each <= oldest and each in handed_in for each in watch.unseen)
    unseen = tuple(each for each in watch.unseen if each > oldest)
    fresh = replace(watch, unseen=unseen, missed=watch.missed + late)
    return _with(state, Part.INTAKE, fresh, now)


def after_intake(state: Degraded, counter: int) -> Degraded:
    """A mail became a ticket: only one that did so in time says that it works."""
    watch = state.of(Part.INTAKE)
    if counter in watch.unseen:
        return after_seen(state, Part.INTAKE, counter)
    known = replace(watch, has_worked=True)
    return Degraded({**state.parts, Part.INTAKE: known})


def _timed(state: Degraded, probes: ProbeRound, now: datetime) -> Degraded:
    """Slow from two slow reads of the last 20 on; fast again when none of them was slow."""
    watch = state.of(Part.SPEED)
    latest = (*watch.latest, int(probes.read is Verdict.SLOW))[-LATEST:]
    watch = replace(watch, latest=latest, missed=sum(latest), has_worked=True)
    state = _with(state, Part.SPEED, watch, now)
    return state if sum(latest) else _works(state, Part.SPEED)


def _overdue(state: Degraded, now: datetime) -> Degraded:
    oldest = (now - LIMIT).timestamp()
    for part in (Part.WEBHOOKS, Part.LISTS):
        watch = state.of(part)
        late = sum(each <= oldest for each in watch.unseen)
        unseen = tuple(each for each in watch.unseen if each > oldest)
        fresh = replace(watch, unseen=unseen, missed=watch.missed + late)
        state = _with(state, part, fresh, now)
    return state


def _with(state: Degraded, part: Part, watch: PartWatch, now: datetime) -> Degraded:
    """Keep a part, and tell of it once it has failed often enough."""
    is_news = watch.since is None and watch.has_worked and watch.missed >= NEEDED[part]
    if is_news:
        watch = replace(watch, since=now)
    told = (*state.told, CODES[part][0]) if is_news else state.told
    return Degraded({**state.parts, part: watch}, told)


def _works(state: Degraded, part: Part) -> Degraded:
    watch = state.of(part)
    told = state.told if watch.since is None else (*state.told, CODES[part][1])
    worked = replace(watch, missed=0, has_worked=True, since=None)
    return Degraded({**state.parts, part: worked}, told)


def to_row(state: Degraded) -> dict[str, Any]:
    """The parts as plain JSON values, for the store."""
    return {
        part.value: {
            "unseen": list(watch.unseen),
            "latest": list(watch.latest),
            "missed": watch.missed,
            "has_worked": watch.has_worked,
            "since": watch.since.isoformat() if watch.since else None,
        }
        for part, watch in state.parts.items()
    }


def from_row(row: Mapping[str, Any] | None) -> Degraded:
    """What `to_row` wrote; nothing known for None."""
    return Degraded({
        part: PartWatch(
            tuple(row[part]["unseen"]),
            tuple(row[part].get("latest", ())),
            row[part]["missed"],
            row[part]["has_worked"],
            datetime.fromisoformat(row[part]["since"]) if row[part]["since"] else None,
        )
        for part in Part
        if row and part in row
    })  # fmt: skip
