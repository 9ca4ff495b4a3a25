# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails are handed in by real SMTP, marked as automatic, and the same at every try."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail import MailChannel, payload, read_server
from bot.clock import VirtualClock
from bot.ports import Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.sandbox.faults import Faults
from bot.sandbox.smtp import MailFault, SmtpDoor
from bot.sandbox.world import World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOTICE = Notice(
    kind=NoticeKind.SLA_WARNING,
    thread="ticket:1",
    at=NOW,
    title="Portal is down",
    number=42,
    clock="first_response",
    due_at=NOW,
)
ROW = Outgoing(key="k1", destination="mail:team@acme.example", order_key="o", message=NOTICE)
SENDER = "deskmate@acme.example"


class Post:
    """A mail server and the channel that hands mails in."""

    def __init__(self) -> None:
        self.world = World(VirtualClock(NOW))
        self.faults = Faults()
        self.door = SmtpDoor(self.world, self.faults).start()
        self.channel = MailChannel(read_server(self.door.url), SENDER)

    def deliver(self, row: Outgoing = ROW) -> Outcome:
        return self.channel.deliver(row, now=NOW)

    def mails(self) -> list[EmailMessage]:
        return [_parsed(mail.raw) for mail in self.world.mail.sent()]


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    yield made
    made.door.stop()


def test_mail_is_marked_as_automatic(post: Post) -> None:
    """No auto-responder answers it, and the helpdesk knows it for a machine's."""
    assert isinstance(post.deliver(), Delivered)

    [mail] = post.mails()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["To"] == "team@acme.example"


def test_mail_says_the_same_as_text_and_html(post: Post) -> None:
    """Plain text stands first, HTML beside it, with the same facts."""
    post.deliver()

    [mail] = post.mails()
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert all("Portal is down" in part.get_content() for part in mail.iter_parts())


def test_mails_of_a_ticket_are_one_thread() -> None:
    """Warning and breach point at the same root; each has an id of its own that never changes."""
    warning = payload(ROW, sender=SENDER, now=NOW)
    breach = payload(replace(ROW, key="k2"), sender=SENDER, now=NOW)
    again = payload(ROW, sender=SENDER, now=NOW)

    assert warning["References"] == breach["References"]
    assert warning["Message-ID"] != breach["Message-ID"]
    assert warning["Message-ID"] == again["Message-ID"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (MailFault.TRY_LATER, TryLater),
        (MailFault.NO_SPACE, TryLater),
        (MailFault.REFUSED, Refused),
        (MailFault.DROPPED, Unknown),
    ],
)
def test_each_answer_has_its_outcome(post: Post, fault: MailFault, kind: type[Outcome]) -> None:
    """451 and 452 are for later, 550 is for good, a line lost after DATA is unknown."""
    post.faults.switch_on(fault)

    assert isinstance(post.deliver(), kind)


@pytest.mark.parametrize(
    ("fault", "kind", "taken"),
    [(MailFault.SILENT, TryLater, 0), (MailFault.SILENT_AFTERWARDS, Unknown, 1)],
)
def test_silent_server_is_left(
    post: Post, fault: MailFault, kind: type[Outcome], taken: int
) -> None:
    """Before the mail went out it can wait; afterwards nobody knows, and it is said so."""
    channel = MailChannel(read_server(post.door.url), SENDER, timeout=1)
    post.faults.switch_on(fault)

    assert isinstance(channel.deliver(ROW, now=NOW), kind)
    assert len(post.mails()) == taken


def test_retry_after_silence_is_the_same_mail(post: Post) -> None:
    """Whoever got it already can tell by the Message-ID that it is no second one."""
    channel = MailChannel(read_server(post.door.url), SENDER, timeout=1)
    post.faults.switch_on(MailFault.SILENT_AFTERWARDS, times=1)

    outcomes = [channel.deliver(ROW, now=NOW) for _ in range(2)]

    first, second = post.mails()
    assert [type(each) for each in outcomes] == [Unknown, Delivered]
    assert first["Message-ID"] == second["Message-ID"]


def test_dead_server_is_tried_later() -> None:
    """A mail that could not be handed in waits."""
    post = Post()
    post.door.stop()

    assert isinstance(post.deliver(), TryLater)


def test_password_is_never_shown() -> None:
    """Neither the server's repr nor a refused address shows it."""
    server = read_server("smtp+starttls://user:hidden@mail.example:587")

    assert "hidden" not in repr(server)
    assert server.reveal_password() == "hidden"


@pytest.mark.long
@given(title=st.text(max_size=300), customer=st.text(max_size=200), quote=st.text(max_size=900))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_customers_words_add_no_header(title: str, customer: str, quote: str) -> None:
    """Whatever a customer wrote, the mail has our headers alone and can be read back."""
    notice = replace(NOTICE, title=title, customer=customer, quote=quote)

    mail = _parsed(payload(replace(ROW, message=notice), sender=SENDER, now=NOW).as_bytes())

    assert mail["Bcc"] is None
    assert len(mail.get_all("To", [])) == len(mail.get_all("Subject", [])) == 1
    assert "<script" not in mail.get_payload()[1].get_content()
    assert max(map(len, mail.as_bytes().splitlines())) <= 998
