# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's rate limits: one bucket for the account and several for endpoints."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.sandbox.http import Reply, json_reply


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls per window; a bulk job counts once, whatever it changes.

    Defaults are an enterprise plan: 700 a minute for the account, 100 single ticket updates,
    10 exports, 30 updates per ticket in 10 minutes, 30 jobs at once.
    """

    account: int = 700
    tickets_update: int = 100
    per_ticket: int = 30
    incremental: int = 10
    tickets_index: int = 100
    jobs: int = 30


@dataclass(frozen=True, slots=True)
class Stand:
    """How a bucket stands after a call; `resets` is in seconds."""

    total: int
    remaining: int
    resets: int
    is_over: bool = False


class Buckets:
    """Counts calls in fixed windows of the world's clock."""

    def __init__(self, clock: Clock) -> None:
        """Begin with every bucket full."""
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[datetime, int]] = {}

    def take(self, name: str, total: int, *, seconds: int = 60) -> Stand:
        """Count one call against `name`; `is_over` when it is one too many."""
        with self._lock:
            now = self._clock.now()
            start, used = self._windows.get(name, (now, 0))
            if not now - timedelta(seconds=seconds) < start <= now:
                start, used = now, 0
            resets = max(1, seconds - int((now - start).total_seconds()))
            if used >= total:
                return Stand(total, 0, resets, is_over=True)
            self._windows[name] = (start, used + 1)
            return Stand(total, total - used - 1, resets)


class RateLimiter:
    """Applies `Limits` to a call and writes the headers of 2024 and later."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        """`limits` may be replaced while it runs."""
        self.limits = limits
        self._buckets = Buckets(clock)

    def take(self, key: str, number: str | None) -> tuple[dict[str, str], Reply | None]:
        """The headers of this call, and a 429 when one of its buckets is empty.

        `key` is the endpoint's template, `number` the ticket's number where it has one.
        """
        account = self._buckets.take("account", self.limits.account)
        headers = account_headers(account)
        if account.is_over:
            return headers, throttled(account.resets)
        for name, stand in self._endpoint_stands(key, number):
            headers[f"zendesk-ratelimit-{name}"] = bucket_header(stand)
            if stand.is_over:
                return headers, throttled(stand.resets)
        return headers, None

    def _endpoint_stands(self, key: str, number: str | None) -> Iterator[tuple[str, Stand]]:
        """The call's buckets one by one, so that an empty one spends nothing of the next."""
        limits, take = self.limits, self._buckets.take
        if key.startswith("GET incremental/"):
            yield "incremental-exports", take("incremental", limits.incremental)
        if key == "GET tickets":
            yield "tickets-index", take("tickets-index", limits.tickets_index)
        if key.startswith("PUT tickets/{id}") and number is not None:
            name = f"per-ticket-{number}"
            yield "per-ticket-updates", take(name, limits.per_ticket, seconds=600)
            yield "tickets-update", take("tickets-update", limits.tickets_update)


def account_headers(stand: Stand) -> dict[str, str]:
    """The account's limit in both spellings that every answer carries."""
    return {
        "x-rate-limit": str(stand.total),
        "x-rate-limit-remaining": str(stand.remaining),
        "ratelimit-limit": str(stand.total),
        "ratelimit-remaining": str(stand.remaining),
        "ratelimit-reset": str(stand.resets),
    }


def bucket_header(stand: Stand) -> str:
    """One endpoint's limit as its header writes it."""
    return f"total={stand.total}; remaining={stand.remaining}; resets={stand.resets}"


def throttled(retry_after: int | None) -> Reply:
    """429 with `Retry-After` in seconds, without it for None."""
    body = {"error": "APIRateLimitExceeded", "description": "Too many requests."}
    more = {} if retry_after is None else {"Retry_After": str(retry_after)}
    return json_reply(429, body, **more)
