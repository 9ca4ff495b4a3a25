# SPDX-License-Identifier: GPL-3.0-or-later
"""A drill beside the real helpdesk believes a page only if people could read it."""

from __future__ import annotations

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.commands.drill import Wanted
from bot.commands.drill_beside import Beside
from bot.commands.drill_real import RealDrill
from bot.commands.drill_values import Result
from bot.commands.stored import load_compiled
from bot.settings import Settings
from bot.store.store import Store


@pytest.mark.parametrize(("status", "result"), [(200, "ok"), (401, "failed"), (403, "failed")])
def test_refused_page_is_no_answer(tmp_path: Path, status: int, result: str) -> None:
    """A continuity page that refuses its own machine helps nobody at night."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

    (tmp_path / "rules.yaml").write_text("desk: test\n", "utf-8")
    clock, server = SystemClock(), ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = replace(Settings(), pages_host="127.0.0.1", pages_port=server.server_address[1])
    with Store.open("sqlite://", clock=clock) as store:
        beside = Beside(settings, store, clock)
        drill = RealDrill(settings, load_compiled(tmp_path, clock), beside, clock, Wanted(by="bo"))
        steps = {each.name: each for each in drill._doors()}
    server.shutdown()
    server.server_close()

    assert steps["The continuity page answers"].result == Result(result)
