# SPDX-License-Identifier: GPL-3.0-or-later
"""The three receivers of the ingest benchmark, each in a process of its own.

python bench/ingest_servers.py deskmate|flask|starlette DATABASE
Prints its port once it listens. All check the signature, parse the JSON, and answer after the
commit, on SQLite in WAL mode with synchronous=FULL.
"""

from __future__ import annotations

import gc
import hmac
import json
import logging
import socket
import sqlite3
import sys
import threading
from typing import Any

from ingest_bodies import PATH, SECRET, signature

_local = threading.local()
FLASK_THREADS = 8
SETTLED_AFTER = 1.0


def _settle() -> None:
    """What the daemon does once it has started, done for all three: keep the collector off what
    lives as long as the process, and let it run less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def main(kind: str, path: str) -> None:
    """Serve until killed."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listening.getsockname()[1], flush=True)
    threading.Timer(SETTLED_AFTER, _settle).start()
    {"deskmate": _deskmate, "flask": _flask, "starlette": _starlette}[kind](listening, path)


def _connection(path: str) -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 60000"):
            _local.connection.execute(f"PRAGMA {pragma}")
    found: sqlite3.Connection = _local.connection
    return found


def _create(path: str) -> None:
    _connection(path).execute(
        "CREATE TABLE inbox (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at TEXT, body TEXT)"
    )


def _keep(path: str, key: str, body: str) -> None:
    _connection(path).execute(
        "INSERT INTO inbox (key, at, body) VALUES (?, datetime('now'), ?) "
        "ON CONFLICT (key) DO NOTHING",
        (key, body),
    )


def _checked(headers: Any, body: bytes) -> dict[str, Any] | None:
    stamp = headers.get("X-Zendesk-Webhook-Signature-Timestamp", "").encode()
    given = headers.get("X-Zendesk-Webhook-Signature", "")
    if not hmac.compare_digest(signature(SECRET, stamp, body), given):
        return None
    parsed: dict[str, Any] = json.loads(body)
    return parsed


def _flask(listening: socket.socket, path: str) -> None:
    import flask
    import waitress

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = flask.Flask("bench")
    _create(path)

    @app.post(PATH)
    def receive() -> tuple[str, int]:
        body = flask.request.get_data()
        event = _checked(flask.request.headers, body)
        if event is None:
            return "wrong signature", 401
        _keep(path, event["id"], body.decode())
        return "ok", 200

    waitress.serve(app, sockets=[listening], threads=FLASK_THREADS, backlog=256, _quiet=True)


def _starlette(listening: socket.socket, path: str) -> None:
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    _create(path)

    async def receive(request: Request) -> Response:
        body = await request.body()
        event = _checked(request.headers, body)
        if event is None:
            return Response("wrong signature", 401)
        await run_in_threadpool(_keep, path, event["id"], body.decode())
        return Response("ok")

    _uvicorn(Starlette(routes=[Route(PATH, receive, methods=["POST"])]), listening)


def _deskmate(listening: socket.socket, path: str) -> None:
    """The daemon's own door, reader and store, its lease held; nothing is handled meanwhile."""
    from bot.clock import SystemClock
    from bot.helpdesks.zendesk_names import OwnNames
    from bot.helpdesks.zendesk_people import Directory
    from bot.helpdesks.zendesk_webhooks import WebhookReader
    from bot.rules.policy import HelpdeskMap
    from bot.sources.web import WebhookReaders, build_app
    from bot.sources.web_signatures import DoorSecrets
    from bot.store.store import Store
    from bot.telemetry import Figures

    people = Directory()
    people.own_id = 1
    reader = WebhookReader(OwnNames(HelpdeskMap()), people)
    clock = SystemClock()
    store = Store.open(f"sqlite:///{path}", clock=clock)
    store.acquire_lease("bench", 3600)
    app = build_app(
        store,
        DoorSecrets(webhook=SECRET),
        clock,
        readers=WebhookReaders(reader.event, reader.event),
        figures=Figures(),
    )
    _uvicorn(app, listening)


def _uvicorn(app: Any, listening: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", log_level="error", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
