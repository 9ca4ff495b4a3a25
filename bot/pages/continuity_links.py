# SPDX-License-Identifier: GPL-3.0-or-later
"""The continuity page for people elsewhere, by personal links that end: every view is recorded.

A view is on disk before the page is shown; what cannot be recorded is not shown. The same page, for
the same person from the same address, is one view every five minutes, since an open page renews
itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.pages.continuity import PART, Desk, Visit, safely
from bot.pages.continuity_values import desk_settings
from bot.pages.local_views import SAME_VIEW, WHO_WAITS, case_viewed
from bot.pages.render import SAFE_HEADERS, page
from bot.pages.tongues import Tongue, tongue_of
from bot.rules.desk_links import PATH, BadDeskLink, DeskLink, read, whose
from bot.rules.pauses import OVER, Pause, pause_of
from bot.rules.policy import Policy
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.store import Store
from bot.store.views import PageView, add_view, taken_back_at
from bot.telemetry import logger
from bot.texts.instants import time_with_zone
from bot.texts.words import language

COMMIT_WITHIN = 5.0
"""Seconds that a view may take to be on disk before the page is refused."""
_PREVIEWS = re.compile(r"(?i)bot\b|bot-|preview|externalhit|crawler|spider")
"""Programs that draw previews of links that somebody pasted: they read no customer's words."""

log = logger("pages")

Shown = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class _Look:
    person: str
    page: str
    address: str


class ContinuityLinks:
    """The pages behind `/continuity/TOKEN`: a token that is not ours finds nothing there."""

    def __init__(
        self,
        store: Store,
        policy: Callable[[], Policy],
        clock: Clock,
        *,
        reveal_secret: Callable[[], str],
    ) -> None:
        """`policy` is that of the moment: who leaves it reads nothing more."""
        self._store = store
        self._policy = policy
        self._clock = clock
        self._reveal_secret = reveal_secret
        self._desk = Desk(store, clock, lambda: desk_settings(policy()))
        self._recorded: dict[_Look, Pause] = {}

    def routes(self) -> list[Route]:
        """`/continuity/TOKEN` the page, `/now` behind it what changes, `/case/NAME` one case."""
        path = f"{PATH}{{token}}"
        return [
            Route(path, self._whole),
            Route(f"{path}/now", self._part),
            Route(f"{path}/case/{{name}}", self._case),
        ]

    async def _whole(self, request: Request) -> Response:
        return await safely(lambda: self._shown(request, WHO_WAITS, self._desk.whole))

    async def _part(self, request: Request) -> Response:
        def part(visit: Visit) -> Response:
            return self._desk.whole(visit, PART)

        return await safely(lambda: self._shown(request, WHO_WAITS, part))

    async def _case(self, request: Request) -> Response:
        name = str(request.path_params["name"])

        def case(visit: Visit) -> Response:
            return self._desk.case(name, visit)

        return await safely(lambda: self._shown(request, case_viewed(name), case))

    def _shown(self, request: Request, what: str, show: Shown) -> Response:
        """One page to who may read it, once it is on disk that they did."""
        token = str(request.path_params["token"])
        now = self._clock.now()
        link = self._link(token, now)
        if link is BadDeskLink.FORGED or _PREVIEWS.search(request.headers.get("user-agent", "")):
            return PlainTextResponse("Not Found", 404, SAFE_HEADERS)
        if isinstance(link, BadDeskLink):
            return self._over(request, link)
        self._record(_Look(link.person, what, _address(request)), now)
        tongue = self._tongue(request, link.person)
        return show(Visit(tongue, f"{PATH}{token}", self._notice(link, tongue, now)))

    def _link(self, token: str, now: datetime) -> DeskLink | BadDeskLink:
        secret = self._reveal_secret()
        person = whose(token, secret)
        if person is None:
            return BadDeskLink.FORGED
        with self._store.read() as reader:
            taken_back = taken_back_at(person, reader)
        return read(token, secret, now, policy=self._policy(), taken_back=taken_back)

    def _record(self, look: _Look, now: datetime) -> None:
        if self._recorded.get(look, OVER).holds(now):
            return
        view = PageView(now, look.person, look.page, look.address)
        try:
            self._store.submit(lambda tx: add_view(view, tx)).result(COMMIT_WITHIN)
        except TimeoutError:
            raise StoreProblem(ProblemKind.BUSY, "a view could not be recorded in time") from None
        log.info("page_viewed", person=look.person, page=look.page, address=look.address)
        kept = {each: same for each, same in self._recorded.copy().items() if same.holds(now)}
        self._recorded = {**kept, look: pause_of(SAME_VIEW, now)}

    def _tongue(self, request: Request, name: str = "") -> Tongue:
        policy = self._policy()
        person = policy.people.get(name)
        return tongue_of(request, policy.language, own=person.language if person else None)

    def _notice(self, link: DeskLink, tongue: Tongue, now: datetime) -> str:
        policy = self._policy()
        words = language(tongue.code).words
        until = time_with_zone(link.expires_at, now=now, zone=policy.zone, words=words)
        return words.continuity["personal"].format(
            person=link.person.replace("_", " "), until=until
        )

    def _over(self, request: Request, why: BadDeskLink) -> Response:
        log.info("page_refused", reason=why)
        tongue = language(self._tongue(request).code)
        values = {"say": tongue.words.continuity, "language": tongue.code}
        return page("continuity_over.html.j2", values, status=410)


def _address(request: Request) -> str:
    """The network address that asked; beside a proxy's the one that it says it asked for."""
    near = request.client.host if request.client else "unknown"
    named = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        far = str(ipaddress.ip_address(named))
    except ValueError:
        return near
    return near if far == near else f"{near} for {far}"
