# SPDX-License-Identifier: GPL-3.0-or-later
"""The continuity page: who waits, without a helpdesk, for nobody but this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import text

from bot.clock import VirtualClock
from bot.pages.continuity import continuity_page
from bot.pages.continuity_values import DeskSettings
from bot.pages.continuity_view import FATES
from bot.rules.history import Change, ChangeKind
from bot.rules.mail import Fate
from bot.rules.outage_state import MAINTENANCE, Blind, OutageState, Phase, to_row
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.sources.web_server import WebServer
from bot.store.store import Store
from bot.store.views import every_view_since
from bot.texts.words import LANGUAGES
from bot.texts.words_type import Words

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>'
REFERENCE = "ACM-4F7KQ2XN-M"
CASE = Ticket(
    ticket_id="00000001",
    origin=Origin.MAILBOX,
    created_at=NOW - timedelta(minutes=20),
    updated_at=NOW,
    status=Status.NEW,
    subject=HOSTILE,
    description=HOSTILE,
    reference=REFERENCE,
    requester=Person(name=HOSTILE, email="nora@northwind.example"),
)


class Page:
    """The page over a real socket, with one case and one ticket of the helpdesk."""

    def __init__(self) -> None:
        self.store = Store.open("sqlite://", clock=VirtualClock(NOW))
        known = replace(CASE, ticket_id="00000002", origin=Origin.HELPDESK, number=4711,
                        reference=None, subject="Known before")  # fmt: skip
        for each in (CASE, known):
            opened = Change("m", each.created_at, ChangeKind.CREATED, Actor.REQUESTER,
                            is_public=True, body=HOSTILE)  # fmt: skip
            self.store.write(
                lambda tx, each=each, opened=opened: (
                    tx.tickets.save(each), tx.tickets.add_change(each.ticket_id, opened),
                )
            )  # fmt: skip
        due = {"phase": "running", "due_at": (NOW + timedelta(minutes=40)).isoformat()}
        read_at = {"at": (NOW - timedelta(minutes=5)).isoformat()}
        self.store.write(lambda tx: tx.tickets.save_clocks("00000001", {"first_response": due}))
        self.store.write(lambda tx: tx.states.save("read/export/tickets", read_at))
        desk = DeskSettings("acme", "Europe/Stockholm")
        app = continuity_page(self.store, VirtualClock(NOW), lambda: desk)
        self.server = WebServer(app, "127.0.0.1", 0)
        self.server.start()

    def get(self, path: str, **headers: str) -> requests.Response:
        url = f"http://127.0.0.1:{self.server.port}{path}"
        return requests.get(url, headers=headers, timeout=5)


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page()
    yield made
    made.server.stop()
    made.store.close()


def test_page_says_who_waits_and_what_is_due(page: Page) -> None:
    """The case, how long its customer waits, what is left, and that nobody has it."""
    shown = page.get("/").text

    assert REFERENCE in shown
    assert "20 min" in shown and "40 min left" in shown
    assert "nobody yet" in shown


def test_looks_on_the_machine_itself_are_written_down(page: Page) -> None:
    """Once for an open page that renews itself, as nobody's; the page names readers by links."""
    for path in ("/", "/now", "/now", f"/case/{REFERENCE}"):
        assert page.get(path).status_code == 200
    page.store.write(lambda tx: None)

    with page.store.read() as reader:
        found = every_view_since(NOW - timedelta(days=1), reader)
    assert sorted((each.person, each.page, each.address) for each in found) == [
        ("local", f"case {REFERENCE}", "127.0.0.1"), ("local", "who waits", "127.0.0.1"),
    ]  # fmt: skip
    assert "local" not in page.get("/now").text


def test_store_that_takes_no_view_hides_no_case(page: Page) -> None:
    """In the worst hour a page on the machine is worth more than who read it."""
    page.store.write(lambda tx: tx.journal._connection.execute(text("drop table journal")))

    assert HOSTILE not in page.get(f"/case/{REFERENCE}").text
    assert page.get(f"/case/{REFERENCE}").status_code == 200


def test_who_answered_stands_with_an_answered_case(page: Page) -> None:
    """It does not call for somebody: the customer has an answer, and from whom."""
    answer = Change("a", NOW, ChangeKind.COMMENT, Actor.AGENT, person_id="Ada Berg",
                    is_public=True, body="We are on it.")  # fmt: skip
    page.store.write(lambda tx: tx.tickets.add_change("00000001", answer))

    shown = page.get("/now").text.partition("Known open tickets")[0]
    assert "Ada Berg" in shown and "answered" in shown
    assert "nobody yet" not in shown


def test_known_tickets_say_how_old_they_are(page: Page) -> None:
    """What the helpdesk showed last, with its time in the desk's zone and its age."""
    shown = page.get("/now").text

    assert "#4711" in shown and "Known before" in shown
    assert "09:55 CET (5 min ago)" in shown


