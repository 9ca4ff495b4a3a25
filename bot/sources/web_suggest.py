# SPDX-License-Identifier: GPL-3.0-or-later
"""The address that a form asks before it is sent: which public articles may answer this already?

Anybody may ask, so an answer holds public articles alone, a question is bounded, and nobody may ask
without end.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.rules.engine import CompiledPolicy
from bot.rules.knowledge import LONGEST_QUESTION, Suggestion

SUGGEST_PATH = "/suggest"
GREATEST_BODY = 16 * 1024
MOST = 5
MOST_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class AskingRates:
    """How much may be asked: at once and a second, by one client and by all."""

    client_burst: float = 20.0
    client_rate: float = 2.0
    all_burst: float = 200.0
    all_rate: float = 50.0


def suggest_route(
    compiled: Callable[[], CompiledPolicy], clock: Clock, *, rates: AskingRates = AskingRates()
) -> Route:
    """The route of `/suggest`; `compiled` is the policy of the moment with its knowledge."""
    door = _SuggestDoor(compiled, _Turnstile(clock, rates))
    return Route(SUGGEST_PATH, door.answer, methods=["GET", "POST", "OPTIONS"])


@dataclass(frozen=True, slots=True)
class _Question:
    subject: str
    body: str
    language: str | None
    most: int


class _BadQuestion(Exception):  # noqa: N818 - it names the question, which is at fault
    """A question that cannot be read; the text says what to send."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class _SuggestDoor:
    """Answers one question at a time of each client."""

    def __init__(self, compiled: Callable[[], CompiledPolicy], turnstile: _Turnstile) -> None:
        self._compiled = compiled
        self._turnstile = turnstile

    async def answer(self, request: Request) -> Response:
        compiled = self._compiled()
        spec = compiled.policy.knowledge
        headers = _headers(request.headers.get("origin"), spec.origins if spec else ())
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        wait = self._turnstile.wait(request.client.host if request.client else "")
        if wait > 0:
            headers["Retry-After"] = str(max(1, round(wait)))
            return _told(429, "too many questions", headers)
        try:
            question = await _question(request)
        except _BadQuestion as bad:
            return _told(bad.status, str(bad), headers)
        found = await run_in_threadpool(_found, compiled, question)
        shown = {"suggestions": [_shown(each) for each in found]}
        return JSONResponse(shown, headers=headers)


class _Turnstile:
    """Lets so many pass and no more: a bucket for each client, and one for all of them."""

    def __init__(self, clock: Clock, rates: AskingRates) -> None:
        self._clock = clock
        self._rates = rates
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._all = (rates.all_burst, clock.monotonic())

    def wait(self, client: str) -> float:
        """Seconds until this client may ask again, 0 to go on now."""
        rates = self._rates
        with self._lock:
            now = self._clock.monotonic()
            mine = self._clients.get(client, (rates.client_burst, now))
            mine = _filled(mine, now, rates.client_burst, rates.client_rate)
            every = _filled(self._all, now, rates.all_burst, rates.all_rate)
            wait = max((1.0 - mine[0]) / rates.client_rate, (1.0 - every[0]) / rates.all_rate, 0.0)
            if wait == 0.0:
                mine, every = (mine[0] - 1.0, now), (every[0] - 1.0, now)
            self._all = every
            self._clients[client] = mine
            self._clients.move_to_end(client)
            if len(self._clients) > MOST_CLIENTS:
                self._clients.popitem(last=False)
            return wait


def _filled(
    bucket: tuple[float, float], now: float, burst: float, rate: float
) -> tuple[float, float]:
    left, at = bucket
    return min(burst, left + (now - at) * rate), now


async def _question(request: Request) -> _Question:
    if request.method == "GET":
        return _read(dict(request.query_params))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > GREATEST_BODY:
            raise _BadQuestion(413, "the question is longer than 16 KiB")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise _BadQuestion(400, "send a JSON object with subject and body") from None
    if not isinstance(sent, Mapping):
        raise _BadQuestion(400, "send a JSON object with subject and body")
    return _read(sent)


def _read(sent: Mapping[str, Any]) -> _Question:
    texts = [sent.get(name) for name in ("q", "subject", "body", "language")]
    if not all(each is None or isinstance(each, str) for each in texts):
        raise _BadQuestion(400, "q, subject, body and language are texts")
    short, subject, body, language = (str(each or "") for each in texts)
    if not (short or subject or body).strip():
        raise _BadQuestion(400, "say what is asked: ?q=..., or subject and body as JSON")
    most = str(sent.get("most") or 3)
    count = int(most) if most.isdecimal() and len(most) < 4 else 3
    return _Question(
        (short or subject)[:LONGEST_QUESTION], body[:LONGEST_QUESTION], language[:10] or None,
        max(1, min(MOST, count)),
    )  # fmt: skip


def _found(compiled: CompiledPolicy, question: _Question) -> tuple[Suggestion, ...]:
    spec = compiled.policy.knowledge
    if spec is None:
        return ()
    return compiled.knowledge.articles.suggest(
        question.subject, question.body, most=question.most, floor=spec.floor,
        language=question.language, is_public_only=True,
    )  # fmt: skip


def _shown(found: Suggestion) -> dict[str, object]:
    article = found.article
    url = article.url if (article.url or "").startswith(("https://", "http://")) else None
    return {"article": article.article_id, "title": article.title, "url": url,
            "language": article.language, "score": found.score}  # fmt: skip


def _headers(origin: str | None, allowed: Sequence[str]) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Origin"}
    if origin is not None and origin in allowed:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Methods"] = "GET, POST"
        headers["Access-Control-Allow-Headers"] = "Content-Type"
        headers["Access-Control-Max-Age"] = "600"
    return headers


def _told(status: int, text: str, headers: Mapping[str, str]) -> Response:
    return JSONResponse({"error": text}, status, dict(headers))
