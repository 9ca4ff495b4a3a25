# SPDX-License-Identifier: GPL-3.0-or-later
"""What a killed daemon leaves at a host that shares nothing with it, in a visitor's browser."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from portal_visit import title_after

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.commands.drill_scene import look_until
from bot.rules.events import Event, OutageOrdered
from bot.sandbox.stage import Stage
from bot.store.store import Store

POLICY = """
desk: acme
hours: {always: {always: true}}
helpdesk: {canary: 1}
people: {team: {slack: support}}
helpdesk_down: {tell: team, banner: portal, banner_texts: {en: Write to help@acme.example}}
"""
WITHIN = 180.0
SAID = "Write to help@acme.example"
PORTAL = """<!doctype html><html lang="en"><title>Portal</title><body><h1>Acme</h1>
<script src="banner.js"></script></body></html>"""
STAYING = """<!doctype html><html lang="en"><title>null</title><body>
<script src="banner.js"></script><script>
const seen = [], minute = 60000;
const shown = (page) => page.getElementById("deskmate-banner")?.textContent ?? null;
const another = () => {
  const visit = Object.assign(document.createElement("iframe"), { src: "portal.html" });
  document.body.append(visit);
  setTimeout(() => { seen.push([shown(document), shown(visit.contentDocument)]); }, 5000);
};
setTimeout(another, 10 * minute);
setTimeout(another, 16 * minute);
setTimeout(() => { document.title = JSON.stringify(seen); }, 17 * minute);
</script></body></html>"""


class Files(SimpleHTTPRequestHandler):
    """Files and no word of the time: the visitor's own clock, which runs fast, counts."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without the `Date` that the library adds."""
        self.send_response_only(code, message)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """A web server over the folder into which the daemon writes the banner."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _declare_and_kill(folder: Path) -> int:
    """A daemon shows the banner and is killed; its exit status."""
    (folder / "policy").mkdir()
    (folder / "policy" / "rules.yaml").write_text(POLICY, encoding="utf-8")
    clock = SystemClock()
    stage = Stage(clock, folder, export_delay=1).open()
    daemon = DaemonProcess(stage.environment(), folder / "policy", stage.places.log)
    daemon.start()
    try:
        assert look_until(stage, clock, stage.is_daemon_up, WITHIN)
        now, fact = clock.now(), OutageOrdered(True, "nobody can log in", "Bo")
        with Store.open(f"sqlite:///{stage.places.store}", clock=clock) as store:
            store.receive([Event("order/1", "outage", now, "command", fact)]).result()
        assert look_until(stage, clock, lambda: stage.banner() is not None, WITHIN)
    finally:
        status = daemon.kill()
        stage.close()
    return status


@pytest.mark.real
def test_banner_of_a_killed_daemon_ends_for_everybody(host: str, tmp_path: Path) -> None:
    """Whoever has the portal open loses it at its end, and who comes after that sees none."""
    (tmp_path / "portal.html").write_text(PORTAL, encoding="utf-8")
    (tmp_path / "staying.html").write_text(STAYING, encoding="utf-8")

    status = _declare_and_kill(tmp_path)
    before, after = title_after(timedelta(minutes=18), f"{host}/staying.html", tmp_path / "browser")

    assert status == -signal.SIGKILL
    assert before == [SAID, SAID]
    assert after == [None, None]
