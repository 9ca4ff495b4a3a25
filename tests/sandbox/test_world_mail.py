# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that reach the sandbox helpdesk, real and broken ones among them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_post import UNKNOWN_SENDER, reference_of
from bot.sandbox.world_seed import Furniture

CORPUS = Path(__file__).parents[1] / "data" / "mails.zip"

PLAIN = b"""From: Nora Wind <nora@northwind.example>
To: support@acme.example
Subject: =?utf-8?q?B=C3=B6rsen_down?=
Message-ID: <m1@northwind.example>
Content-Type: text/plain; charset=utf-8

The feed is gone.
"""


@pytest.mark.long
def test_every_real_mail_is_survived(world: World) -> None:
    """543 odd real mails make a ticket each, or are unreadable for a reason that is said."""
    with zipfile.ZipFile(CORPUS) as corpus:
        outcomes = [world.mail_arrives(corpus.read(name)) for name in corpus.namelist()]

    tickets = [each for each in outcomes if each.number is not None]
    unreadable = [each.reason for each in outcomes if each.number is None]
    assert len(outcomes) == 543
    assert len(world.tickets()) == len(tickets)
    assert unreadable == ["the mail has no subject, no text and no attachment"]


@pytest.mark.long
def test_texts_of_real_mails_can_be_stored(world: World) -> None:
    """No ticket of a real mail holds lone surrogates or NULs, which no database takes."""
    with zipfile.ZipFile(CORPUS) as corpus:
        for name in corpus.namelist():
            world.mail_arrives(corpus.read(name))

    for ticket in world.tickets():
        texts = [ticket.subject, ticket.description, str(ticket.via)]
        shown = json.dumps(texts, ensure_ascii=False).encode()
        assert b"\\u0000" not in shown
        assert ticket.subject


def test_a_mail_becomes_a_ticket_of_its_sender(world: World, desk: Furniture) -> None:
    """Subject, text, requester and Message-ID come from the mail."""
    intake = world.mail_arrives(PLAIN)

    ticket = world.ticket(intake.number or 0)
    assert ticket is not None
    assert ticket.subject == "Börsen down"
    assert ticket.description == "The feed is gone."
    assert ticket.requester_id == desk.customers["northwind"].user_id
    assert ticket.via.channel == "email"
    audit = world.audits(ticket.number)[0]
    assert audit.system_metadata["message_id"] == "<m1@northwind.example>"


def test_an_answer_to_the_helpdesk_joins_its_ticket(world: World, desk: Furniture) -> None:
    """A mail that answers the helpdesk's own is a comment, and opens a solved ticket again."""
    first = world.mail_arrives(PLAIN).number or 0
    world.change_ticket(first, by=desk.agents["ada"], values={"status": "solved"})
    answer = PLAIN.replace(b"Message-ID: <m1", b"Message-ID: <m2")
    answer = f"In-Reply-To: {reference_of(first)}\n".encode() + answer

    intake = world.mail_arrives(answer)

    assert intake.is_reply
    assert intake.number == first
    reopened = world.ticket(first)
    assert reopened is not None
    assert reopened.status == "open"
    assert len(world.comments(first)) == 2


@pytest.mark.parametrize("raw", [b"", b" \r\n\t\n", b"From: a@b.example\n\n"])
def test_a_mail_without_anything_is_unreadable(world: World, raw: bytes) -> None:
    """What holds neither subject nor text nor attachment makes no ticket and says why."""
    intake = world.mail_arrives(raw)

    assert intake.number is None
    assert intake.reason.startswith("the mail ")


def test_a_bare_text_has_the_sender_of_its_envelope(world: World) -> None:
    """Without headers everything is text, and the envelope says who wrote."""
    number = world.mail_arrives(b"Hello?\nAnybody?\n", envelope_sender="x@y.example").number
    nobody = world.mail_arrives(b"Hello again\n").number

    emails = [
        user.email
        for ticket in (world.ticket(number or 0), world.ticket(nobody or 0))
        if ticket and (user := world.people.user(ticket.requester_id))
    ]
    assert emails == ["x@y.example", UNKNOWN_SENDER]


def test_queued_mails_make_late_tickets(world: World) -> None:
    """While intake is queued nothing is made; when it works again, the late ticket comes."""
    world.faults.switch_on(Fault.MAIL_QUEUED)
    queued = world.mail_arrives(PLAIN)
    before = len(world.tickets())

    world.faults.clear(Fault.MAIL_QUEUED)

    assert queued.number is None
    assert (before, len(world.tickets())) == (0, 1)


def test_suspended_mails_wait_to_be_recovered(world: World) -> None:
    """A mail taken for spam is no ticket until somebody recovers it."""
    world.faults.switch_on(Fault.MAIL_SUSPENDED, times=1)
    world.mail_arrives(PLAIN)
    (aside,) = world.post.suspended()

    recovered = world.post.recover(aside.suspended_id)

    assert recovered.number is not None
    assert world.post.suspended() == ()
