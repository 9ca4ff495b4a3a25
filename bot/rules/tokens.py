# SPDX-License-Identifier: GPL-3.0-or-later
"""Short signed texts that stand in an address: what they say is readable, and only ours hold.

Each purpose signs by itself, so that a token for one thing opens no other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE_BYTES = 15
GREATEST = 300
"""Characters of a token that is looked at."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def token_of(parts: Sequence[str], secret: str, *, purpose: str) -> str:
    """The token of some parts that hold no dot: letters, digits, dots and dashes."""
    content = ".".join(parts)
    return f"{content}.{_signature(content, secret, purpose)}"


def parts_of(token: str, secret: str, *, purpose: str) -> list[str] | None:
    """The parts of a token that we signed for this purpose; None for any other text."""
    content, _, signature = token.rpartition(".")
    expected = _signature(content, secret, purpose)
    is_ours = hmac.compare_digest(signature.encode(), expected.encode())
    return content.split(".") if is_ours and len(token) <= GREATEST else None


def packed(text: str) -> str:
    """Any text as a part of a token."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(part: str) -> str:
    """The text that was packed; raises `ValueError` for what is none."""
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def base36(number: int) -> str:
    """A whole number as a part; `int(part, 36)` reads it."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _signature(content: str, secret: str, purpose: str) -> str:
    message = f"{purpose}/{content}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode().lower()
