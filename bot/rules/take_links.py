# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed, expiring addresses by which somebody says "I have it" without logging in.

A token names what is taken and who takes it, nothing of a ticket's text. It is opened by a page
that asks, so that a scanner which opens every link takes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.rules.tokens import base36, packed, parts_of, token_of, unpacked

LIVES = timedelta(days=2)
PURPOSE = "take"


@dataclass(frozen=True, slots=True)
class TakeLink:
    """What a link is for: `subject` as buttons name it (`ticket:ID`), until when.

    `person` is whom it was sent to, an entry of `people:`; empty where many read it.
    """

    subject: str
    person: str
    expires_at: datetime


class BadLink(StrEnum):
    """Why a token is no use."""

    FORGED = "forged"
    EXPIRED = "expired"


def sign(link: TakeLink, secret: str) -> str:
    """The token of a link, some sixty characters of letters, digits, dots and dashes."""
    minutes = base36(int(link.expires_at.timestamp()) // 60)
    parts = (packed(link.subject), packed(link.person), minutes)
    return token_of(parts, secret, purpose=PURPOSE)


def read(token: str, secret: str, now: datetime) -> TakeLink | BadLink:
    """What a token says, if it is ours and its time is not over."""
    parts = parts_of(token, secret, purpose=PURPOSE)
    if parts is None:
        return BadLink.FORGED
    try:
        subject, person, minutes = parts
        expires_at = datetime.fromtimestamp(int(minutes, 36) * 60, UTC)
        link = TakeLink(unpacked(subject), unpacked(person), expires_at)
    except (ValueError, OverflowError):
        return BadLink.FORGED
    return BadLink.EXPIRED if now >= link.expires_at else link
