# SPDX-License-Identifier: GPL-3.0-or-later
"""The continuity page by personal links: for whom it is, while it holds, and never unrecorded."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.pages.continuity_links import ContinuityLinks
from bot.pages.render import static_routes
from bot.rules.desk_links import address_of, link_of
from bot.rules.ticket import Origin, Person, Status, Ticket
from bot.sources.web_server import WebServer
from bot.store.store import Store
from bot.store.views import PageView, take_back, views_since

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of sixteen or more"
REFERENCE = "ACM-4F7KQ2XN-M"
POLICY = """
desk: test
language: en
zone: Europe/Stockholm
people: {bo_ek: {sms: "+46700000001"}, eva: {sms: "+46700000002"}}
rosters: {duty: {zone: UTC, rotation: {people: [bo_ek, eva], every: 1w, since: 2026-01-05}}}
"""
CASE = Ticket(
    "t1",
    Origin.MAILBOX,
    NOW - timedelta(minutes=20),
    NOW,
    Status.NEW,
    subject="Invoices are wrong",
    description="",
    reference=REFERENCE,
    requester=Person(name="Nora", email="nora@northwind.example"),
)


@dataclass
class Site:
    """The pages over real HTTP, and the store behind them."""

    store: Store
    port: int
    clock: VirtualClock
    file: Path
    asked: list[str] = field(default_factory=list)
    """What browsers asked for, with the query."""

    def link(self, person: str = "bo_ek", *, secret: str = SECRET) -> str:
        link = link_of(person, self.clock.now(), timedelta(hours=8))
        return address_of(link, f"http://127.0.0.1:{self.port}", secret)

    def views(self) -> list[PageView]:
        with self.store.read() as reader:
            return list(views_since(NOW - timedelta(days=1), reader))


@pytest.fixture
def site(tmp_path: Path, place_store: Callable[[Path], str]) -> Iterator[Site]:
    """The pages of a desk with one case."""
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    clock, file = VirtualClock(NOW), tmp_path / "desk.sqlite3"
    with Store.open(place_store(file), clock=clock) as store:
        store.write(lambda tx: tx.tickets.save(CASE))
        pages = ContinuityLinks(store, lambda: loaded.policy, clock, reveal_secret=lambda: SECRET)
        app = Starlette(routes=[*pages.routes(), *static_routes()])
        asked: list[str] = []

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            asked.append(f"{scope['path']}?{scope['query_string'].decode()}")
            await app(scope, receive, send)

        server = WebServer(noted, "127.0.0.1", 0)
        server.start()
        yield Site(store, server.port, clock, file, asked)
        server.stop()


def test_person_reads_who_waits_and_each_case(site: Site) -> None:
    """Every address on the page stays below the link, and the page says whose it is."""
    link = site.link()

    shown = requests.get(link, timeout=5)
    (case,) = re.findall(r'href="([^"]*/case/[^"]*)"', shown.text)
    words = requests.get(f"http://127.0.0.1:{site.port}{case}", timeout=5)

    assert (shown.status_code, words.status_code) == (200, 200)
    assert "Invoices are wrong" in shown.text and "nora@northwind.example" in words.text
    assert "bo ek's alone and ends 18:00 CET" in unescape(shown.text)
    assert f'data-live="{link.partition(str(site.port))[2]}/now"' in shown.text


def test_every_view_is_recorded_and_shown(site: Site) -> None:
    """Who, when, which page, from where; an open page that renews itself is one view."""
    link = site.link()
    for path in ("", "/now", "/now", f"/case/{REFERENCE}"):
        requests.get(f"{link}{path}", timeout=5)
    site.clock.advance(timedelta(minutes=5))
    requests.get(f"{link}/now", timeout=5)
    shown = requests.get(f"{link}/now", timeout=5, headers={"X-Forwarded-For": "1, 192.0.2.9"})

    recorded = [(each.at, each.person, each.page) for each in reversed(site.views())]
    assert recorded == [
        (NOW, "bo_ek", "who waits"),
        (NOW, "bo_ek", f"case {REFERENCE}"),
        (NOW + timedelta(minutes=5), "bo_ek", "who waits"),
        (NOW + timedelta(minutes=5), "bo_ek", "who waits"),
    ]
    assert {each.address for each in site.views()} == {"127.0.0.1", "192.0.2.9"}
    assert "bo ek 10:05 CET" in shown.text


def test_view_is_recorded_when_the_clock_was_set_back(site: Site) -> None:
    """What was looked at an hour later by the old clock is no reason to leave a view out."""
    link = site.link()
    for at in (NOW + timedelta(hours=1), NOW):
        site.clock.move_to(at)
        requests.get(link, timeout=5)

    assert {each.at for each in site.views()} == {NOW, NOW + timedelta(hours=1)}


def test_what_cannot_be_recorded_is_not_shown(site: Site) -> None:
    """A store that takes no entry gives no page."""
    with sqlite3.connect(site.file) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END"
        )

    answer = requests.get(site.link(), timeout=5)

    assert answer.status_code >= 500
    assert "Invoices" not in answer.text


def test_page_is_kept_nowhere_and_tells_nobody_its_address(site: Site) -> None:
    """Neither a cache nor a search engine nor the next page learns of it, and no log the token."""
    with capture_logs() as logs:
        headers = requests.get(site.link(), timeout=5).headers
        requests.get(f"http://127.0.0.1:{site.port}/continuity/forged", timeout=5)

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    token = site.link().rpartition("/")[2]
    assert [each["event"] for each in logs] == ["page_viewed"]
    assert token.rpartition(".")[2] not in repr(logs) and "/continuity/" not in repr(logs)


@pytest.mark.parametrize("path", ["", "/now", f"/case/{REFERENCE}"])
def test_without_a_link_there_is_nothing(site: Site, path: str) -> None:
    """A forged one is answered as any address that does not exist, and is no view."""
    for link in (site.link(secret="another secret of theirs"), f"{site.link()}x"):
        answer = requests.get(f"{link}{path}", timeout=5)

        assert answer.status_code == 404
        assert REFERENCE not in answer.text
    drawer = {"User-Agent": "Slackbot-LinkExpanding 1.0"}
    preview = requests.get(f"{site.link()}{path}", headers=drawer, timeout=5)
    assert preview.status_code == 404 and REFERENCE not in preview.text
    assert site.views() == []


def test_link_that_ended_or_was_taken_back_says_how_to_get_another(site: Site) -> None:
    """Its person reads no word of a customer any more; a link of somebody else still holds."""
    first, other = site.link(), site.link("eva")
    site.clock.advance(timedelta(seconds=1))
    site.store.write(lambda tx: take_back("bo_ek", "eva", site.clock.now(), tx))
    site.clock.advance(timedelta(seconds=1))

    taken_back, again = requests.get(first, timeout=5), requests.get(site.link(), timeout=5)
    kept = requests.get(other, timeout=5)
    site.clock.advance(timedelta(hours=8))
    ended = requests.get(other, timeout=5)

    assert [each.status_code for each in (taken_back, again, kept, ended)] == [410, 200, 200, 410]
    assert "deskmate outage link" in taken_back.text and REFERENCE not in taken_back.text


@pytest.mark.real
def test_open_page_renews_itself_and_is_one_view(site: Site, tmp_path: Path) -> None:
    """In a real browser, which the page allows its own script and style and nothing else."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    assert browser is not None, "install chromium"

    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         f"--user-data-dir={tmp_path / 'browser'}", "--virtual-time-budget=12000", "--dump-dom",
         f"{site.link()}?lang=sv"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    assert "ingen än" in done.stdout and "Invoices are wrong" in done.stdout
    assert "/static/style.css?" in site.asked
    assert sum(each.endswith("/now?lang=sv") for each in site.asked) >= 2
    assert [each.page for each in site.views()] == ["who waits"]
