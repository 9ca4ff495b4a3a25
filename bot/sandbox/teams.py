# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Teams: Workflows webhooks over real HTTP that take Adaptive Cards.

As the real thing it answers 202 to what its flow accepted and says nothing of what became of it;
a card over 28 KB after re-serialisation is accepted and never shown.
"""

from __future__ import annotations

import json
import threading
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.sandbox.faults import Faults
from bot.sandbox.world import World

GREATEST_CARD = 28_672
"""Bytes, counted by Teams after its own re-serialisation."""


class TeamsFault(StrEnum):
    """What the Teams door can do wrong."""

    THROTTLED = "teams_throttled"
    """429 with `Retry-After`."""
    UNAVAILABLE = "teams_unavailable"
    """503."""
    GONE = "teams_gone"
    """404: the flow was deleted or its owner left."""
    ANSWER_LOST = "teams_answer_lost"
    """The card is shown and the line breaks before the answer."""


class TeamsDoor:
    """Listens on 127.0.0.1; `url(name)` is the webhook of one channel."""

    def __init__(self, world: World, faults: Faults, port: int = 0) -> None:
        """`port` 0 takes a free one."""
        self.dropped = 0
        self._server = _Server(("127.0.0.1", port), _handler(world, faults, self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox-teams", daemon=True
        )

    def start(self) -> TeamsDoor:
        """Begin to listen."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, name: str) -> str:
        """The webhook of the channel `name`; its `sig` is the credential, as in Workflows."""
        return f"http://127.0.0.1:{self._server.server_port}/workflows/{name}?sig=sandbox-{name}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed breaks its line; that is no news here."""


def _handler(world: World, faults: Faults, door: TeamsDoor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            webhook = self.path.split("?")[0].rpartition("/")[2]
            if f"sig=sandbox-{webhook}" not in self.path:
                return self._answer(401, "The request is not signed.")
            if faults.strike(TeamsFault.THROTTLED, webhook):
                return self._answer(429, "Rate limit is exceeded.", {"Retry-After": "7"})
            if faults.strike(TeamsFault.UNAVAILABLE, webhook):
                return self._answer(503, "Service unavailable")
            if faults.strike(TeamsFault.GONE, webhook):
                return self._answer(404, "The workflow could not be found.")
            return self._take(webhook, body)

        def _take(self, webhook: str, body: bytes) -> None:
            try:
                card = json.loads(body)
            except ValueError:
                return self._answer(400, "The request body is not JSON.")
            if len(json.dumps(card, ensure_ascii=True, indent=1).encode()) > GREATEST_CARD:
                door.dropped += 1
            else:
                world.chat.post_card(webhook, card)
            if faults.strike(TeamsFault.ANSWER_LOST, webhook):
                self.close_connection = True
                return None
            return self._answer(202, "")

        def _answer(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
            content = text.encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
            """Keep the terminal for the story."""

    return Handler
