# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages offer the ticket and "I have it"; SMS are handed to a service by apprise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.channels.links import Links
from bot.channels.mail import payload as mail_payload
from bot.channels.slack_blocks import plain_payload
from bot.channels.sms import SmsChannel
from bot.channels.teams import TeamsChannel
from bot.ports import Accepted, TryLater
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.desk_links import PATH, whose
from bot.rules.take_links import TakeLink, read
from bot.texts.render import render
from bot.texts.words import LANGUAGES

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of sixteen or more"
LINKS = Links("https://acme.example/agent/tickets/", "https://desk.example", lambda: SECRET)
NOTICE = Notice(
    NoticeKind.SLA_WARNING,
    "ticket:t1",
    NOW,
    title="Portal is down",
    number=48,
    due_at=NOW,
    buttons=("acknowledge",),
    recipient="bo",
)


def _row(destination: str) -> Outgoing:
    return Outgoing("k", destination, "o", NOTICE)


def _link_in(url: str) -> object:
    return read(url.rpartition("/take/")[2], SECRET, NOW)


def test_card_offers_to_take_and_to_open() -> None:
    """A card's first button takes it, for whoever of the channel presses; the second opens it."""
    card = TeamsChannel({}, links=LINKS).payload(_row("teams:support"), now=NOW)

    take, opened = card["attachments"][0]["content"]["actions"]
    link = _link_in(take["url"])
    assert isinstance(link, TakeLink)
    assert (take["title"], link.subject, link.person) == ("I have it", "ticket:t1", "")
    assert opened["url"] == "https://acme.example/agent/tickets/48"


def test_mail_to_a_person_is_personal() -> None:
    """The link in a mail to somebody on duty carries who that is, in both bodies."""
    row = LINKS.added(_row("mail:bo@acme.example"), NOW)
    mail = mail_payload(row, sender="deskmate@acme.example", now=NOW)

    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None and html is not None
    line = next(line for line in text.get_content().splitlines() if "/take/" in line)
    link = _link_in(line.rpartition(" ")[2])
    assert isinstance(link, TakeLink) and link.person == "bo"
    assert 'href="https://desk.example/take/' in html.get_content()


def test_without_a_public_address_nothing_is_promised() -> None:
    """No link that leads nowhere."""
    links = Links("https://acme.example/agent/tickets/", "", lambda: SECRET)
    card = TeamsChannel({}, links=links).payload(_row("teams:support"), now=NOW)

    titles = [each["title"] for each in card["attachments"][0]["content"]["actions"]]
    assert titles == ["Open #48"]


@pytest.mark.parametrize("language", ["en", "fr", "de", "sv", "ru"])
def test_where_nothing_can_be_pressed_says_what_can_be_done(language: str) -> None:
    """A mail and a card without a link ask for no press; a room that we hear may write to us."""
    notice = replace(NOTICE, language=language)
    row = replace(_row("teams:support"), message=notice)
    press = render(notice, now=NOW).next_step

    mail = mail_payload(replace(row, destination="mail:bo@acme.example"),
                        sender="deskmate@acme.example", now=NOW)  # fmt: skip
    deaf, heard, linked = (
        json.dumps(
            TeamsChannel({}, links=each).payload(row, now=NOW)["attachments"], ensure_ascii=False
        ).replace("\\", "")
        for each in (Links(), Links(hears_teams=True), LINKS)
    )
    plain = str(plain_payload(row, now=NOW, names={})["text"])

    said = LANGUAGES[language].next_steps["take_there"]
    text = mail.get_body(("plain",))
    assert text is not None and said in text.get_content() and press not in text.get_content()
    assert said in deaf and press not in deaf + heard
    assert "Deskmate ack 48" in heard
    assert press in linked
    assert "/desk ack 48" in plain and press not in plain


def test_secret_is_in_no_repr() -> None:
    """Whoever logs the links does not log what signs them."""
    assert SECRET not in repr(LINKS)


class _Service(BaseHTTPRequestHandler):
    """What apprise posts to, as JSON."""

    taken: list[dict[str, object]]
    status = 200

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        type(self).taken.append({"path": self.path, **json.loads(self.rfile.read(length))})
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[tuple[str, type[_Service]]]:
    """A service on loopback that takes what it is given."""
    handler = type("Service", (_Service,), {"taken": [], "status": 200})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/sms/{{to}}", handler
    server.shutdown()
    server.server_close()


def test_sms_says_what_and_where_to_take_it(service: tuple[str, type[_Service]]) -> None:
    """The text is short, has no customer's words and ends with the link."""
    url, taken = service
    outcome = SmsChannel(lambda: url, links=LINKS).deliver(_row("sms:+46700000001"), now=NOW)

    (sent,) = taken.taken
    assert isinstance(outcome, Accepted)
    assert sent["path"] == "/sms/+46700000001"
    assert "Portal is down" not in str(sent["message"])
    assert str(sent["message"]).partition(" https://")[2].startswith("desk.example/take/")


def test_sms_that_is_not_taken_is_tried_again(service: tuple[str, type[_Service]]) -> None:
    """A service that refuses is asked again later; the outbox decides when."""
    url, taken = service
    taken.status = 500

    assert isinstance(SmsChannel(lambda: url).deliver(_row("sms:+467"), now=NOW), TryLater)


@pytest.mark.parametrize(
    ("destination", "url", "has_page"),
    [
        ("mail:bo@acme.example", "https://desk.example", True),
        ("mail:else@acme.example", "https://desk.example", False),
        ("mail:bo@acme.example", "http://desk.example", False),
    ],
)
def test_link_to_who_waits_goes_to_its_person_alone(
    destination: str, url: str, has_page: bool
) -> None:
    """At their own address; not where the message goes instead, and never without https."""
    down = Notice(
        NoticeKind.HELPDESK_DOWN, "outage:3", NOW, due_at=NOW, recipient="bo",
        page_for="mail:bo@acme.example", language="sv",
    )  # fmt: skip
    links = Links("", url, lambda: SECRET)

    row = links.added(Outgoing("k", destination, "o", down), NOW)
    body = mail_payload(row, sender="deskmate@acme.example", now=NOW).get_body(("plain",))

    assert body is not None
    found = [line for line in body.get_content().splitlines() if PATH in line]
    assert [line.partition(":")[0] for line in found] == (
        ["Vilka som väntar, utan ärendesystemet"] if has_page else []
    )
    assert [whose(line.partition(PATH)[2], SECRET) for line in found] == ["bo"] * has_page
