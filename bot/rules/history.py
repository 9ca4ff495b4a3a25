# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened to a ticket, one entry each; the clocks are computed from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.rules.ticket import Actor


class ChangeKind(StrEnum):
    """What sort of thing happened."""

    CREATED = "created"
    COMMENT = "comment"
    FIELD = "field"
    GONE = "gone"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a ticket's history; `key` is the event's key, unique within the ticket.

    `field`, `old` and `new` belong to `field` changes (and `new` to `gone`: how it went);
    `is_public` and `body` (the comment's text) to comments. `taken` is somebody's "I have it", with
    their name in `new`. `own_key` is the outbox key of a change that Deskmate made itself.
    """

    key: str
    at: datetime
    kind: ChangeKind
    actor: Actor
    person_id: str | None = None
    is_public: bool = False
    field: str | None = None
    old: str | None = None
    new: str | None = None
    body: str | None = None
    own_key: str | None = None


def unanswered_reply(history: Iterable[Change]) -> Change | None:
    """The requester's reply where nobody of ours answered after it; none for opening words."""
    people = (Actor.REQUESTER, Actor.AGENT)
    said = [each for each in history if each.body and each.is_public and each.actor in people]
    last = said[-1] if said else None
    if last is None or last.actor is Actor.AGENT or last.kind is not ChangeKind.COMMENT:
        return None
    return last
