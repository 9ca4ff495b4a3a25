# SPDX-License-Identifier: GPL-3.0-or-later
"""A link in a mail, a card or an SMS asks when it is opened and acts when it is pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.pages.render import page
from bot.pages.take import TakePages, TakeView
from bot.rules.engine import compile_policy
from bot.rules.events import ButtonPressed
from bot.rules.take_links import TakeLink, sign
from bot.rules.ticket import Origin, Status, Ticket
from bot.sources.web_server import WebServer
from bot.store.queues import Claimed
from bot.store.store import Store
from bot.texts.words import language

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of sixteen or more"
POLICY = """
desk: test
language: sv
people: {bo: {sms: "+46700000001"}, eva: {sms: "+46700000002"}, team: {slack: support}}
rosters: {duty: {zone: UTC, rotation: {people: [bo, eva], every: 1w, since: 2026-01-05}}}
"""


@dataclass
class Site:
    """The page over real HTTP, and the store behind it."""

    store: Store
    url: str
    clock: VirtualClock

    def link(self, person: str = "", *, hours: float = 1, secret: str = SECRET) -> str:
        expires = self.clock.now() + timedelta(hours=hours)
        return f"{self.url}/take/{sign(TakeLink('ticket:t1', person, expires), secret)}"

    def presses(self) -> list[ButtonPressed]:
        def claim(tx: object) -> list[Claimed]:
            return tx.inbox.claim(now=self.clock.now(), lease_seconds=1, limit=9)  # type: ignore[attr-defined]

        facts = [row.event.fact for row in self.store.write(claim)]
        return [fact for fact in facts if isinstance(fact, ButtonPressed)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The page of a desk with one open ticket."""
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    compiled, clock = compile_policy(loaded.policy), VirtualClock(NOW)
    ticket = Ticket(
        "t1",
        Origin.HELPDESK,
        NOW,
        NOW,
        Status.OPEN,
        subject="Secret words",
        description="",
        number=48,
    )
    with Store.open("sqlite://", clock=clock) as store:
        store.write(lambda tx: tx.tickets.save(ticket))
        pages = TakePages(
            store, store.receive, lambda: compiled, clock, reveal_secret=lambda: SECRET
        )
        server = WebServer(Starlette(routes=pages.routes()), "127.0.0.1", 0)
        server.start()
        yield Site(store, f"http://127.0.0.1:{server.port}", clock)
        server.stop()


def test_opening_asks_and_takes_nothing(site: Site) -> None:
    """A scanner that opens every link takes no ticket, and no word of it stands on the page."""
    answers = [requests.get(site.link("bo"), timeout=5) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert "Tar du det? #48" in answers[0].text
    assert "Secret words" not in answers[0].text
    assert site.presses() == []


def test_pressing_takes_it(site: Site) -> None:
    """Who was sent the link has it."""
    answer = requests.post(site.link("bo"), timeout=5)

    (pressed,) = site.presses()
    assert (pressed.action, pressed.subject, pressed.person) == ("acknowledge", "ticket:t1", "bo")
    assert "#48 är ditt" in answer.text


def test_alert_without_a_ticket_is_called_it(site: Site) -> None:
    """The sentence has a beginning where no number can stand."""
    token = sign(TakeLink("alert:page", "bo", NOW + timedelta(hours=1)), SECRET)

    assert "<h1>Det är ditt" in requests.post(f"{site.url}/take/{token}", timeout=5).text


def test_shared_link_asks_who_you_are(site: Site) -> None:
    """In a shared channel the page lets one choose among those who may be on duty."""
    asked = requests.get(site.link(), timeout=5).text
    nameless = requests.post(site.link(), timeout=5)
    stranger = requests.post(site.link(), data={"person": "mallory"}, timeout=5)
    requests.post(site.link(), data={"person": "eva"}, timeout=5)

    assert all(f'value="{name}"' in asked for name in ("bo", "eva"))
    assert "Vem är du?" in nameless.text
    assert "Vem är du?" in stranger.text
    assert [pressed.person for pressed in site.presses()] == ["eva"]


def test_what_is_taken_says_by_whom(site: Site) -> None:
    """The second who opens it sees that it is taken, and pressing changes nothing."""
    site.store.write(lambda tx: tx.alerts.save("taken/t1", {"by": "Eva"}, ticket_id="t1"))

    answer = requests.post(site.link("bo"), timeout=5)

    assert "redan taget" in answer.text
    assert "Eva" in answer.text
    assert site.presses() == []


@pytest.mark.parametrize(
    ("made", "status"),
    [({"hours": -1}, 410), ({"secret": "another secret of theirs"}, 404)],
)
def test_old_or_forged_link_takes_nothing(site: Site, made: dict[str, object], status: int) -> None:
    """A link has an end, and nobody else can make one."""
    answer = requests.post(site.link("bo", **made), timeout=5)  # type: ignore[arg-type]

    assert answer.status_code == status
    assert site.presses() == []


@pytest.mark.parametrize("token", ["x", "a.b.c.d", "....", "%00", "9" * 2000])
def test_nonsense_is_answered(site: Site, token: str) -> None:
    """Whatever stands in the address, the answer is a page."""
    assert requests.get(f"{site.url}/take/{token}", timeout=5).status_code == 404


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(
    name=st.text(min_size=1, max_size=80)
    | st.sampled_from(['"><script>', "</p><img src=x onerror=x>"])
)
def test_typed_name_is_shown_as_text(name: str) -> None:
    """Whatever somebody types as their name makes no element of the page."""
    say = language("en").words.take
    view = TakeView("thanks", "#48", name)

    shown = page("take.html.j2", {"view": view, "say": say, "language": "en"}).body.decode()

    usual = TakeView("thanks", "#48", "bo")
    plain = page("take.html.j2", {"view": usual, "say": say, "language": "en"}).body.decode()
    assert re.findall(r"<[^>]*>", shown) == re.findall(r"<[^>]*>", plain)
