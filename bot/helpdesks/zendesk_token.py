# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves to Zendesk who we are: OAuth client credentials, or e-mail and API token while they live.

Tokens of client credentials live 30 minutes; a new one is asked for ahead of the end, and once
when Zendesk refuses the one we have. The last API tokens end on 2027-04-30 (Migrating from API
tokens to OAuth access tokens).
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass, field

import requests
from requests.auth import AuthBase

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure, of_status, translated

TIMEOUT = (3.05, 20.0)
"""Seconds to connect, and between two pieces of the answer."""
RENEW_AHEAD = 0.2
"""A token is renewed when this share of its life is left."""


@dataclass(frozen=True, slots=True)
class ZendeskAccess:
    """Where the helpdesk is and how we prove who we are; OAuth is used where it is given.

    `url` is scheme and host, such as `https://acme.zendesk.com`.
    """

    url: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    email: str = ""
    api_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Token:
    """A bearer token; `renew_at` and `ends_at` are monotonic seconds, None for one without end."""

    text: str
    renew_at: float | None
    ends_at: float | None


class Credentials(AuthBase):
    """Signs each request; safe to share between threads and sessions."""

    def __init__(self, access: ZendeskAccess, clock: Clock) -> None:
        """Ask for nothing before the first request."""
        self._access = access
        self._clock = clock
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put our proof into a request; raises `Failure` when there is none to be had."""
        request.headers["Authorization"] = self._proof()
        return request

    def renew(self, refused: str) -> bool:
        """Zendesk answered 401 to the header `refused`: whether there is a better one now."""
        if not self._access.client_id:
            return False
        with self._lock:
            if self._token is not None and f"Bearer {self._token.text}" == refused:
                self._token = None
                self._token = self._asked()
            return True

    def _proof(self) -> str:
        access = self._access
        if access.client_id:
            return f"Bearer {self._current().text}"
        pair = f"{access.email}/token:{access.api_token}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def _current(self) -> _Token:
        with self._lock:
            now, token = self._clock.monotonic(), self._token
            if token is not None and (token.renew_at is None or now < token.renew_at):
                return token
            try:
                self._token = self._asked()
            except Failure:
                # The old one still holds: a failing renewal is no reason to stop working.
                if token is None or token.ends_at is None or now >= token.ends_at:
                    raise
                return token
            return self._token

    def _asked(self) -> _Token:
        try:
            return self._ask()
        except Failure as failure:
            raise Failure(
                failure.cause,
                f"no access token: {failure.reason}",
                retry_after=failure.retry_after,
                is_sent=False,
            ) from failure

    def _ask(self) -> _Token:
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
            "scope": "read write",
        }
        now = self._clock.monotonic()
        with translated(), requests.Session() as session:
            session.trust_env = False
            url = f"{self._access.url.rstrip('/')}/oauth/tokens"
            response = session.post(url, json=wanted, timeout=TIMEOUT, allow_redirects=False)
            if not response.ok or response.status_code >= 300:
                raise of_status(response)
            return _token(response.json(), now)


def _token(answer: object, now: float) -> _Token:
    text = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(text, str) or not text:
        raise Failure(Cause.WRONG_CONTENT, "wrong content: no access_token")
    life = answer.get("expires_in")
    if not isinstance(life, int | float) or life <= 0:
        return _Token(text, None, None)
    return _Token(text, now + life * (1 - RENEW_AHEAD), now + life)
