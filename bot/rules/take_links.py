# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed, expiring addresses by which somebody says "I have it" without logging in.

A token names what is taken and who takes it, nothing of a ticket's text. It is opened by a page
that asks, so that a scanner which opens every link takes nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LIVES = timedelta(days=2)
SIGNATURE_BYTES = 15
GREATEST = 300
"""Characters of a token that is looked at."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


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
    minutes = int(link.expires_at.timestamp()) // 60
    content = f"{_packed(link.subject)}.{_packed(link.person)}.{_base36(minutes)}"
    return f"{content}.{_signature(content, secret)}"


def read(token: str, secret: str, now: datetime) -> TakeLink | BadLink:
    """What a token says, if it is ours and its time is not over."""
    content, _, signature = token.rpartition(".")
    if len(token) > GREATEST or not hmac.compare_digest(
        signature.encode(), _signature(content, secret).encode()
    ):
        return BadLink.FORGED
    try:
        subject, person, minutes = content.split(".")
        expires_at = datetime.fromtimestamp(int(minutes, 36) * 60, UTC)
        link = TakeLink(_unpacked(subject), _unpacked(person), expires_at)
    except (ValueError, binascii.Error, OverflowError):
        return BadLink.FORGED
    return BadLink.EXPIRED if now >= link.expires_at else link


def _signature(content: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), b"take/" + content.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode().lower()


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpacked(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
