# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Zendesk: the world behind the API's real face, on loopback.

An unmodified client talks to it: with and without `.json`, OAuth client credentials, rate limits
in the spelling of 2024, webhooks, exports, and every fault that `bot/sandbox/faults.py` lists.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.http import Call, LoopbackServer, Reply, html_reply
from bot.sandbox.world import World
from bot.sandbox.zendesk_answers import Ask, Route, error
from bot.sandbox.zendesk_auth import OAuthClient, TokenOffice, refused_token
from bot.sandbox.zendesk_desk import DeskPages
from bot.sandbox.zendesk_emitter import WebhookEmitter
from bot.sandbox.zendesk_exports import ExportPages
from bot.sandbox.zendesk_help_centre import HelpCentrePages
from bot.sandbox.zendesk_hooks import HookPages
from bot.sandbox.zendesk_jobs import JobPages
from bot.sandbox.zendesk_limits import Limits, RateLimiter
from bot.sandbox.zendesk_outages import before_answer, is_answer_lost
from bot.sandbox.zendesk_people import PeoplePages
from bot.sandbox.zendesk_search import SearchPages
from bot.sandbox.zendesk_tickets import TicketPages
from bot.sandbox.zendesk_writes import WritePages

ROOT = "api/v2/"


@dataclass(frozen=True, slots=True)
class Served:
    """One call that was answered; status 0 means that the line broke."""

    at: datetime
    key: str
    status: int


