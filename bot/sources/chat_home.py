# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's Home in Slack: the queue, what is at risk and who is on duty, as of its opening.

It is made anew each time that somebody opens it or presses its button; nothing is kept of it.
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.rules.engine import CompiledPolicy
from bot.sources.chat_desk import DeskViews
from bot.telemetry import logger
from bot.texts.instants import time_with_zone
from bot.texts.words import language

REFRESH = "home_refresh"
GREATEST_TEXT = 3_000

log = logger("chat")

Json = dict[str, object]


class HomeTab:
    """Shows whoever opens the app the desk as it is."""

    def __init__(
        self,
        views: DeskViews,
        client: WebClient,
        clock: Clock,
        compiled: Callable[[], CompiledPolicy],
        *,
        escape: Callable[[str], str],
    ) -> None:
        """`client` must give up within a second; `escape` makes text harmless for plain text."""
        self._views = views
        self._client = client
        self._clock = clock
        self._compiled = compiled
        self._escape = escape

    def listen(self, app: App) -> None:
        """Answer to the opening of the Home, and to its button."""
        app.event("app_home_opened")(self._opened)
        app.action(REFRESH)(self._refreshed)

    def view(self) -> Json:
        """The Home as it reads now."""
        now, policy = self._clock.now(), self._compiled().policy
        words = language(policy.language).words
        parts = (
            ("home_queue", self._views.queue(now)),
            ("home_risk", self._views.risk(now)),
            ("home_duty", self._views.on_call(now)),
        )
        blocks: list[Json] = []
        for title, text in parts:
            blocks.append({"type": "header", "text": _plain(words.chat_replies[title])})
            blocks.append({"type": "section", "text": _plain(self._escape(text)[:GREATEST_TEXT])})
        as_of = time_with_zone(now, now=now, zone=policy.zone, words=words)
        button = {"type": "button", "action_id": REFRESH, "text": _plain(f"↻ {as_of}")}
        return {"type": "home", "blocks": [*blocks, {"type": "actions", "elements": [button]}]}

    def _opened(self, ack: Ack, event: dict[str, object]) -> None:
        if event.get("tab") == "home":
            self._publish(str(event.get("user", "")))
        ack()

    def _refreshed(self, ack: Ack, body: dict[str, dict[str, object]]) -> None:
        self._publish(str(body.get("user", {}).get("id", "")))
        ack()

    def _publish(self, user_id: str) -> None:
        """A Home that Slack does not take is told in the log; the person opens it again."""
        try:
            self._client.views_publish(user_id=user_id, view=self.view())
        except (SlackApiError, OSError, HTTPException) as error:
            log.warning("home_not_shown", reason=type(error).__name__)


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
