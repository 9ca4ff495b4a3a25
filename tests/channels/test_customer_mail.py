# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails to customers: from the mailbox, in their thread, and nothing in them can add a header."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from bot.channels.mail import MailChannel, read_server
from bot.channels.mail_customer import customer_payload
from bot.clock import VirtualClock
from bot.ports import Delivered, Refused
from bot.rules.actions import CustomerMail, Notice, NoticeKind, Outgoing
from bot.rules.mail_keys import OwnNames, is_token
from bot.sandbox.faults import Faults
from bot.sandbox.smtp import SmtpDoor
from bot.sandbox.world import World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWN = OwnNames("a long secret of this desk", "ACM", "escalations@acme.example")
REFERENCE = "ACM-4F7KQ2XN-M"
ACK = CustomerMail(
    to="nora@northwind.example",
    subject=f"Your message has arrived [{REFERENCE}]",
    text="We received your message.\n",
    reference=REFERENCE,
    to_name="Nora Wind",
    in_reply_to="<m2@northwind.example>",
    references=("<m1@northwind.example>", "<m2@northwind.example>"),
    is_automatic=True,
)


def _row(said: CustomerMail, key: str = "ack/case:1") -> Outgoing:
    return Outgoing(key, f"mail:{said.to}", "mail/case:1", said)


class Post:
    """A mail server, and the channel that hands mails in."""

    def __init__(self) -> None:
        self.world = World(VirtualClock(NOW))
        self._door = SmtpDoor(self.world, Faults()).start()
        self.channel = MailChannel(read_server(self._door.url), "desk@acme.example", own=OWN)

    def close(self) -> None:
        self._door.stop()

    def only(self) -> EmailMessage:
        [mail] = self.world.mail.sent()
        message = email.message_from_bytes(mail.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    yield made
    made.close()


def test_acknowledgement_is_marked_and_threaded(post: Post) -> None:
    """Automatic, from the mailbox, in answer to the customer's last mail."""
    assert isinstance(post.channel.deliver(_row(ACK), now=NOW), Delivered)

    mail = post.only()
    assert (mail["From"], mail["To"]) == (OWN.address, "Nora Wind <nora@northwind.example>")
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert mail["In-Reply-To"] == "<m2@northwind.example>"
    assert mail["References"] == "<m1@northwind.example> <m2@northwind.example>"


@pytest.mark.parametrize(
    "subject",
    [
        "Круглосуточная аптека, касса без связи",
        "Заказы не приходят водителям, Павел Громов, Заказы не приходят водителям с полуночи",
        "Le portail est en panne, Hélène, nos chauffeurs depuis 22 h 10 ne reçoivent plus rien",
        "Ascii and long, " * 8 + "end",
    ],
)
def test_subject_is_read_as_it_was_written(post: Post, subject: str) -> None:
    """However long and in whatever letters: no space is lost or doubled where lines are folded."""
    post.channel.deliver(_row(replace(ACK, subject=subject)), now=NOW)

    [sent] = post.world.mail.sent()
    assert post.only()["Subject"] == subject
    assert max(len(line) for line in sent.raw.splitlines()) <= 78


def test_answer_of_a_person_is_no_robots(post: Post) -> None:
    """A person wrote it: an auto-responder may answer, and filters do not sort it away."""
    post.channel.deliver(_row(replace(ACK, is_automatic=False)), now=NOW)

    mail = post.only()
    assert mail["Auto-Submitted"] is None
    assert mail["X-Deskmate"] == "answer"


def test_every_try_is_the_same_mail_and_names_the_case(post: Post) -> None:
    """Receivers drop a second one by its id; the id says which case a reply belongs to."""
    first, second = (customer_payload(_row(ACK), OWN, now=NOW)["Message-ID"] for _ in range(2))
    other = customer_payload(_row(ACK, "answer/2"), OWN, now=NOW)["Message-ID"]

    assert first == second != other
    assert REFERENCE in first


@pytest.mark.parametrize(
    "said",
    [
        replace(ACK, to_name="Nora\r\nBcc: eve@evil.example"),
        replace(ACK, subject="Hello\r\nBcc: eve@evil.example"),
        replace(ACK, to_name='"<eve@evil.example>"'),
    ],
)
def test_nothing_of_a_customers_adds_a_header(post: Post, said: CustomerMail) -> None:
    """Neither a name nor a subject: one recipient, no Bcc."""
    post.channel.deliver(_row(said), now=NOW)

    mail = post.only()
    [sent] = post.world.mail.sent()
    assert mail["Bcc"] is None
    assert sent.recipients == ("nora@northwind.example",)


def test_without_a_mailbox_no_customer_is_written_to() -> None:
    """Said with what to set; nothing is sent from another address."""
    channel = MailChannel(read_server("smtp://127.0.0.1:9"), "desk@acme.example")

    outcome = channel.deliver(_row(ACK), now=NOW)

    assert isinstance(outcome, Refused)
    assert "helpdesk_down.mailbox" in outcome.advice


def test_notice_of_a_case_may_be_answered(post: Post) -> None:
    """Its id is signed for whoever it went to, and replies come to the mailbox."""
    notice = Notice(NoticeKind.CASE, "ticket:0000000a", NOW, "Down", "0000000a",
                    reference=REFERENCE)  # fmt: skip
    row = Outgoing("case/1", "mail:team@acme.example", "o", notice)
    post.channel.deliver(row, now=NOW)

    mail = post.only()
    token = str(mail["Message-ID"]).split(".")[2]
    assert mail["Reply-To"] == OWN.address
    assert is_token(OWN, token, "0000000a", "ada@acme.example")
    assert REFERENCE in str(mail["Subject"])


def test_encoded_words_of_a_customer_add_no_header() -> None:
    """Older Pythons decode `=?...?=` in a value and write its line break out as a new header."""
    trick = "=?utf-8?q?=0d=0aBcc:_all@evil.example?="
    said = replace(ACK, subject=trick, to_name=trick, in_reply_to=trick, references=(trick,))

    raw = customer_payload(_row(said), OWN, now=NOW).as_bytes()

    assert email.message_from_bytes(raw, policy=email.policy.default)["Bcc"] is None
    assert b"References" not in raw and b"In-Reply-To" not in raw
