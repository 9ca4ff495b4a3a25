# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves the pages that people open on this machine; a part of `app.py`."""

from __future__ import annotations

from collections.abc import Callable

from bot.clock import Clock
from bot.pages.continuity import continuity_page
from bot.pages.continuity_values import desk_settings
from bot.rules.policy import Policy
from bot.settings import Settings
from bot.sources.web_server import WebServer
from bot.store.store import Store
from bot.telemetry import logger

log = logger("pages")


def pages_of(
    settings: Settings, store: Store, clock: Clock, policy: Callable[[], Policy]
) -> WebServer | None:
    """The server of the continuity page; a port that is taken costs the page, not the daemon."""
    app = continuity_page(store, clock, lambda: desk_settings(policy()))
    try:
        return WebServer(app, settings.pages_host, settings.pages_port)
    except OSError as error:
        log.error("pages_not_served", port=settings.pages_port, reason=error.strerror,
                  advice="set DESKMATE_PAGES_LISTEN to a free port")  # fmt: skip
        return None
