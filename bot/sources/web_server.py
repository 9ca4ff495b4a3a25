# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the web application in a thread of its own, with a socket that is bound before it starts."""

from __future__ import annotations

import socket
import threading

import uvicorn
from starlette.types import ASGIApp

WebApp = ASGIApp
"""What can be served: the daemon's doors, the sandbox's page."""

STOP_WITHIN = 5
"""Seconds that open requests are given when the server stops."""


class WebServer:
    """Serves `app` on `host`:`port`; port 0 takes any free one, `port` tells which."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        """Bind at once, so that a port in use is reported here as `OSError`."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=2048)
        self.port: int = self._socket.getsockname()[1]
        self._server = _Announcing(
            uvicorn.Config(
                app,
                http="httptools",
                loop="auto",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_WITHIN,
            )
        )
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Serve until `stop`; returns once requests are answered."""
        self._thread.start()
        self._server.is_up.wait()

    def stop(self) -> None:
        """Answer what was begun, then let go of the port."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.is_up.set()


class _Announcing(uvicorn.Server):
    """Says when it is up, so that nobody has to ask again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then say so."""
        await super().startup(sockets)
        self.is_up.set()
