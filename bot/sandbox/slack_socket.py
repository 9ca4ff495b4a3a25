# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Socket Mode: a WebSocket server that hands each envelope to one connection."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Mapping
from socket import SHUT_RDWR

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from bot.sandbox.slack_methods import APP_ID


class SocketServer:
    """Listens on 127.0.0.1 from the start; `url` is what `apps.connections.open` answers."""

    def __init__(self) -> None:
        """Bind to a free port."""
        self._server = serve(self._hold, "127.0.0.1", 0)
        self._port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="sandbox-slack-socket", daemon=True
        )
        self._changed = threading.Condition()
        self._connections: list[ServerConnection] = []
        self._answers: dict[str, Mapping[str, object]] = {}
        self._numbers = itertools.count(1)
        self.opened = 0
        """How many connections were made so far."""
        self.acknowledge_within = 3.0
        """Seconds; afterwards Slack shows the person that the app did not respond."""

    @property
    def url(self) -> str:
        """Where to connect."""
        return f"ws://127.0.0.1:{self._port}/link?ticket=sandbox"

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and stop."""
        self.drop()
        self._server.shutdown()
        self._thread.join()

    def drop(self) -> None:
        """Cut every connection, as a network does: without a word."""
        with self._changed:
            # At once: their threads come to it later, and nobody is connected from here on.
            cut, self._connections = self._connections, []
        for connection in cut:
            connection.socket.close()
            connection.close_socket()

    def end(self) -> None:
        """Cut every connection so that the other side sees it at once, as a proxy does."""
        for connection in self._open():
            connection.socket.shutdown(SHUT_RDWR)

    def refresh(self) -> None:
        """Ask every client to connect anew, as Slack does every few hours."""
        for connection in self._open():
            connection.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
            connection.close()

    def wait_until_connected(self, count: int = 1, *, within: float = 10.0) -> bool:
        """Wait for the `count`-th connection ever made, and for one that stands."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self.opened >= count and bool(self._connections), within
            )

    def is_connected(self) -> bool:
        """True while somebody listens."""
        return bool(self._open())

    def send(self, kind: str, payload: Mapping[str, object]) -> Mapping[str, object] | None:
        """Hand an envelope to the newest connection; its answer, None if there was none in time."""
        open_now = self._open()
        if not open_now:
            return None
        envelope = f"envelope-{next(self._numbers)}"
        message = {
            "envelope_id": envelope, "type": kind, "accepts_response_payload": True,
            "payload": payload,
        }  # fmt: skip
        try:
            open_now[-1].send(json.dumps(message))
        except (ConnectionClosed, OSError):
            return None
        with self._changed:
            self._changed.wait_for(lambda: envelope in self._answers, self.acknowledge_within)
            return self._answers.pop(envelope, None)

    def _open(self) -> list[ServerConnection]:
        with self._changed:
            return list(self._connections)

    def _hold(self, connection: ServerConnection) -> None:
        """Greet a client, then listen to its answers until it goes."""
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP_ID}}
        try:
            connection.send(json.dumps(hello))
            with self._changed:
                self._connections.append(connection)
                self.opened += 1
                self._changed.notify_all()
            for message in connection:
                self._note(message)
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._changed:
                if connection in self._connections:
                    self._connections.remove(connection)

    def _note(self, message: str | bytes) -> None:
        answer = json.loads(message)
        if not isinstance(answer, dict) or "envelope_id" not in answer:
            return
        with self._changed:
            self._answers[str(answer["envelope_id"])] = answer.get("payload") or {}
            self._changed.notify_all()
