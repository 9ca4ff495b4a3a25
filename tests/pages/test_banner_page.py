# SPDX-License-Identifier: GPL-3.0-or-later
"""The banner in a customer's page: shown, in their language, and gone by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from portal_visit import title_after
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.clock import SystemClock, VirtualClock
from bot.pages.banner import BannerPages
from bot.rules.outage_state import OutageState, Phase, to_row
from bot.rules.policy import OutagePolicy, Policy
from bot.rules.portal_notices import PortalNotice
from bot.sources.web_server import WebServer
from bot.store.portal_notices import save_notice
from bot.store.store import Store
from bot.texts.banner_file import banner_script

NOW = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
OWN_ENGLISH = "Write to help@acme.example </script><b>now</b>"
POLICY = Policy(
    "acme", "", outage=OutagePolicy(banner="portal", banner_texts={"en": OWN_ENGLISH},
                                    mailbox="help@acme.example"),
)  # fmt: skip
DOWN = OutageState(phase=Phase.DOWN, since=NOW, first_failure_at=NOW, incident=1)
PORTAL = """<!doctype html><html lang="de-AT"><title>Portal</title><body><h1>Acme</h1>
<script src="{script}"></script><script>
const seen = [], look = () => {{
  const box = document.getElementById("deskmate-banner");
  seen.push(box ? [box.lang, box.textContent, box.children.length] : null);
}};
setTimeout(look, 5000);
setTimeout(() => {{ document.documentElement.lang = "sv"; }}, 6000);
setTimeout(look, 7000);
setTimeout(() => {{ document.documentElement.lang = "en"; }}, 8000);
setTimeout(look, 9000);
setTimeout(look, 10 * 60000);
setTimeout(look, 16 * 60000);
setTimeout(() => {{ document.title = JSON.stringify(seen); }}, 16 * 60000 + 500);
</script></body></html>"""


@dataclass
class Site:
    """The daemon's web pages and a portal that embeds the script; `is_dead`: it answers no more."""

    url: str
    store: Store
    asked: int = 0
    dies_after: int = 1_000

    def show(self, at: datetime) -> None:
        state = replace(DOWN, is_banner_shown=True, banner_renewed_at=at)
        self.store.write(lambda tx: tx.states.save("outage", to_row(state)))

    def read(self) -> dict[str, object]:
        with urlopen(f"{self.url}/banner.json", timeout=5) as answer:
            found: dict[str, object] = json.load(answer)
        return found


def _serve(store: Store, clock: SystemClock | VirtualClock) -> Iterator[Site]:
    pages = BannerPages(store, lambda: POLICY, clock)
    site = Site("", store)

    async def counted(request: Request) -> Response:
        site.asked += 1
        if site.asked > site.dies_after:
            return Response(status_code=502)
        return pages._json(request)

    def portal(_request: Request) -> Response:
        return HTMLResponse(PORTAL.format(script="/banner.js"))

    routes = [Route("/portal", portal), Route("/banner.json", counted), *pages.routes()]
    server = WebServer(Starlette(routes=routes), "127.0.0.1", 0)
    server.start()
    site.url = f"http://127.0.0.1:{server.port}"
    yield site
    server.stop()


@pytest.fixture
def site() -> Iterator[Site]:
    """At a fixed instant."""
    clock = VirtualClock(NOW)
    with Store.open("sqlite://", clock=clock) as store:
        yield from _serve(store, clock)


@pytest.fixture
def live() -> Iterator[Site]:
    """By the real clock, for a browser."""
    clock = SystemClock()
    with Store.open("sqlite://", clock=clock) as store:
        yield from _serve(store, clock)


def test_no_banner_while_all_is_well(site: Site) -> None:
    """The address is always there and says that there is nothing to say."""
    assert site.read()["shown"] is False
    assert site.read()["texts"] == {}


def test_banner_has_every_language_and_an_end(site: Site) -> None:
    """The desk's own words first, ours in the other languages, a quarter of an hour at most."""
    site.show(NOW)

    found = site.read()

    texts = found["texts"]
    assert isinstance(texts, dict)
    assert texts["en"] == OWN_ENGLISH
    assert set(texts) == {"en", "de", "fr", "sv", "ru"}
    assert found["valid_until"] == (NOW + timedelta(minutes=15)).isoformat()
    assert found["updated_at"] == NOW.isoformat()


def test_page_says_what_rules_publish_behind_the_outage(site: Site) -> None:
    """The daemon's own address says what the file says, and a language of the notice's own too."""
    site.show(NOW)
    texts = {"en": "We stop.", "nb": "Vi stopper."}
    notice = PortalNotice("emergency_stop", texts, "en", NOW, NOW)
    site.store.write(lambda tx: save_notice(notice, tx))

    found = site.read()["texts"]

    assert isinstance(found, dict)
    assert found["en"] == f"{OWN_ENGLISH} We stop."
    assert found["nb"] == f"{OWN_ENGLISH} Vi stopper."
    assert found["sv"].endswith(" We stop.")


def test_any_site_may_embed_it(site: Site) -> None:
    """The script and the JSON are read from other origins, without credentials."""
    for name in ("banner.json", "banner.js"):
        with urlopen(f"{site.url}/{name}", timeout=5) as answer:
            assert answer.headers["access-control-allow-origin"] == "*"


def test_script_asks_nobody_but_us() -> None:
    """No other host is named in it, and no markup is ever taken from a text."""
    script = banner_script().decode()

    hosts = [line for line in script.splitlines() if "://" in line and "YOUR-HOST" not in line]
    assert hosts == []
    assert "innerHTML" not in script


@pytest.mark.real
def test_browser_shows_changes_language_and_takes_it_down(live: Site, tmp_path: Path) -> None:
    """After our death the last banner stays until its end, and not a minute longer."""
    live.show(SystemClock().now())
    live.dies_after = 1

    german, swedish, english, later, after_its_end = title_after(
        timedelta(seconds=970), f"{live.url}/portal", tmp_path
    )

    assert german is not None and german[0] == "de" and "help@acme.example" in german[1]
    assert swedish is not None and swedish[0] == "sv"
    assert english == ["en", OWN_ENGLISH, 0]
    assert later is not None
    assert after_its_end is None
