# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's OAuth office: client credentials in, short-lived bearer tokens out."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.sandbox.http import Call, Reply, json_reply


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A confidential client of the helpdesk; `scope` is what its tokens may do."""

    client_id: str = "deskmate"
    secret: str = "sandbox-secret"
    scope: str = "read write"


class TokenOffice:
    """Gives out tokens and knows which still hold, by the world's clock."""

    def __init__(self, clock: Clock, client: OAuthClient, *, life: int | None = 1800) -> None:
        """`life` is in seconds; None is an old client, whose tokens never end."""
        self.client = client
        self._clock = clock
        self._life = life
        self._lock = threading.Lock()
        self._ends: dict[str, datetime | None] = {}
        self._count = itertools.count(1)

    def answer(self, call: Call) -> Reply:
        """`POST /oauth/tokens`: 200 with a token, 401 for wrong credentials."""
        body = call.json()
        wanted = body if isinstance(body, dict) else dict(call.form())
        if wanted.get("grant_type") != "client_credentials":
            return _no(400, "unsupported_grant_type", "The grant type is not supported.")
        known = (wanted.get("client_id"), wanted.get("client_secret"))
        if known != (self.client.client_id, self.client.secret):
            return refused_client()
        life = wanted.get("expires_in", self._life)
        if life is not None and not 300 < int(life) < 172_800:
            return _no(400, "invalid_request", "expires_in must be above 300 and below 172800.")
        token = self.issue(None if life is None else int(life))
        answer: dict[str, object] = {
            "access_token": token, "token_type": "bearer",
            "scope": str(wanted.get("scope") or self.client.scope),
        }  # fmt: skip
        return json_reply(200, answer if life is None else {**answer, "expires_in": int(life)})

    def issue(self, life: int | None) -> str:
        """A fresh token that holds for `life` seconds, None for ever."""
        with self._lock:
            token = f"sandbox-token-{next(self._count)}"
            end = None if life is None else self._clock.now() + timedelta(seconds=life)
            self._ends[token] = end
            return token

    def holds(self, call: Call) -> bool:
        """Whether the call carries a token that is known and not over."""
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        with self._lock:
            if kind.lower() != "bearer" or token not in self._ends:
                return False
            end = self._ends[token]
        return end is None or self._clock.now() < end

    def revoke_all(self) -> None:
        """Let every token end now, as after a change of the client's secret."""
        with self._lock:
            self._ends.clear()


def refused_client() -> Reply:
    """The client's id or secret is wrong."""
    return _no(401, "invalid_client", "Client authentication failed.")


def refused_token(call: Call) -> Reply:
    """A bearer token that does not hold, or no credentials at all."""
    if "authorization" in call.headers:
        text = "The access token provided is expired, revoked, malformed or invalid."
        return _no(401, "invalid_token", text)
    return json_reply(401, {"error": "Couldn't authenticate you"})


def _no(status: int, kind: str, text: str) -> Reply:
    return json_reply(status, {"error": kind, "error_description": text})
