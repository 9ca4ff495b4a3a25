# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's page shows the world, escapes everything and loads nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from bot.clock import VirtualClock
from bot.pages.world import Chapter, world_page
from bot.sandbox.faults import Fault
from bot.sandbox.slack_faults import SlackFault
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


def _keyed(key: str) -> dict[str, object]:
    return {"event_payload": {"key": key}}


class Page:
    """The page of a world, served over a real socket."""

    def __init__(self) -> None:
        self.world = _world()
        app = world_page(lambda: world_view(self.world, story=(Chapter("It begins"),)))
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


def test_page_says_who_pressed_and_who_asked(page: Page) -> None:
    """Buttons that were pressed and commands that were typed stand where people see them."""
    chat = page.world.chat
    posted = chat.post("support", "Nobody has it", blocks=[{"type": "header", "text": "Mine?"}])
    chat.press("support", posted.ts, person="Bo Lind", action="take", label="Assign to me")
    chat.ask("slack", "support", person="Ada", text="/desk oncall", answer="Nobody is on duty")
    chat.ask("teams", "general", person="Eve", text="@Deskmate queue", answer="\\#2 waits")

    shown = page.get("/now").text

    assert "Bo Lind pressed “Assign to me”, 09:00:00" in shown
    for seen in ("Ada: /desk oncall", "seen by Ada alone", "Nobody is on duty"):
        assert seen in shown
    for seen in ("Eve: @Deskmate queue", "#2 waits"):
        assert seen in shown


def test_page_says_what_is_held_back_until_it_is_over(page: Page) -> None:
    """A storm and a silence stand above everything else for as long as they hold."""
    chat = page.world.chat
    held = [{"type": "section", "text": {"text": "Single messages are held back."}}]
    storm = chat.post("on-call", "SURGE", blocks=held, metadata=_keyed("storm:slack:on-call:1/a"))
    chat.post("support", "SILENCE", blocks=held, metadata=_keyed("silence works/on/a"))

    strips = world_view(page.world).strips
    chat.edit("on-call", storm.ts, "SURGE", blocks=[{"type": "header", "text": "It is over"}])
    chat.post("support", "SILENCE", metadata=_keyed("silence works/over/b"))

    assert [(each.kind, each.name) for each in strips] == [
        ("Storm", "#on-call"), ("Silence", "works"),
    ]  # fmt: skip
    assert all("held back" in each.text for each in strips)
    assert world_view(page.world).strips == ()


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


def test_page_says_which_way_refuses(page: Page) -> None:
    """A chat that takes no messages is named, the others are not."""
    page.world.faults.switch_on(SlackFault.THROTTLED, endpoint="chat.*")

    ways = {way.name: way.works for way in world_view(page.world).ways}

    assert ways == {"Helpdesk": True, "Slack": False, "Teams": True, "Mail": True}
    assert "refuses messages" in page.get("/now").text


def test_style_and_script_are_served(page: Page) -> None:
    """The one stylesheet and the one script are there, and nothing else is."""
    assert page.get("/static/style.css").status_code == 200
    assert page.get("/static/live.js").status_code == 200
    assert page.get("/static/render.py").status_code == 404


def test_portal_embeds_the_banner_and_nothing_else() -> None:
    """A customer's page: in the language that is asked for, open to that one host alone."""
    script = "http://127.0.0.1:9/banner.js"
    server = WebServer(world_page(lambda: world_view(_world()), banner=script), "127.0.0.1", 0)
    server.start()
    address = f"http://127.0.0.1:{server.port}/portal"
    german = requests.get(f"{address}?lang=de", timeout=5)
    odd = requests.get(address, params={"lang": HOSTILE}, timeout=5)
    server.stop()

    policy = german.headers["Content-Security-Policy"]
    assert '<html lang="de">' in german.text
    assert f'<script src="{script}" async></script>' in german.text
    assert "script-src http://127.0.0.1:9;" in policy and "default-src 'none'" in policy
    assert '<html lang="en">' in odd.text and "alert(" not in odd.text
