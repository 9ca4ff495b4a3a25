# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's page shows the world, escapes everything and loads nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from bot.clock import VirtualClock
from bot.pages.world import world_page
from bot.sandbox.faults import Fault
from bot.sandbox.view import world_view
from bot.sandbox.world import World
from bot.sandbox.world_seed import furnish
from bot.sources.web_server import WebServer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>'


def _world() -> World:
    world = World(VirtualClock(NOW))
    furniture = furnish(world)
    world.create_ticket(HOSTILE, "hello", requester=furniture.customers["contoso"])
    return world


class Page:
    """The page of a world, served over a real socket."""

    def __init__(self) -> None:
        self.world = _world()
        app = world_page(lambda: world_view(self.world, story=("It begins",)))
        self.server = WebServer(app, "127.0.0.1", 0)
        self.server.start()

    def get(self, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.server.port}{path}", timeout=5)


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page()
    yield made
    made.server.stop()


def test_page_shows_queue_chat_cards_and_mails(page: Page) -> None:
    """Everything that happened in the world can be seen."""
    world = page.world
    world.chat.post("support", "warning for #2")
    world.chat.post_card("support", {"type": "TextBlock", "text": "card \\(two\\)"})
    world.mail.send("a@b.example", ("c@d.example",), b"Subject: mail three\n\nbody\n")
    world.portal.show({"en": "We are down"}, valid_until=NOW + timedelta(minutes=5))

    shown = page.get("/").text

    for seen in ("warning for #2", "card (two)", "mail three", "We are down", "It begins"):
        assert seen in shown


def test_customers_words_do_nothing_on_the_page(page: Page) -> None:
    """A subject that is a script is shown as text."""
    shown = page.get("/now").text

    assert HOSTILE not in shown
    assert "&lt;script&gt;" in shown


def test_page_loads_nothing_from_elsewhere(page: Page) -> None:
    """The policy in its headers allows this page's own style and script alone."""
    answer = page.get("/")

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_page_says_that_the_helpdesk_does_not_answer(page: Page) -> None:
    """A helpdesk that fails is said in words, not by a colour alone."""
    page.world.faults.switch_on(Fault.UNAVAILABLE_PAGE)

    assert "does not answer" in page.get("/now").text


def test_style_and_script_are_served(page: Page) -> None:
    """The one stylesheet and the one script are there, and nothing else is."""
    assert page.get("/static/style.css").status_code == 200
    assert page.get("/static/live.js").status_code == 200
    assert page.get("/static/render.py").status_code == 404
