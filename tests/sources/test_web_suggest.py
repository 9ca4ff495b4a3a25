# SPDX-License-Identifier: GPL-3.0-or-later
"""A form may ask which public articles answer a question, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from sources_doors import read_simply

from bot.clock import VirtualClock
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.knowledge import Article, Knowledge, Library
from bot.rules.policy import KnowledgeSpec, Policy
from bot.sources.web import WebhookReaders, build_app
from bot.sources.web_server import WebServer
from bot.sources.web_signatures import DoorSecrets
from bot.sources.web_suggest import AskingRates, suggest_route
from bot.store.store import Store
from bot.telemetry import Figures

SITE = "https://help.acme.example"
ARTICLES = (
    Article("1", "Export a report to Excel", "Choose Export.", "en", "https://help.acme.example/1"),
    Article("2", "Reset the root password", "Ask.", "en", is_public=False),
    Article("3", "Print shipping labels", "Choose.", "en", "javascript:alert(1)"),
)


def knowing() -> CompiledPolicy:
    policy = Policy("desk", "digest", knowledge=KnowledgeSpec(origins=(SITE,)))
    return replace(
        compile_policy(policy), knowledge=Knowledge(Library(ARTICLES), Library(ARTICLES))
    )


@pytest.fixture
def asked(store: Store, clock: VirtualClock) -> Iterator[str]:
    """Where to ask; six questions at once, then one a second."""
    compiled = knowing()
    route = suggest_route(lambda: compiled, clock, rates=AskingRates(6.0, 1.0))
    readers = WebhookReaders(events=read_simply, triggers=read_simply)
    app = build_app(
        store, DoorSecrets("", "", ""), clock, readers=readers, figures=Figures(),
        extra_routes=[route],
    )  # fmt: skip
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    yield f"http://127.0.0.1:{server.port}/suggest"
    server.stop()


def test_question_is_answered_with_articles(asked: str) -> None:
    """GET and POST give the same titles, addresses and scores."""
    by_get = requests.get(asked, params={"q": "exporting reports"}, timeout=5).json()
    sent = {"subject": "exporting reports", "body": ""}
    by_post = requests.post(asked, json=sent, timeout=5).json()

    assert by_get == by_post
    [found] = by_get["suggestions"]
    assert (found["article"], found["url"]) == ("1", "https://help.acme.example/1")
    assert 0.3 <= found["score"] <= 1.0


def test_what_is_not_public_is_not_shown(asked: str) -> None:
    """Neither internal articles nor solved tickets leave by this door."""
    found = requests.get(asked, params={"q": "reset the root password"}, timeout=5).json()

    assert found == {"suggestions": []}


def test_address_that_is_none_is_left_out(asked: str) -> None:
    """An article's address is a web address or nothing."""
    [found] = requests.get(asked, params={"q": "print labels"}, timeout=5).json()["suggestions"]

    assert found["url"] is None


@pytest.mark.parametrize(("origin", "allowed"), [(SITE, SITE), ("https://evil.example", None)])
def test_only_configured_sites_may_read_it(asked: str, origin: str, allowed: str | None) -> None:
    """A page elsewhere gets no permission from us, before or with the answer."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    answers = [
        requests.options(asked, headers=headers, timeout=5),
        requests.get(asked, params={"q": "x"}, headers=headers, timeout=5),
    ]

    shown = [each.headers.get("Access-Control-Allow-Origin") for each in answers]
    assert shown == [allowed, allowed]


def test_endless_asking_is_slowed_down(asked: str, clock: VirtualClock) -> None:
    """Beyond the allowance a client is told to wait, and may ask again later."""
    statuses = [requests.get(asked, params={"q": "x"}, timeout=5).status_code for _ in range(7)]
    clock.advance(timedelta(seconds=2))
    after = requests.get(asked, params={"q": "x"}, timeout=5)

    assert statuses == [200] * 6 + [429]
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"not json", 400), (b"[1]", 400), (b'{"subject": 7}', 400), (b"{}", 400)],
)
def test_odd_questions_are_refused_in_words(asked: str, body: bytes, status: int) -> None:
    """What cannot be read is answered with what to send."""
    answer = requests.post(asked, data=body, timeout=5)

    assert (answer.status_code, set(answer.json())) == (status, {"error"})


def test_long_question_is_refused(asked: str) -> None:
    """A question beyond 16 KiB is not read to its end."""
    answer = requests.post(asked, data=b"x" * 20_000, timeout=5)

    assert answer.status_code == 413
