# SPDX-License-Identifier: GPL-3.0-or-later
"""What the first message about a ticket in a room says as the clock runs, and when to look again.

    rule or alert --a promise runs--> due --the instant passes--> missed
        any of these --somebody has it--> taken --its time is over--> as before
        any of these --our public word is the last one--> answered --told anew--> as before
        any of these --the ticket is done--> done; nothing follows until it is told anew

An edit calls nobody: whom a step has to call gets a message in the thread besides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.actions import Notice, NoticeKind
from bot.rules.escalation_values import Ladder
from bot.rules.few_cards import Shown
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor

TIMED = frozenset(
    {NoticeKind.RULE, NoticeKind.ALERT, NoticeKind.SLA_WARNING, NoticeKind.SLA_BREACHED}
)
"""Kinds of messages whose room has a card: they are about one ticket, and its state goes on."""
ENDS = frozenset({NoticeKind.ANSWERED, NoticeKind.DONE})
"""What ends a matter for rooms that are told its end in a message of its own."""
CLOSE = timedelta(minutes=5)
SHORTEST_HALF = timedelta(minutes=10)
OVERDUE = (
    timedelta(seconds=1),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
)
"""The time left is renewed at half of the rest while that is ten minutes or more, five minutes
before the instant and behind it, and at these lengths after it."""
NOTHING_SHOWN = Shown()
USUAL_BUTTONS = ("acknowledge", "take", "snooze")


@dataclass(frozen=True, slots=True)
class Room:
    """One room that heard of a ticket: since when, in which language, and what its card says.

    `said` is empty until the card was looked at once: then the first message says it. `shown` is
    what a room was shown whose messages cannot be edited.
    """

    destination: str
    since: datetime
    language: str
    zone: str
    said: str = ""
    shown: Shown = NOTHING_SHOWN

    @property
    def can_edit(self) -> bool:
        """Whether its messages can be edited."""
        return self.destination.startswith("slack:")


@dataclass(frozen=True, slots=True)
class Card:
    """What a ticket's rooms have been told: as what at first, when last, and what each shows."""

    told_as: NoticeKind
    told_at: datetime
    rooms: tuple[Room, ...] = ()
    renewed_at: datetime | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands.

    `clock` and `due_at` are of the running promise that is due first. `answered_at` is our last
    public word if nobody's of the customer's followed. `level` is the highest that a ladder told,
    0 for the first, and `pages` how often.
    """

    is_done: bool = False
    answered_at: datetime | None = None
    taken_by: str | None = None
    put_off_by: str | None = None
    owner: str | None = None
    clock: str | None = None
    due_at: datetime | None = None
    level: int = 0
    pages: int = 1
    may_raise: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """What a card says, its ticket's own facts apart."""

    kind: NoticeKind
    clock: str | None = None
    due_at: datetime | None = None
    owner: str | None = None
    reason: str = ""
    buttons: tuple[str, ...] = ()


def face_of(standing: Standing, card: Card, now: datetime) -> Face:
    """What the card of such a ticket says at `now`."""
    clock, due_at, owner = standing.clock, standing.due_at, standing.owner
    if standing.is_done:
        return Face(NoticeKind.DONE, owner=owner)
    if _is_answered(standing, card, now):
        return Face(NoticeKind.ANSWERED, clock, due_at, owner)
    if standing.taken_by is not None:
        return Face(NoticeKind.ACKNOWLEDGED, clock, due_at, standing.taken_by)
    buttons = (*USUAL_BUTTONS, "raise") if standing.may_raise else USUAL_BUTTONS
    kind = card.told_as
    if due_at is not None:
        kind = NoticeKind.SLA_BREACHED if due_at < now else NoticeKind.SLA_WARNING
    return Face(kind, clock, due_at, owner, _reason(standing), buttons)


def next_look(face: Face, now: datetime) -> datetime | None:
    """When the time that a card names should be renewed; None where it names none that runs."""
    if face.due_at is None or face.kind is NoticeKind.ANSWERED:
        return None
    rest = face.due_at - now
    if rest >= 2 * SHORTEST_HALF:
        return now + rest / 2
    if rest > CLOSE:
        return face.due_at - CLOSE
    return next((face.due_at + each for each in OVERDUE if face.due_at + each > now), None)


def digest_of(face: Face, notice: Notice) -> str:
    """A short name for what a card says; the time that runs on apart."""
    parts = (face, notice.title, notice.priority, notice.category, notice.organisation,
             notice.number)  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def answered_at(history: Iterable[Change]) -> datetime | None:
    """When our last public word was said, None where the customer's is the last one."""
    at: datetime | None = None
    for change in history:
        is_word = change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT) and change.is_public
        if is_word and change.actor is Actor.AGENT:
            at = change.at
        elif is_word and change.actor is Actor.REQUESTER:
            at = None
    return at


def highest(ladders: Iterable[Ladder]) -> Ladder | None:
    """The ladder that has come furthest of those that go on."""
    going = [each for each in ladders if not each.is_closed]
    return max(going, key=lambda each: (each.level, each.pages), default=None)


def _is_answered(standing: Standing, card: Card, now: datetime) -> bool:
    """Whether our word is the last one, and nobody was called since."""
    at = standing.answered_at
    if at is None or (standing.due_at is not None and standing.due_at < now):
        return False
    return at >= card.told_at or standing.due_at is None


def _reason(standing: Standing) -> str:
    """A code with its detail, which the texts say in the reader's language."""
    if standing.put_off_by is not None:
        return f"put_off:{standing.put_off_by}"
    if standing.level > 0:
        return f"next_level:{standing.level + 1}"
    return f"told_again:{standing.pages}" if standing.pages > 1 else ""
