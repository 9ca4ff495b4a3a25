# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may join a case, how often we answer, and in which language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mail_samples import NOON, raw_mail, received

from bot.rules.mail import Contact, Trust
from bot.rules.mail_limits import Acknowledged, acknowledge_at, is_storm, may_acknowledge
from bot.rules.mail_threads import may_join, numbers_of
from bot.rules.text_language import language_of
from bot.rules.ticket import Origin, Person, Status, Ticket

CASE = Ticket(
    ticket_id="00000001",
    origin=Origin.MAILBOX,
    created_at=NOON,
    updated_at=NOON,
    status=Status.NEW,
    subject="Feed is gone",
    description="",
    requester=Person(email="nora@northwind.example"),
    organisation="Northwind",
)


@pytest.mark.parametrize(
    ("sender", "trust", "organisation", "joins"),
    [
        ("nora@northwind.example", Trust.PASSED, None, True),
        ("Nora@Northwind.example", Trust.NOTHING, None, True),
        ("nora@northwind.example", Trust.FAILED, None, False),
        ("ola@northwind.example", Trust.PASSED, None, True),
        ("ola@northwind.example", Trust.NOTHING, None, False),
        ("ola@gmail.com", Trust.PASSED, "Northwind", True),
        ("ola@northwind.example", Trust.PASSED, "Contoso", False),
        ("eve@evil.example", Trust.PASSED, None, False),
    ],
)
def test_only_the_cases_people_join(
    sender: str, trust: Trust, organisation: str | None, joins: bool
) -> None:
    """The requester, and colleagues our mail server vouches for; a reference is no pass."""
    contact = Contact(sender, NOON, organisation=organisation) if organisation else None

    assert may_join(received(raw_mail(sender=sender), trust=trust), contact, CASE) is joins


def test_strangers_of_one_mail_provider_do_not_join() -> None:
    """Two people at gmail.com are not colleagues."""
    case = Ticket(
        ticket_id="1", origin=Origin.MAILBOX, created_at=NOON, updated_at=NOON, status=Status.NEW,
        subject="", description="", requester=Person(email="nora@gmail.com"),
    )  # fmt: skip

    assert not may_join(received(raw_mail(sender="ola@gmail.com")), None, case)


@pytest.mark.parametrize(
    ("ages", "may"),
    [
        ((), True),
        ((50, 20), True),
        ((50, 20, 1), False),
        ((1000, 900, 800, 700), True),
        ((1000, 900, 800, 700, 600), False),
    ],
)
def test_one_sender_gets_few_acknowledgements(ages: tuple[int, ...], may: bool) -> None:
    """Three an hour and five a day: two robots cannot talk each other to death."""
    sent = [Acknowledged(NOON - timedelta(minutes=age), "a@b.example") for age in ages]

    assert may_acknowledge("a@b.example", sent, NOON) is may


def test_flood_is_acknowledged_later_not_never() -> None:
    """Sixty a minute go out; the next sixty a minute later, whoever their senders are."""
    sent: list[Acknowledged] = []
    for number in range(130):
        sent.append(Acknowledged(acknowledge_at(sent, NOON), f"{number}@b.example"))

    minutes = [(each.at - NOON) // timedelta(minutes=1) for each in sent]
    assert minutes == [0] * 60 + [1] * 60 + [2] * 10


def test_quiet_minute_is_acknowledged_at_once() -> None:
    """What went out before counts no longer than a minute."""
    sent = [Acknowledged(NOON - timedelta(seconds=61), "a@b.example")] * 60

    assert acknowledge_at(sent, NOON) == NOON


def test_storm_is_many_mails_or_one_loud_sender() -> None:
    """Above 200 in ten minutes, or 20 of one sender in an hour."""
    assert [is_storm(200, 20), is_storm(201, 1), is_storm(5, 21)] == [False, True, True]


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: [Acme Support #4711] Feed, room 12", (4711,)),
        ("AW: [Acme #4711] Feed", (4711,)),
        ("[Acme] Re: Ticket #4711: Feed", (4711,)),
        ("SV[2]: ticket 4711", (4711,)),
        ("Отв: [Acme #4711] Feed", (4711,)),
        ("Re: Order #2: portal is down", ()),
        ("Order #2: portal is down", ()),
        ("[Acme #4711] Feed", ()),
        ("Ticket #4711 for the concert", ()),
        ("Regarding: ticket 4711", ()),
    ],
)
def test_helpdesks_number_is_read_in_a_reply(subject: str, numbers: tuple[int, ...]) -> None:
    """A reply to the helpdesk's own mail names its ticket; a bare number may be anything."""
    assert numbers_of(received(raw_mail(subject=subject))) == numbers


def test_mail_that_answers_another_is_a_reply_without_the_word() -> None:
    """Some programs put nothing before the subject."""
    mail = replace(
        received(raw_mail(subject="[Acme #4711] Feed")), references=("<a@acme.example>",)
    )

    assert numbers_of(mail) == (4711,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello, our feed is gone since this morning. Can you please look?", "en"),
        ("Bonjour, nos messages ne partent plus depuis ce matin, merci de votre aide", "fr"),
        ("Hallo, seit heute früh können wir uns nicht anmelden. Bitte um Hilfe.", "de"),
        ("Hej, vi kan inte logga in sedan i morse. Kan ni hjälpa oss?", "sv"),
        ("Здравствуйте, у нас не работает программа лояльности с утра", "ru"),
        ("ERR 4711 feed.xml", None),
        ("", None),
    ],
)
def test_language_is_guessed_by_small_words(text: str, code: str | None) -> None:
    """Enough for an acknowledgement; too little says nothing."""
    assert language_of(text) == code