class ZendeskDoor:
    """The world's Zendesk; `start`, use `url`, `stop`.

    `exports.withhold` (seconds kept back by the export), `jobs.seconds`, `search.lag` and
    `limiter.limits` may be changed while it runs; `tokens` holds the OAuth client; `emitter`
    sends the webhooks and is started on its own.
    """

    def __init__(
        self,
        world: World,
        faults: Faults | None = None,
        *,
        port: int = 0,
        client: OAuthClient | None = None,
        limits: Limits | None = None,
        withhold: float = 60.0,
        token_life: int | None = 1800,
        job_seconds: float = 1.0,
        search_lag: float = 120.0,
        emitter: WebhookEmitter | None = None,
    ) -> None:
        """Bind to `port` of 127.0.0.1 (0 takes a free one); nothing is served before `start`."""
        self.world = world
        self.faults = faults or world.faults
        self.tokens = TokenOffice(world.clock, client or OAuthClient(), life=token_life)
        self.limiter = RateLimiter(world.clock, limits or Limits())
        self.jobs = JobPages(world.clock, seconds=job_seconds, most=self.limiter.limits.jobs)
        self.exports = ExportPages(world, self.faults, withhold=withhold)
        self.search = SearchPages(world, lag=search_lag)
        self.emitter = emitter or WebhookEmitter(world, self.faults)
        self._routes = self._all_routes()
        self._server = LoopbackServer(self.answer, port=port)
        self._lock = threading.Lock()
        self._served: list[Served] = []
        self._requests = itertools.count(1)
        self._is_started = False
        self.faults.listen(self._follow_refusal)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def url(self) -> str:
        """Scheme, host and port; the API is below `/api/v2`."""
        return self._server.url

    @property
    def netloc(self) -> str:
        """Host and port, as clients that force a location want it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> ZendeskDoor:
        """Serve in a thread until `stop`; while `refused` is thrown nobody listens."""
        self._is_started = True
        if not self.faults.is_on(Fault.REFUSED):
            self._server.accept()
        return self

    def stop(self) -> None:
        """Stop serving; calls that hang are let go."""
        self._is_started = False
        self.faults.release()
        self._server.stop()

    @property
    def endpoints(self) -> frozenset[str]:
        """Every endpoint it serves, as it is counted."""
        return frozenset(each.key for routes in self._routes.values() for each in routes)

    @property
    def calls(self) -> Mapping[str, int]:
        """How often each endpoint was called: `GET tickets/{id}` -> count."""
        with self._lock:
            return Counter(each.key for each in self._served)

    def served(self) -> tuple[Served, ...]:
        """Every call in the order it ended."""
        with self._lock:
            return tuple(self._served)

    def forget_calls(self) -> None:
        """Count from zero again."""
        with self._lock:
            self._served.clear()

    def answer(self, call: Call) -> Reply | None:
        """Answer one call as the real API would; None breaks the line."""
        path = call.path.strip("/").removesuffix(".json")
        route, args = self._find(call.method, path)
        key = route.key if route else f"{call.method} {_unrouted(path)}"
        reply = self._answered(call, path, key, route, args)
        with self._lock:
            self._served.append(Served(self.world.clock.now(), key, reply.status if reply else 0))
        return reply

    def _answered(
        self, call: Call, path: str, key: str, route: Route | None, args: Mapping[str, str]
    ) -> Reply | None:
        if path == "login":
            return html_reply(200, "Log in to Acme")
        fault = before_answer(self.faults, self.world.clock, key)
        if fault is True:
            return None
        reply = fault or self._handled(call, path, key, route, args)
        if is_answer_lost(self.faults, key):
            return None
        return self._dressed(reply)

    def _handled(
        self, call: Call, path: str, key: str, route: Route | None, args: Mapping[str, str]
    ) -> Reply:
        if path == "oauth/tokens" and call.method == "POST":
            return self.tokens.answer(call)
        is_known = self.tokens.holds(call)
        if not is_known and not (route is not None and route.is_anonymous):
            return refused_token(call)
        if route is None:
            return error(404, "InvalidEndpoint", "Not found")
        headers, throttle = self.limiter.take(key, args.get("id"))
        user = self.world.daemon if is_known else None
        reply = throttle or route.handle(Ask(call, key, args, user))
        return replace(reply, headers={**headers, **reply.headers})

    def _dressed(self, reply: Reply) -> Reply:
        """The headers that every recorded answer had."""
        number = next(self._requests)
        headers = {
            "server": "cloudflare", "cf-ray": f"sandbox{number:09d}-ARN",
            "x-request-id": f"sandbox{number:09d}-ARN", "x-zendesk-api-version": "v2",
            "x-zendesk-application-version": "v1", "x-zendesk-origin-server": "sandbox",
            "x-zendesk-zorg": "yes", "x-zendesk-api-gateway": "yes",
            "x-rate-limit": "700", "x-rate-limit-remaining": "699",
        }  # fmt: skip
        if 200 <= reply.status < 300 and reply.body:
            headers["etag"] = f'W/"{hashlib.md5(reply.body, usedforsecurity=False).hexdigest()}"'
        return replace(reply, headers={**headers, **reply.headers})

    def _find(self, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
        for route in self._routes.get(path.count("/") - 1, ()):
            args = route.match(method, path.removeprefix(ROOT))
            if args is not None:
                return route, args
        return None, {}

    def _all_routes(self) -> dict[int, list[Route]]:
        """Routes by their number of parts, fixed words before placeholders."""
        desk = DeskPages(self.world)
        groups = (
            TicketPages(self.world), desk, PeoplePages(self.world), self.exports, self.jobs,
            WritePages(self.world, self.faults, self.jobs, desk.uploads), self.search,
            HookPages(self.world, self.emitter), HelpCentrePages(self.world),
        )  # fmt: skip
        routes = [route for group in groups for route in group.routes()]
        by_length: dict[int, list[Route]] = {}
        for route in sorted(routes, key=lambda each: each.template.count("{")):
            by_length.setdefault(route.template.count("/") + 1, []).append(route)
        return by_length

    def _follow_refusal(self) -> None:
        if not self._is_started:
            return
        if self.faults.is_on(Fault.REFUSED):
            self._server.refuse()
        else:
            self._server.accept()


def _unrouted(path: str) -> str:
    """How a path without a page is counted: the OAuth office, the login page, the rest as one."""
    return path if path in ("oauth/tokens", "login") else "(unknown)"
