# SPDX-License-Identifier: GPL-3.0-or-later
"""The page behind "I have it" in a mail, a card or an SMS: opening it asks, pressing it acts.

It names the ticket's number and nothing of its text: whoever holds the address may press.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.pages.render import page
from bot.rules.engine import CompiledPolicy
from bot.rules.events import ButtonPressed, Event
from bot.rules.roster_people import people_of_rosters
from bot.rules.take_links import BadLink, TakeLink, read
from bot.store.problems import StoreProblem
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.texts.words import language

GREATEST_FORM = 4_096
GREATEST_NAME = 60
COMMIT_WITHIN = 5.0
"""Seconds that a press may take to be on disk before the page says that it failed."""
_STATUS = {"forged": 404, "expired": 410, "failed": 503}

Press = Callable[[Sequence[Event]], Future[int]]
"""Writes events down; the future ends with the commit."""


@dataclass(frozen=True, slots=True)
class TakeView:
    """What the page shows: `state` is ask, taken, closed, thanks, forged, expired or failed.

    `names` are those who may say that it is they; with none of them a name is typed.
    """

    state: str
    subject: str = ""
    person: str = ""
    names: tuple[str, ...] = ()


class TakePages:
    """Answers GET with a question and POST with a deed; a second press changes nothing."""

    def __init__(
        self,
        store: Store,
        press: Press,
        compiled: Callable[[], CompiledPolicy],
        clock: Clock,
        *,
        reveal_secret: Callable[[], str],
    ) -> None:
        """`press` puts the press into the inbox; `reveal_secret` signs the links."""
        self._store = store
        self._press = press
        self._compiled = compiled
        self._clock = clock
        self._reveal_secret = reveal_secret

    def routes(self) -> list[Route]:
        """`/take/TOKEN`."""
        return [Route("/take/{token}", self._answer, methods=["GET", "POST"])]

    async def _answer(self, request: Request) -> Response:
        token = request.path_params["token"]
        link = read(token, self._reveal_secret(), self._clock.now())
        if isinstance(link, BadLink):
            return self._shown(TakeView(link.value))
        view = await run_in_threadpool(self._look, link)
        if request.method == "POST" and view.state == "ask":
            person = _name(await _form(request)) or link.person
            if person and (not view.names or person in (*view.names, link.person)):
                view = await run_in_threadpool(self._take, link, person, view)
        return self._shown(view)

    def _look(self, link: TakeLink) -> TakeView:
        policy = self._compiled().policy
        names = () if link.person else tuple(sorted(people_of_rosters(policy)))
        with self._store.read() as reader:
            subject = _subject(link, reader)
            state, by = _state(link, reader)
        return TakeView(state, subject, by or link.person, names)

    def _take(self, link: TakeLink, person: str, view: TakeView) -> TakeView:
        now = self._clock.now()
        kind, _, which = link.subject.partition(":")
        stream = f"case/{which}" if kind == "ticket" else link.subject.replace(":", "/", 1)
        pressed = ButtonPressed("acknowledge", link.subject, person, "link")
        key = f"link/{link.subject}/{person}/{now.isoformat()}/{secrets.token_hex(4)}"
        try:
            self._press([Event(key, stream, now, "link", pressed)]).result(COMMIT_WITHIN)
        except (StoreProblem, TimeoutError):
            return TakeView("failed", view.subject, person, view.names)
        return TakeView("thanks", view.subject, person)

    def _shown(self, view: TakeView) -> Response:
        tongue = language(self._compiled().policy.language)
        values = {"view": view, "say": tongue.words.take, "language": tongue.code}
        return page("take.html.j2", values, status=_STATUS.get(view.state, 200))


def _state(link: TakeLink, reader: Reader) -> tuple[str, str]:
    """Whether it still waits, and who has it otherwise."""
    kind, _, which = link.subject.partition(":")
    taken = reader.alerts.load(f"taken/{which}")
    if taken is not None:
        return "taken", str(taken.get("by", ""))
    if kind != "ticket":
        return "ask", ""
    ticket = reader.tickets.load(which)
    return ("closed", "") if ticket is None or ticket.status.is_done else ("ask", "")


def _subject(link: TakeLink, reader: Reader) -> str:
    kind, _, which = link.subject.partition(":")
    ticket = reader.tickets.load(which) if kind == "ticket" else None
    if ticket is None:
        return ""
    return f"#{ticket.number}" if ticket.number is not None else ticket.reference or ""


async def _form(request: Request) -> dict[str, list[str]]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > GREATEST_FORM:
            return {}
    return parse_qs(body.decode("utf-8", "replace"))


def _name(form: dict[str, list[str]]) -> str:
    typed = " ".join("".join(c for c in form.get("person", [""])[0] if c.isprintable()).split())
    return typed[:GREATEST_NAME]
