# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that cross between the two queues and those who work them off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.rules.actions import Outgoing
from bot.rules.events import Event


class Touched(StrEnum):
    """Which queue may have got work by a commit; what `Store.on_change` tells."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    TIMERS = "timers"


class InboxState(StrEnum):
    """Where an event stands.

    waiting -> claimed -> settled; a failure leads back to waiting, too many to parked. A lease
    that ends makes a claimed row claimable again.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    SETTLED = "settled"
    PARKED = "parked"


class OutboxState(StrEnum):
    """Where a message stands.

    waiting -> claimed -> delivered | accepted | refused, or back to waiting; unknown when nobody
    can say whether it arrived, until somebody looked. superseded, expired, dropped and watched
    (watch-only: decided and recorded) and silenced are never sent.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    DROPPED = "dropped"
    WATCHED = "watched"
    SILENCED = "silenced"

    @property
    def is_open(self) -> bool:
        """True while the row still needs work."""
        return self in (OutboxState.WAITING, OutboxState.CLAIMED, OutboxState.UNKNOWN)


class Order(StrEnum):
    """Which rows of the outbox come first.

    `urgent_first` pages before digests; `oldest_first` as they were decided; `whole_tickets` is
    `urgent_first` and brings with each row those that wait behind it under the same order key,
    for destinations that merge them into one call.
    """

    URGENT_FIRST = "urgent_first"
    OLDEST_FIRST = "oldest_first"
    WHOLE_TICKETS = "whole_tickets"


@dataclass(frozen=True, slots=True)
class Patience:
    """Destinations to leave alone for now: wholly, or for all that is not critical.

    `without_edits`: no message is brought up to date for now, wherever it stands.
    """

    wholly: frozenset[str] = frozenset()
    unless_critical: frozenset[str] = frozenset()
    without_edits: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event to handle; `attempts` counts this one."""

    row_id: int
    event: Event
    attempts: int


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An event of the inbox and what became of it."""

    row_id: int
    event: Event
    state: InboxState
    attempts: int
    outcome: str | None
    reason: str | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedOutgoing:
    """A message to send; `attempts` counts this one.

    `state` is `waiting`, or `unknown` when an earlier attempt may have arrived: look first.
    `since` is when that earlier attempt began, where there was one.
    """

    row_id: int
    outgoing: Outgoing
    attempts: int
    state: OutboxState
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message of the outbox and what became of it; `reference` finds it at the other side.

    `passed_on_at` is when the next way was taken as well; `is_emptied` says that its words are
    not kept any longer.
    """

    row_id: int
    outgoing: Outgoing
    state: OutboxState
    attempts: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    reference: str | None
    reason: str | None
    passed_on_at: datetime | None = None
    is_emptied: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at sending a message."""

    number: int
    started_at: datetime | None
    ended_at: datetime
    outcome: str
    detail: str
