# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal, expiring addresses of the continuity page: one person's, for 24 hours at most.

A token says whose it is, when it was made and until when it holds. It opens nothing once its
person may not read the page any more, or took back what was made until an instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.rules.policy import Policy
from bot.rules.rights import may
from bot.rules.roster_people import people_of_rosters
from bot.rules.tokens import base36, packed, parts_of, token_of, unpacked

LONGEST = timedelta(hours=24)
USUAL = timedelta(hours=8)
PATH = "/continuity/"
PURPOSE = "continuity"
RIGHT = "outage"
"""The right (`rights:`) that opens the page to people of no roster."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class DeskLink:
    """Whose link it is (an entry of `people:`), when it was made, until when it holds."""

    person: str
    made_at: datetime
    expires_at: datetime


class BadDeskLink(StrEnum):
    """Why a token opens nothing."""

    FORGED = "forged"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


def link_of(person: str, now: datetime, length: timedelta) -> DeskLink:
    """A link from now on, cut to the longest that there may be."""
    return DeskLink(person, now, now + min(length, LONGEST))


def address_of(link: DeskLink, public_url: str, secret: str) -> str:
    """Where the person reads the page; whoever has this address reads it in their name."""
    made, until = (base36(_milliseconds(at)) for at in (link.made_at, link.expires_at))
    token = token_of((packed(link.person), made, until), secret, purpose=PURPOSE)
    return f"{public_url.rstrip('/')}{PATH}{token}"


def read(
    token: str, secret: str, now: datetime, *, policy: Policy, taken_back: datetime | None
) -> DeskLink | BadDeskLink:
    """What a token says, if it still opens the page.

    `taken_back` is until when the person's links were taken back; `whose` says the person before.
    """
    link = _link_in(token, secret)
    if link is None or link.expires_at - link.made_at > LONGEST:
        return BadDeskLink.FORGED
    if now >= link.expires_at:
        return BadDeskLink.EXPIRED
    is_taken_back = taken_back is not None and link.made_at <= taken_back
    return BadDeskLink.TAKEN_BACK if is_taken_back or not may_read(policy, link.person) else link


def whose(token: str, secret: str) -> str | None:
    """The person of a token that we signed, whether it still holds or not."""
    link = _link_in(token, secret)
    return None if link is None else link.person


def may_read(policy: Policy, person: str) -> bool:
    """Whether the page may be opened to a person: of a roster, or with the right `outage`."""
    is_named = person in policy.people and may(policy, RIGHT, person)
    return is_named or person in people_of_rosters(policy)


def is_opened_at(public_url: str) -> bool:
    """Whether links may lead there: what customers wrote crosses no line in the clear."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def _link_in(token: str, secret: str) -> DeskLink | None:
    parts = parts_of(token, secret, purpose=PURPOSE)
    if parts is None:
        return None
    try:
        person, made, until = parts
        return DeskLink(unpacked(person), _instant(made), _instant(until))
    except (ValueError, OverflowError):
        return None


def _milliseconds(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def _instant(part: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(part, 36))
