# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of Socket Mode ends with all its threads, whoever closes it first."""

from __future__ import annotations

import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.channels.slack_client import slack_client
from bot.sandbox.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackDoor
from bot.sources.chat_socket import close


def test_line_that_is_closed_by_two_at_once_ends(door: SlackDoor) -> None:
    """The library's own thread is quicker, between our look at the socket and its lock."""
    client = slack_client(BOT_TOKEN, base_url=door.base_url, timeout=1)
    app = App(client=client, signing_secret=SIGNING_SECRET, token_verification_enabled=False)
    handler = SocketModeHandler(app, APP_TOKEN, web_client=client)
    handler.connect()
    assert door.socket.wait_until_connected()
    session, processor = handler.client.current_session, handler.client.message_processor
    ending = threading.Thread(target=close, args=(handler,))

    with session.sock_send_lock:
        ending.start()
        ending.join(0.3)
        assert ending.is_alive(), "it waits for the lock"
        line, session.sock = session.sock, None
        line.close()
    ending.join(10)

    assert (ending.is_alive(), processor.is_alive()) == (False, False)
