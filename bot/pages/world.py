# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's page: the helpdesk's queue, the chat, the mails and the banner as they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.portal import portal_route
from bot.pages.render import page, static_routes


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One line of the queue; the texts are shown as they are, escaped."""

    number: int
    subject: str
    customer: str
    status: str
    priority: str
    category: str
    tags: tuple[str, ...] = ()
    group: str = ""
    last_word: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message in the chat or one mail: `lines` are what a reader sees of it."""

    at: str
    where: str
    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    is_reply: bool = False
    tone: str = ""
    """`calm`, `warning` or `alarm`: the colour of its edge; the words say the same."""
    mark: str = ""
    """What kind of message it is where it stands for others: `Storm`, `Silence`, ..."""
    pressed: tuple[str, ...] = ()
    """Who pressed which of its buttons."""


@dataclass(frozen=True, slots=True)
class Way:
    """The helpdesk, or a way to people, and whether it works, in words."""

    name: str
    state: str
    works: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A storm or a silence that is in force: its kind, which one, and what people read of it."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the story that is told, with its lines so far, in the order they came."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Another page of the story: what it is called, where it is, what is to be seen there."""

    name: str
    address: str
    shows: str


@dataclass(frozen=True, slots=True)
class WorldView:
    """Everything the page shows at one moment."""

    now: str
    ways: tuple[Way, ...]
    strips: tuple[Strip, ...] = ()
    banner: str = ""
    story: tuple[Chapter, ...] = ()
    """The chapters told so far, the newest last."""
    tickets: tuple[TicketRow, ...] = ()
    chat: tuple[Said, ...] = ()
    cards: tuple[Said, ...] = ()
    mails: tuple[Said, ...] = ()
    links: tuple[Link, ...] = ()


def world_page(view: Callable[[], WorldView], *, banner: str = "") -> Starlette:
    """An app that shows `view()`: `/` the page, `/now` the part of it that changes.

    `banner` is the address of the banner's script: `/portal` is a customer's page that embeds it.
    """

    async def whole(_request: Request) -> Response:
        return page("world.html.j2", {"view": view()})

    async def part(_request: Request) -> Response:
        return page("world_now.html.j2", {"view": view()})

    routes = [Route("/", whole), Route("/now", part), *static_routes()]
    if banner:
        routes.append(portal_route(banner))
    return Starlette(routes=routes)
