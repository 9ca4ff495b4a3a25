# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's Home in Slack: the queue, what is at risk and who is on duty, kept up to date.

It is made anew when somebody opens it or presses its button, and each minute for those who opened
it within a day. Like a page it is only shown, so it needs no row of the outbox; what is kept is
who looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.rules.engine import CompiledPolicy
from bot.rules.pauses import OVER, Pause, pause_of
from bot.sources.chat_desk import DeskViews
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import logger
from bot.texts.instants import time_with_zone
from bot.texts.words import language

REFRESH = "home_refresh"
GREATEST_TEXT = 3_000
STATE = "home"
WATCHED_FOR = timedelta(days=1)
RENEW_EVERY = timedelta(minutes=1)
MOST_A_ROUND = 50
"""Slack takes some 100 views a minute (tier 4); openings and presses keep the other half."""
MOST_WATCHERS = 500
REST = 30
"""A round rests so many times as long as it took, so that a long queue costs little."""

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
        store: Store,
        escape: Callable[[str], str],
    ) -> None:
        """`client` must give up within a second; `escape` makes text harmless for plain text."""
        self._store = store
        self._shown: dict[str, Pause] = {}
        self._pause = OVER
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

    def renew(self) -> bool:
        """Show the present state to those who opened it lately, each once a minute at most.

        Never says that there was work: the next round is a minute away.
        """
        began = self._clock.now()
        if self._pause.holds(began):
            return False
        with self._store.read() as reader:
            watchers = _watchers(reader.states.load(STATE), began)
        due = [user for user in watchers if not self._shown.get(user, OVER).holds(began)]
        if not due:
            return False
        view = self.view()
        for user in sorted(due, key=lambda user: self._shown.get(user, OVER).since)[:MOST_A_ROUND]:
            if not self._publish(user, view):
                break
        took = self._clock.now() - began
        self._pause = pause_of(max(RENEW_EVERY, took * REST), began)
        return False

    def _opened(self, ack: Ack, event: dict[str, object]) -> None:
        if event.get("tab") == "home":
            self._show(str(event.get("user", "")))
        ack()

    def _refreshed(self, ack: Ack, body: dict[str, dict[str, object]]) -> None:
        self._show(str(body.get("user", {}).get("id", "")))
        ack()

    def _show(self, user_id: str) -> None:
        """Show it now, and remember who looks at it."""
        now = self._clock.now()
        self._publish(user_id, self.view())

        def remember(tx: Transaction) -> None:
            kept = {**_watchers(tx.states.load(STATE), now), user_id: now.isoformat()}
            newest = sorted(kept, key=lambda user: kept[user])[-MOST_WATCHERS:]
            tx.states.save(STATE, {user: kept[user] for user in newest})

        self._store.submit(remember)

    def _publish(self, user_id: str, view: Json) -> bool:
        """A Home that Slack does not take is told in the log, and tried again in a minute.

        False where Slack cannot take the next one either.
        """
        self._shown[user_id] = pause_of(RENEW_EVERY, self._clock.now())
        try:
            self._client.views_publish(user_id=user_id, view=view)
        except SlackApiError as error:
            log.warning("home_not_shown", reason=str(error.response.get("error")))
            return bool(error.response.status_code == HTTPStatus.OK)
        except (OSError, HTTPException) as error:
            log.warning("home_not_shown", reason=type(error).__name__)
            return False
        return True


def _watchers(state: dict[str, object] | None, now: datetime) -> dict[str, str]:
    """Who opened it within a day, and when."""
    since = (now - WATCHED_FOR).isoformat()
    return {user: str(at) for user, at in (state or {}).items() if str(at) > since}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
