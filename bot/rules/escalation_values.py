# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of escalation ladders: the levels as they were written, and how far one has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class NobodyThere(StrEnum):
    """What a level does whose people are all off duty.

    `tell` tells them all the same, `wait` holds the level until somebody is there, `next` takes
    the next level at once.
    """

    TELL = "tell"
    WAIT = "wait"
    NEXT = "next"


class TakenBy(StrEnum):
    """What counts as "somebody has it": a pressed button, or real work on the ticket."""

    BUTTON = "button"
    LINK = "link"
    MAIL = "mail"
    ASSIGNED = "assigned"
    PUBLIC_REPLY = "public_reply"


ALL_WAYS = frozenset(TakenBy)


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a ladder: who is told so long after its opening.

    `after` counts in the calendar `hours`, None for wall time. `tell` are people or rosters; who
    that is shows when the level fires.
    """

    after: timedelta
    tell: tuple[str, ...]
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class LadderSpec:
    """One entry of `ladders:`.

    `repage_every` tells the same level again, `repage_most` times; then the next level's turn comes
    at once if `then_next`. `taken_for` is how long "I have it" holds, None for good.
    """

    name: str
    levels: tuple[Level, ...]
    repage_every: timedelta | None = None
    repage_most: int = 0
    then_next: bool = False
    taken_for: timedelta | None = None
    taken_by: frozenset[TakenBy] = ALL_WAYS
    nobody_there: NobodyThere = NobodyThere.TELL
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """How far one opened ladder has come; its levels stay those it was opened with.

    `thread` is what it is about (`ticket:ID`, `alert:...`). Delays count from `anchor`, at which
    `anchor_after` of the ladder had passed. `level` is the last that fired, -1 for none.
    """

    key: str
    thread: str
    spec: LadderSpec
    opened_at: datetime
    anchor: datetime
    anchor_after: timedelta = timedelta()
    ticket_id: str | None = None
    level: int = -1
    pages: int = 0
    paged_at: datetime | None = None
    taken_by: str | None = None
    taken_until: datetime | None = None
    is_closed: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether somebody has it, for a while or for good."""
        return self.taken_by is not None


class PageCause(StrEnum):
    """Why a level is told now."""

    LEVEL = "level"
    AGAIN = "again"
    EXPIRED = "expired"
    HAND_OVER = "hand_over"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class Page:
    """Telling one level: whom, as of which instant, and which levels were passed over.

    `number` counts the pages of the ladder's level from 1; it is part of the message's key.
    """

    cause: PageCause
    level: int
    number: int
    tell: tuple[str, ...]
    at: datetime
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderStep:
    """The ladder after a step, whom to tell, and when to look again (None: never)."""

    ladder: Ladder
    page: Page | None = None
    due: datetime | None = None
