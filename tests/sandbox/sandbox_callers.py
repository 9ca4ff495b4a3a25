# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the sandbox's doors, and small words about time, for these tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import requests
from requests.adapters import HTTPAdapter

from bot.clock import VirtualClock
from bot.sandbox.zendesk import ZendeskDoor

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def bearer_session(door: ZendeskDoor, token: str | None = None) -> requests.Session:
    """A session without retries that carries a token of the door's."""
    session = requests.Session()
    session.trust_env = False
    for prefix in ("http://", "https://"):
        session.mount(prefix, HTTPAdapter(max_retries=0))
    session.headers["Authorization"] = f"Bearer {token or door.tokens.issue(1800)}"
    return session


class Caller:
    """Plain HTTP to the door: `caller.get("tickets/1")`."""

    def __init__(self, door: ZendeskDoor) -> None:
        self.session = bearer_session(door)
        self.root = f"{door.url}/api/v2/"

    def __call__(self, method: str, path: str, **more: object) -> requests.Response:
        more.setdefault("timeout", 5)
        more.setdefault("allow_redirects", False)
        return self.session.request(method, self.root + path, **more)

    def get(self, path: str, **query: object) -> requests.Response:
        return self("GET", path, params=query)

    def put(self, path: str, body: object) -> requests.Response:
        return self("PUT", path, json=body)

    def post(self, path: str, body: object, **headers: str) -> requests.Response:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self("POST", path, json=body, headers=named)


def later(clock: VirtualClock, seconds: float) -> None:
    """Let `seconds` pass."""
    clock.advance(timedelta(seconds=seconds))


def unix(at: datetime) -> int:
    """The instant in Unix seconds."""
    return int(at.timestamp())