def test_cases_on_their_way_back_are_counted(page: Page) -> None:
    """Nothing of it while it is down; then how many are not in the helpdesk yet."""
    down = OutageState(phase=Phase.DOWN, incident=1)
    up = OutageState(phase=Phase.HEALTHY, incident=1, is_released=True)
    page.store.write(lambda tx: tx.states.save("outage", to_row(down)))
    before = page.get("/now").text
    page.store.write(lambda tx: tx.states.save("outage", to_row(up)))

    assert "on their way" not in before
    assert "cases: 1 on their way into it" in page.get("/now").text


def test_page_says_that_the_helpdesk_is_not_seen(page: Page) -> None:
    """No green dot for what was healthy when our own line died."""
    blind = OutageState(blind=Blind.NETWORK, blind_since=datetime(2026, 3, 2, 8, tzinfo=UTC))
    page.store.write(lambda tx: tx.states.save("outage", to_row(blind)))

    shown = page.get("/now").text
    assert "Blind since 09:00 CET" in shown
    assert "dot bad" in shown


@pytest.mark.parametrize("path", ["/now", f"/case/{REFERENCE}"])
def test_what_turns_the_direction_turns_nothing_else(page: Page, path: str) -> None:
    """A customer's text stands by itself: the address beside it still reads from the left."""
    turned = replace(
        CASE, subject="\u202eturned", requester=replace(CASE.requester, name="\u202eNora")
    )
    page.store.write(lambda tx: tx.tickets.save(turned))

    shown = page.get(path).text.partition("<title>")
    body = shown[2].partition("</title>")[2] or shown[0]
    assert body.count("\u202e") >= 2
    assert body.count("\u202e") == len(re.findall(r"<bdi[^>]*>\u202e", body))


def test_every_fate_of_a_mail_has_its_words() -> None:
    """No figure stands there under a name of ours that people would have to guess."""
    assert set(FATES) == set(Fate)


def test_every_language_says_the_same() -> None:
    """Each has words for all that the page says, with the same figures and names in them."""

    def gaps(words: Words) -> dict[str, set[str]]:
        said = words.continuity.items()
        return {key: set(re.findall(r"{\w*}", sentence)) for key, sentence in said}

    english = gaps(LANGUAGES["en"])
    named = {f"state_{each}" for each in (*Phase, MAINTENANCE)} | {f"status_{s}" for s in Status}
    assert {code: gaps(words) for code, words in LANGUAGES.items()} == dict.fromkeys(
        LANGUAGES, english
    )
    assert named | {f"fate_{each}" for each in Fate} <= set(english)


@pytest.mark.parametrize(
    ("path", "accepted", "code", "said"),
    [
        ("/", "", "en", "nobody yet"),
        ("/", "ja, sv-SE;q=0.8, de;q=0.9", "de", "noch niemand"),
        ("/?lang=ru", "de", "ru", "пока никто"),
        ("/?lang=<b>", "", "en", "nobody yet"),
        ("/?lang=sv", "", "sv", f'href="/case/{REFERENCE}?lang=sv"'),
        ("/?lang=sv", "", "sv", 'data-live="/now?lang=sv"'),
        (f"/case/{REFERENCE}?lang=fr", "", "fr", "Personne ne l&#39;a pris"),
    ],
)
def test_page_speaks_the_language_of_its_reader(
    page: Page, path: str, accepted: str, code: str, said: str
) -> None:
    """The address's, else the browser's, else the desk's; what it leads to keeps it."""
    shown = page.get(path, **{"Accept-Language": accepted}).text

    assert f'<html lang="{code}">' in shown
    assert said in shown


def test_case_is_read_word_by_word(page: Page) -> None:
    """Under its name; a name that nobody has is not found."""
    shown = page.get(f"/case/{REFERENCE.lower()}")

    assert shown.status_code == 200 and "nora@northwind.example" in shown.text
    assert page.get("/case/4711").status_code == 200
    assert page.get("/case/ACM-00000000-0").status_code == 404


def test_unit_and_sentence_share_their_full_stop(page: Page) -> None:
    """German units end with one."""
    shown = page.get(f"/case/{REFERENCE}?lang=de").text

    assert "Wartet seit 20 Min. " in shown


@pytest.mark.parametrize("path", ["/", "/now", f"/case/{REFERENCE}"])
def test_nothing_a_customer_wrote_is_mark_up(page: Page, path: str) -> None:
    """Escaped everywhere, and the browser is told to load nothing from elsewhere."""
    answer = page.get(path)

    assert HOSTILE not in answer.text and "&lt;script&gt;" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "desk.example:8081"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_nobody_from_outside_reads_it(page: Page, headers: dict[str, str]) -> None:
    """Not by another name that leads here, and not through a proxy on this machine."""
    answer = page.get("/", **headers)

    assert answer.status_code == 403
    assert REFERENCE not in answer.text
