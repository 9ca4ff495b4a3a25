# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's idempotency keys: a ticket's creation repeated with its key is one ticket."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.sandbox.http import Call, Reply
from bot.sandbox.zendesk_answers import error

LIFE = timedelta(hours=2)
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """The first answer to a key, with the body it answered."""

    body_hash: str
    reply: Reply
    at: datetime


class KeyBook:
    """Remembers answers by key for two hours of the world's clock."""

    def __init__(self, clock: Clock) -> None:
        """Begin with no keys."""
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}

    def once(self, call: Call, act: Callable[[], Reply]) -> Reply:
        """Act once per key: a repeat gets the first answer, another body gets 400."""
        key = call.headers.get("idempotency-key", "")
        if not key:
            return act()
        if len(key) > LONGEST_KEY:
            return error(400, "IdempotentRequestError", "the key is longer than 255 characters")
        digest = hashlib.sha256(call.body).hexdigest()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self._clock.now() < kept.at + LIFE:
                return _repeated(kept, digest)
            reply = act()
            if reply.status < 400:
                self._kept[key] = Kept(digest, reply, self._clock.now())
            return _marked(reply, "miss")


def _repeated(kept: Kept, digest: str) -> Reply:
    if kept.body_hash != digest:
        text = "Request parameters don't match the given idempotency key"
        return error(400, "IdempotentRequestError", text)
    return _marked(kept.reply, "hit")


def _marked(reply: Reply, lookup: str) -> Reply:
    return replace(reply, headers={**reply.headers, "x-idempotency-lookup": lookup})
