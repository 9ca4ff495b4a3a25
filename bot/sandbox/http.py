# SPDX-License-Identifier: GPL-3.0-or-later
"""A small HTTP/1.1 server on loopback whose line can be broken on purpose.

Standard library only, with keep-alive, so that a door controls its socket: it can answer, break
the line instead of answering, or refuse connections altogether.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` is unquoted, header names are lower-case, `base` is scheme and host."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""

    def json(self) -> object:
        """The body as JSON, None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def form(self) -> dict[str, str]:
        """The body as a submitted form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `headers` come on top of content type and length."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Call], Reply | None]
"""What a door does with a call; None breaks the line without an answer."""


def json_reply(status: int, value: object, **headers: str) -> Reply:
    """An answer in JSON; underscores in header names become hyphens."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def html_reply(status: int, title: str) -> Reply:
    """A page as maintenance screens and network edges send it."""
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{title}</body></html>\n"
    )
    return Reply(status, page.encode(), "text/html; charset=utf-8")


class LoopbackServer:
    """Serves `answer` on 127.0.0.1; port 0 takes any free one, which then stays the same."""

    def __init__(self, answer: Answer, *, port: int = 0) -> None:
        """Bind at once, so that `port` is known; nothing is served before `start`."""
        self._server = _Server(answer, port)
        self.port: int = self._server.server_address[1]
        self._answer = answer
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve in a thread of its own until `stop`."""
        self._server.server_activate()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and break every open line."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()
        self._server.break_lines()

    def refuse(self) -> None:
        """Let the operating system refuse connections; the port stays ours."""
        if self._thread is not None:
            self.stop()
            self._server = _Server(self._answer, self.port)

    def accept(self) -> None:
        """Serve again after `refuse`."""
        if self._thread is None:
            self.start()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answer: Answer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler, bind_and_activate=False)
        self.answer = answer
        self._lines: set[socket.socket] = set()
        self._lines_lock = threading.Lock()
        self.server_bind()

    def server_bind(self) -> None:
        """Bind without the look-up of our own name that HTTPServer does, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def add_line(self, line: socket.socket) -> None:
        with self._lines_lock:
            self._lines.add(line)

    def drop_line(self, line: socket.socket) -> None:
        with self._lines_lock:
            self._lines.discard(line)

    def break_lines(self) -> None:
        with self._lines_lock:
            lines = list(self._lines)
        for line in lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is a bug of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.add_line(self.connection)

    def finish(self) -> None:
        self.server.drop_line(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def answer(self) -> None:
        reply = self.server.answer(self._call())
        if reply is None:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        if reply.status != 204:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and reply.status != 204:
            self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the door counts its calls."""

    def _call(self) -> Call:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Call(
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
            f"http://{self.headers.get('Host') or 'localhost'}",
        )
