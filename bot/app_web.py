# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the signed doors and the pages that people open together; a part of `app.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.escaping import markdown
from bot.clock import Clock
from bot.helpdesks.zendesk import Zendesk
from bot.pages.banner import BannerPages
from bot.pages.continuity_links import ContinuityLinks
from bot.pages.render import static_routes
from bot.pages.take import TakePages
from bot.rules.desk_links import is_opened_at
from bot.rules.engine import CompiledPolicy
from bot.settings import Settings
from bot.sources.chat import ChatSource
from bot.sources.chat_commands import DeskCommands
from bot.sources.web import Pages, WebhookReaders, build_app
from bot.sources.web_server import WebApp
from bot.sources.web_signatures import DoorSecrets
from bot.sources.web_slack import slack_route
from bot.sources.web_suggest import suggest_route
from bot.sources.web_teams import TeamsDoor, teams_route
from bot.store.store import Store
from bot.telemetry import Figures


@dataclass(frozen=True, slots=True)
class Doors:
    """What every door and page needs."""

    settings: Settings
    store: Store
    clock: Clock
    figures: Figures
    compiled: Callable[[], CompiledPolicy]


def web_app_of(
    doors: Doors, helpdesk: Zendesk, chat: ChatSource | None, *, has_read: Callable[[], bool]
) -> WebApp:
    """The daemon's web application; `has_read` says whether the helpdesk was read once."""
    settings = doors.settings
    chats = [slack_route(chat.answer_http)] if chat is not None else []
    if settings.msteams_secret:
        chats.append(teams_route(_teams(doors)))
    return build_app(
        doors.store,
        DoorSecrets(
            webhook=settings.zendesk_webhook_secret.reveal(),
            trigger=settings.zendesk_trigger_secret.reveal(),
            events=settings.events_secret.reveal(),
        ),
        doors.clock,
        readers=WebhookReaders(helpdesk.read_webhook, helpdesk.read_trigger),
        figures=doors.figures,
        not_ready=lambda: "" if has_read() else "the helpdesk was not read yet",
        extra_routes=[suggest_route(doors.compiled, doors.clock), *chats, *_pages(doors)],
    )


def _teams(doors: Doors) -> TeamsDoor:
    commands = DeskCommands(doors.store, doors.clock, doors.compiled, source="teams")
    return TeamsDoor(commands, doors.settings.msteams_secret.reveal, doors.clock, escape=markdown)


def _pages(doors: Doors) -> Pages:
    """The pages that the settings open; a page that nobody may sign for is none."""
    banner = BannerPages(doors.store, lambda: doors.compiled().policy, doors.clock)
    if not doors.settings.link_secret:
        return banner.routes()
    take = TakePages(
        doors.store,
        doors.store.receive,
        doors.compiled,
        doors.clock,
        reveal_secret=doors.settings.link_secret.reveal,
    )
    return [*banner.routes(), *take.routes(), *_continuity(doors), *static_routes()]


def _continuity(doors: Doors) -> Pages:
    """Personal links to who waits, where an address is set that keeps them secret on their way."""
    if not is_opened_at(doors.settings.public_url):
        return []
    links = ContinuityLinks(
        doors.store,
        lambda: doors.compiled().policy,
        doors.clock,
        reveal_secret=doors.settings.link_secret.reveal,
    )
    return links.routes()
