# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a Socket Mode connection to Slack: opened in the background, again when it breaks."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPException

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.telemetry import logger

GREATEST_PAUSE = 60.0
"""Seconds between tries: `apps.connections.open` allows about one call a minute."""

log = logger("chat")


class ChatSocket:
    """One connection; the library reopens it by itself once it stood for the first time."""

    def __init__(
        self, app: App, client: WebClient, app_token: str, *, clock: Clock, ping_every: float
    ) -> None:
        """Connect to nothing yet."""
        self._app = app
        self._client = client
        self._app_token = app_token
        self._clock = clock
        self._ping_every = ping_every
        self._stopped = threading.Event()
        self._handler: SocketModeHandler | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread = threading.Thread(target=self._connect, name="slack-socket", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the connection and wait until its threads are gone."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def is_connected(self) -> bool:
        """True while the socket stands."""
        handler = self._handler
        return handler is not None and handler.client.is_connected()

    def _connect(self) -> None:
        """Until it stands: try, with growing pauses. Then hold it until `stop`."""
        handler = SocketModeHandler(
            self._app, self._app_token, web_client=self._client, proxy=self._client.proxy,
            ping_interval=self._ping_every,
        )  # fmt: skip
        self._handler = handler
        pause = 1.0
        while not self._stopped.is_set():
            try:
                handler.connect()  # type: ignore[no-untyped-call]
                log.info("chat_connected")
                break
            except (SlackApiError, OSError, HTTPException) as error:
                log.warning("chat_not_connected", reason=_why(error), again_in=pause)
            self._clock.wait(self._stopped, pause)
            pause = min(GREATEST_PAUSE, pause * 2)
        self._stopped.wait()
        close(handler)


def close(handler: SocketModeHandler) -> None:
    """End the line and the library's threads.

    One of these may close the line at the same instant; slack_sdk 3.x then trips over it, before
    it has ended the others.
    """
    _wake(handler)
    try:
        handler.close()  # type: ignore[no-untyped-call]
    except AttributeError:
        handler.close()  # type: ignore[no-untyped-call]


def _wake(handler: SocketModeHandler) -> None:
    """End the waits of the library: a second for its queue, three for its socket."""
    client = handler.client
    client.auto_reconnect_enabled = False
    client.closed = True
    client.message_queue.put(None)
    session = client.current_session
    line = session.sock if session is not None else None
    try:
        if line is not None:
            line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _why(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return type(error).__name__
