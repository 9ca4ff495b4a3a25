# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP door: verifies a delivery, writes it down, answers; it never decides.

The helpdesk throws away what is answered with an error, except 409, which it tries again
(docs/zendesk.md). So a verified delivery is answered 200 once it is on disk, even when nobody
understands it (it is kept for a person), and 409 while the store cannot write.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.clock import Clock
from bot.rules.events import Event
from bot.sources.web_events import DOOR, read_outside_event, unreadable
from bot.sources.web_known import only_news
from bot.sources.web_signatures import DoorSecrets, Refusal, Signed, refusal_of
from bot.store.problems import StoreProblem
from bot.store.store import Store
from bot.telemetry import Figures, logger

GREATEST_BODY = 1024 * 1024
WEBHOOK = "webhook"

log = logger("web")

NewsReader = Callable[[bytes, datetime], Sequence[Event]]
"""Turns a verified webhook body into events; raises `ValueError` with the reason if it cannot."""

Trouble = Callable[[], str]
"""Says what is wrong, empty when nothing is."""


Pages = Sequence[BaseRoute]
"""Routes of the pages that people open."""


def _no_trouble() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class WebhookReaders:
    """How the helpdesk's two kinds of webhooks are read; the helpdesk's adapter provides them."""

    events: NewsReader
    triggers: NewsReader


@dataclass(frozen=True, slots=True)
class _Entrance:
    """One signed door: which headers and secret it wants, how it reads, how it asks for a retry."""

    source: str
    timestamp_header: str
    signature_header: str
    secret: str
    read: NewsReader
    busy: Callable[[], Response]
    is_partial: bool = False


def build_app(
    store: Store,
    secrets: DoorSecrets,
    clock: Clock,
    *,
    readers: WebhookReaders,
    figures: Figures,
    ill: Trouble = _no_trouble,
    not_ready: Trouble = _no_trouble,
    extra_routes: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """The daemon's web application.

    `ill` and `not_ready` say why `/healthz` and `/readyz` should answer 503, empty when all is
    well. `extra_routes` are the pages that people open.
    """
    zendesk = ("x-zendesk-webhook-signature-timestamp", "x-zendesk-webhook-signature")
    ours = ("x-deskmate-timestamp", "x-deskmate-signature")
    entrances = {
        "/webhooks/zendesk": _Entrance(
            WEBHOOK, *zendesk, secrets.webhook, readers.events, _try_again
        ),
        "/webhooks/zendesk/trigger": _Entrance(
            WEBHOOK, *zendesk, secrets.trigger, readers.triggers, _try_again, is_partial=True
        ),
        "/events": _Entrance(DOOR, *ours, secrets.events, _read_event, _try_soon),
    }
    doors = _Doors(store, clock, figures, accepts_test_secret=secrets.accepts_test_secret)
    signed = [
        Route(path, _Endpoint(doors.behind(entrance)), methods=["POST"])
        for path, entrance in entrances.items()
    ]
    plain = [
        Route("/healthz", _state(ill)),
        Route("/readyz", _state(not_ready)),
        Route("/metrics", _metrics(figures)),
    ]
    pages = Starlette(routes=[*signed, *plain, *extra_routes])
    return _Front({route.path: route.endpoint for route in signed}, pages)


class _Front:
    """Hands deliveries straight to their door; everything else goes by the pages' own routing."""

    def __init__(self, doors: Mapping[str, ASGIApp], pages: ASGIApp) -> None:
        self._doors = doors
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_delivery = scope["type"] == "http" and scope["method"] == "POST"
        app = self._doors.get(scope["path"], self._pages) if is_delivery else self._pages
        await app(scope, receive, send)


class _Endpoint:
    """A door as the server calls it, past the wrappers that only web pages need."""

    def __init__(self, take: Callable[[Request], Awaitable[Response]]) -> None:
        self._take = take

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._take(Request(scope, receive))
        await response(scope, receive, send)


class _TooLarge(Exception):  # noqa: N818
    """The body grew beyond `GREATEST_BODY`; the rest of it was not read."""


class _Doors:
    """What all signed doors have in common."""

    def __init__(
        self, store: Store, clock: Clock, figures: Figures, *, accepts_test_secret: bool
    ) -> None:
        self._store = store
        self._clock = clock
        self._figures = figures
        self._accepts_test_secret = accepts_test_secret

    def behind(self, entrance: _Entrance) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of one door."""

        async def take(request: Request) -> Response:
            try:
                body = await _body(request)
            except _TooLarge:
                return self._refuse(request, Refusal.TOO_LARGE, 413)
            except ClientDisconnect:
                return Response(status_code=400)
            refusal = self._refusal(request, entrance, body)
            if refusal is not None:
                return self._refuse(request, refusal, 401)
            try:
                return await self._write_down(entrance, body)
            except StoreProblem as problem:
                log.warning("delivery_postponed", source=entrance.source, reason=str(problem))
                return entrance.busy()

        return take

    def _refusal(self, request: Request, entrance: _Entrance, body: bytes) -> Refusal | None:
        signed = Signed(
            request.headers.get(entrance.timestamp_header, ""),
            request.headers.get(entrance.signature_header, ""),
            body,
        )
        return refusal_of(
            signed,
            entrance.secret,
            now=self._clock.now(),
            accepts_test_secret=self._accepts_test_secret,
        )

    def _refuse(self, request: Request, why: Refusal, status: int) -> Response:
        self._figures.refusals.labels(why).inc()
        log.warning("delivery_refused", why=str(why), path=request.url.path)
        return PlainTextResponse(f"{why}\n", status)

    async def _write_down(self, entrance: _Entrance, body: bytes) -> Response:
        events = self._understood(entrance, body)
        if entrance.is_partial and events:
            events = await run_in_threadpool(only_news, self._store, events)
        new = await self._store.receive_async(events) if events else 0
        if new:
            self._figures.events.labels(entrance.source).inc(new)
        return _receipt(len(events), new)

    def _understood(self, entrance: _Entrance, body: bytes) -> Sequence[Event]:
        now = self._clock.now()
        try:
            return entrance.read(body, now)
        except ValueError as error:
            reason = str(error)
        except Exception as error:
            # The boundary of this source: a bug in reading must not lose what was sent.
            log.exception("delivery_not_read", source=entrance.source)
            reason = f"could not be read: {type(error).__name__}"
        log.warning("delivery_unreadable", source=entrance.source, reason=reason)
        return (unreadable(entrance.source, reason, body, now),)


async def _body(request: Request) -> bytes:
    """The raw body; stops reading as soon as there is too much of it."""
    named = request.headers.get("content-length", "")
    if named.isdecimal() and int(named) > GREATEST_BODY:
        raise _TooLarge
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > GREATEST_BODY:
            raise _TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


@lru_cache(maxsize=64)
def _receipt(received: int, new: int) -> Response:
    return JSONResponse({"received": received, "new": new})


def _read_event(body: bytes, now: datetime) -> Sequence[Event]:
    return (read_outside_event(body, now),)


def _try_again() -> Response:
    """409 is the one answer after which the helpdesk tries again by itself."""
    return PlainTextResponse("the store cannot write now\n", 409)


def _try_soon() -> Response:
    return PlainTextResponse("the store cannot write now\n", 503, {"Retry-After": "5"})


def _state(trouble: Trouble) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        reason = trouble()
        return PlainTextResponse(f"{reason or 'ok'}\n", 503 if reason else 200)

    return answer


def _metrics(figures: Figures) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return Response(figures.exposition(), media_type="text/plain; version=0.0.4")

    return answer
