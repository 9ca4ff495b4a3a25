# SPDX-License-Identifier: GPL-3.0-or-later
"""The page to work from while the helpdesk is down: who waits, since when, what is due next.

Everything on it comes from the store alone. It is read on the machine itself (loopback): a request
that came through a proxy, or for another host's name, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.pages.continuity_values import DeskSettings
from bot.pages.continuity_view import case_page, desk_page
from bot.pages.local_views import WHO_WAITS, LocalViews, case_viewed
from bot.pages.render import SAFE_HEADERS, page, static_routes
from bot.pages.tongues import NAMES, Tongue, tongue_of
from bot.store.problems import StoreProblem
from bot.store.store import Store
from bot.telemetry import logger

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

PART = "continuity_now.html.j2"

log = logger("pages")


@dataclass(frozen=True, slots=True)
class Visit:
    """How it is read: in which language, with `base` before its addresses; `notice` says whose."""

    tongue: Tongue
    base: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages are made of, whoever reads them."""

    store: Store
    clock: Clock
    settings: Callable[[], DeskSettings]

    def whole(self, visit: Visit, template: str = "continuity.html.j2") -> Response:
        """The page, or with another template the part of it that changes."""
        desk = replace(self.settings(), language=visit.tongue.code)
        with self.store.read() as reader:
            view = desk_page(reader, self.clock.now(), desk)
        return page(template, {"view": view, "visit": visit, "say": desk.say, "tongues": NAMES})

    def case(self, name: str, visit: Visit) -> Response:
        """One case, 404 where there is none of that name."""
        desk = replace(self.settings(), language=visit.tongue.code)
        with self.store.read() as reader:
            view = case_page(name, reader, self.clock.now(), desk)
        if view is None:
            return PlainTextResponse(f"{desk.say['no_such_case']}\n", 404, SAFE_HEADERS)
        log.info("case_viewed", case=view.name)
        return page("continuity_case.html.j2", {"view": view, "visit": visit, "say": desk.say})


def continuity_page(store: Store, clock: Clock, settings: Callable[[], DeskSettings]) -> Starlette:
    """The app: `/` the page, `/now` the part of it that changes, `/case/NAME` one case."""
    desk, views = Desk(store, clock, settings), LocalViews(store, clock)

    def seen(request: Request, what: str) -> None:
        views.note(what, request.client.host if request.client else "unknown")

    def here(request: Request) -> Visit:
        return Visit(tongue_of(request, settings().language))

    async def whole(request: Request) -> Response:
        seen(request, WHO_WAITS)
        return await safely(lambda: desk.whole(here(request)))

    async def part(request: Request) -> Response:
        seen(request, WHO_WAITS)
        return await safely(lambda: desk.whole(here(request), PART))

    async def case(request: Request) -> Response:
        name = str(request.path_params["name"])
        seen(request, case_viewed(name))
        return await safely(lambda: desk.case(name, here(request)))

    app = Starlette(
        routes=[
            Route("/", whole),
            Route("/now", part),
            Route("/case/{name}", case),
            *static_routes(),
        ]
    )
    app.add_middleware(BaseHTTPMiddleware, dispatch=_only_here)
    return app


async def safely(read: Callable[[], Response]) -> Response:
    """The answer, read in a thread; 503 where the store cannot be read."""
    try:
        return await run_in_threadpool(read)
    except StoreProblem as problem:
        log.warning("page_not_shown", reason=str(problem))
        return PlainTextResponse("The store cannot be used now; see the daemon's log.\n", 503)


async def _only_here(request: Request, answer: RequestResponseEndpoint) -> Response:
    """Another name than this machine's is another site's trick; a proxy may stand for anybody."""
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    is_proxied = any(header in request.headers for header in FORWARDED)
    if is_proxied or name not in LOOPBACK:
        log.warning("page_refused", host=name[:100], is_proxied=is_proxied)
        return PlainTextResponse("This page is read on the machine itself.\n", 403)
    return await answer(request)
