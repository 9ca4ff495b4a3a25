# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts together how Slack is heard, as the settings say; a part of `app.py`."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.escaping import mrkdwn, plain
from bot.channels.slack_client import slack_client
from bot.clock import Clock
from bot.rules.desk_links import DeskLink, address_of, is_opened_at
from bot.rules.engine import CompiledPolicy
from bot.settings import Settings
from bot.sources.chat import ChatSettings, ChatSource
from bot.sources.chat_commands import DeskCommands, find_ticket
from bot.sources.chat_desk import DeskViews
from bot.sources.chat_home import HomeTab
from bot.sources.chat_links import PageAddress
from bot.store.store import Store


def chat_of(
    settings: Settings, store: Store, clock: Clock, compiled: Callable[[], CompiledPolicy]
) -> ChatSource | None:
    """The chat, None where no Slack is set; `compiled` is the policy of the moment."""
    if not settings.slack_bot_token:
        return None
    token = settings.slack_bot_token.reveal()
    commands = DeskCommands(store, clock, compiled, page_address=_page_address(settings))
    quick = slack_client(token, base_url=settings.slack_url, timeout=1)
    views = DeskViews(store, compiled, find_ticket)
    return ChatSource(
        store.receive,
        # Slack reads the answer as mrkdwn, and customers' words stand in it.
        lambda text, person, user_id: mrkdwn(commands(text, person, user_id)),
        settings=ChatSettings(
            bot_token=token,
            app_token=settings.slack_app_token.reveal(),
            signing_secret=settings.slack_signing_secret.reveal(),
            base_url=settings.slack_url,
            language=compiled().policy.language,
        ),
        client=slack_client(token, base_url=settings.slack_url),
        quick_client=quick,
        clock=clock,
        hear=commands.heard,
        home=HomeTab(views, quick, clock, compiled, store=store, escape=plain),
    )


def _page_address(settings: Settings) -> PageAddress:
    """Where personal links to the continuity page lead, as the settings say."""

    def address(link: DeskLink) -> str:
        secret = settings.link_secret.reveal()
        if not secret or not is_opened_at(settings.public_url):
            return ""
        return address_of(link, settings.public_url, secret)

    return address
