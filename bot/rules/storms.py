# SPDX-License-Identifier: GPL-3.0-or-later
"""Storms: many new matters at one destination become one message that counts them.

    calm --more than 20 new matters within 60 s--> storm --two quiet windows--> calm

While it lasts single messages are held back, critical ones are not. The one message is edited where
a way can edit, and told again at the end where it cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

QUIET_WINDOWS = 2


@dataclass(frozen=True, slots=True)
class StormPolicy:
    """`storms:`: more than so many new matters within so long; how often the count is renewed."""

    more_than: int = 20
    within: timedelta = timedelta(seconds=60)
    renew_every: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Storm:
    """One destination's weather.

    `recent` are the instants of new matters within the window. `number` counts the storms there;
    `count` and `customers` what was told and held back in this one; `last_at` its last message.
    """

    recent: tuple[datetime, ...] = ()
    threads: frozenset[str] = frozenset()
    number: int = 0
    began_at: datetime | None = None
    last_at: datetime | None = None
    count: int = 0
    customers: frozenset[str] = frozenset()
    renewed: int = 0

    @property
    def is_on(self) -> bool:
        """Whether single messages are held back."""
        return self.began_at is not None


CALM = Storm()


@dataclass(frozen=True, slots=True)
class Weather:
    """The storm after a message, whether it has just begun, and whether the message is held."""

    storm: Storm
    has_begun: bool = False
    is_held: bool = False


def after_message(
    storm: Storm,
    *,
    thread: str,
    customer: str,
    is_critical: bool,
    now: datetime,
    policy: StormPolicy,
) -> Weather:
    """Count a message about `thread`; more news of a matter that is known count as no new one."""
    since = now - policy.within
    recent = tuple(at for at in storm.recent if at > since)
    if not storm.is_on and not recent:
        storm = replace(storm, threads=frozenset(), customers=frozenset(), count=0)
    is_new = thread not in storm.threads
    counted = replace(
        storm,
        recent=(*recent, now)[-policy.more_than - 1 :] if is_new else recent,
        threads=storm.threads | {thread},
        customers=storm.customers | ({customer} if customer else frozenset()),
        count=storm.count + is_new,
        last_at=now if is_new else storm.last_at,
    )
    if storm.is_on:
        return Weather(counted, is_held=not is_critical)
    if len(counted.recent) <= policy.more_than:
        return Weather(counted)
    began = replace(counted, number=storm.number + 1, began_at=counted.recent[0], renewed=0)
    return Weather(began, has_begun=True, is_held=not is_critical)


def is_over(storm: Storm, now: datetime, policy: StormPolicy) -> bool:
    """Whether two windows went by without a new matter."""
    return storm.last_at is not None and now - storm.last_at >= QUIET_WINDOWS * policy.within


def to_state(storm: Storm) -> dict[str, Any]:
    """A storm as the store keeps it."""
    return {
        "recent": [at.isoformat() for at in storm.recent],
        "threads": sorted(storm.threads),
        "number": storm.number,
        "began_at": storm.began_at.isoformat() if storm.began_at else None,
        "last_at": storm.last_at.isoformat() if storm.last_at else None,
        "count": storm.count,
        "customers": sorted(storm.customers),
        "renewed": storm.renewed,
    }


def from_state(state: Mapping[str, Any] | None) -> Storm:
    """The storm that `to_state` wrote; calm where nothing was written."""
    if not state:
        return CALM
    began, last = state.get("began_at"), state.get("last_at")
    return Storm(
        recent=tuple(datetime.fromisoformat(at) for at in state.get("recent", ())),
        threads=frozenset(state.get("threads", ())),
        number=int(state.get("number", 0)),
        began_at=datetime.fromisoformat(began) if began else None,
        last_at=datetime.fromisoformat(last) if last else None,
        count=int(state.get("count", 0)),
        customers=frozenset(state.get("customers", ())),
        renewed=int(state.get("renewed", 0)),
    )
