# SPDX-License-Identifier: GPL-3.0-or-later
"""Verifies who sent a delivery: a signature over timestamp and raw body, and the stamp's age.

Zendesk and our own door of outside events sign alike: base64 of HMAC-SHA256 over the timestamp
header followed by the raw body. Zendesk's secret looks like base64 but its ASCII bytes are the key
(Verifying webhook authenticity).
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

GREATEST_AGE = timedelta(seconds=300)
"""How far the stamp may be from our clock, either way; the helpdesk itself names no limit."""

TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
"""Signs the helpdesk's "Test webhook" button and is printed in its documentation: everybody has it,
so it opens nothing but a sandbox."""


class Refusal(StrEnum):
    """Why a delivery was turned away unread; the label of `deskmate_refused_requests`."""

    NO_SECRET = "no_secret"
    UNSIGNED = "unsigned"
    WRONG_SIGNATURE = "wrong_signature"
    STALE = "stale"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class DoorSecrets:
    """The secrets that deliveries are signed with; an empty one keeps its door shut.

    `accepts_test_secret` is for the sandbox alone.
    """

    webhook: str = field(default="", repr=False)
    trigger: str = field(default="", repr=False)
    events: str = field(default="", repr=False)
    accepts_test_secret: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery as it came: the two headers and the raw body."""

    timestamp: str
    signature: str
    body: bytes


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """What an honest sender writes into the signature header."""
    digest = hmac.digest(secret.encode(), timestamp.encode() + body, "sha256")
    return base64.b64encode(digest).decode()


def refusal_of(
    signed: Signed, secret: str, *, now: datetime, accepts_test_secret: bool = False
) -> Refusal | None:
    """Why this delivery must be turned away, None when its sender and age are proven."""
    secrets = [] if secret in ("", TEST_SECRET) else [secret]
    if accepts_test_secret:
        secrets.append(TEST_SECRET)
    if not secrets:
        return Refusal.NO_SECRET
    if not signed.timestamp or not signed.signature:
        return Refusal.UNSIGNED
    given = signed.signature.encode("utf-8", "replace")
    # Every secret is tried, in constant time each, so that timing tells nothing.
    fits = [
        hmac.compare_digest(signature_of(each, signed.timestamp, signed.body).encode(), given)
        for each in secrets
    ]
    if not any(fits):
        return Refusal.WRONG_SIGNATURE
    return None if _is_fresh(signed.timestamp, now) else Refusal.STALE


def _is_fresh(timestamp: str, now: datetime) -> bool:
    try:
        stamped = datetime.fromisoformat(timestamp)
    except ValueError:
        return False
    return stamped.tzinfo is not None and abs(now - stamped) <= GREATEST_AGE
