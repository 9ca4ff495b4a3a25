# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of Socket Mode ends with all its threads, whoever closes it first."""

from __future__ import annotations

import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.channels.slack_client import slack_client
from bot.sandbox.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackDoor
from bot.sources.chat_socket import close


class Gate:
    """Stands where the library's lock stands: one thread waits in it until it is open."""

    def __init__(self, stopped: threading.Thread) -> None:
        self.stopped = stopped
        self.is_reached, self.is_open = threading.Event(), threading.Event()

    def __enter__(self) -> None:
        if threading.current_thread() is self.stopped:
            self.is_reached.set()
            self.is_open.wait(10)

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""


def test_line_that_is_closed_by_two_at_once_ends(door: SlackDoor) -> None:
    """The library's own thread is quicker, between our look at the socket and its lock."""
    client = slack_client(BOT_TOKEN, base_url=door.base_url, timeout=1)
    app = App(client=client, signing_secret=SIGNING_SECRET, token_verification_enabled=False)
    handler = SocketModeHandler(app, APP_TOKEN, web_client=client)
    handler.connect()
    assert door.socket.wait_until_connected()
    session, processor = handler.client.current_session, handler.client.message_processor
    ending = threading.Thread(target=close, args=(handler,))
    session.sock_send_lock = gate = Gate(ending)

    ending.start()
    assert gate.is_reached.wait(10)
    line, session.sock = session.sock, None
    line.close()
    gate.is_open.set()
    ending.join(10)

    assert (ending.is_alive(), processor.is_alive()) == (False, False)
