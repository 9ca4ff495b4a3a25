# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries signed bodies from the sandbox to the daemon, and says what came back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of a delivery: a status, or 0 with `trouble` (`timeout`, `refused`, `broken`)."""

    status: int
    trouble: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_taken(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over timestamp and raw body; the secret's ASCII bytes are the key.

    Zendesk's rule (Verifying webhook authenticity): the secret looks like base64 but is not
    decoded.
    """
    digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def carry(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float) -> Carried:
    """POST `body` to `url`; `timeout` is in seconds and counts for each read."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        line.request("POST", path or "/", body, dict(headers))
        answer = line.getresponse()
        shown = {name.lower(): value for name, value in answer.getheaders()}
        return Carried(answer.status, "", shown, answer.read(65_536))
    except TimeoutError:
        return Carried(0, "timeout")
    except ConnectionRefusedError:
        return Carried(0, "refused")
    except (OSError, http.client.HTTPException):
        return Carried(0, "broken")
    finally:
        line.close()
