# SPDX-License-Identifier: GPL-3.0-or-later
"""May it become a case, and may it be answered: by what a mail says of itself."""

from __future__ import annotations

import re

import pytest
from mail_samples import OWN, corpus, raw_mail, received

from bot.rules.mail import Fate, Trust
from bot.rules.mail_verdict import verdict_of

REPORT = 'Content-Type: multipart/report; report-type=delivery-status; boundary="x"'
MACHINE = re.compile(
    rb"(?im)^(?:content-type:\s*multipart/report|return-path:\s*<>\s*$|x-failed-recipients:"
    rb"|auto-submitted:\s*(?!no\b)\S|precedence:\s*(?:bulk|list|junk|auto_reply)|list-id:"
    rb"|from:.*(?:mailer-daemon|postmaster)@|x-auto-response-suppress:\s*(?!none)\S"
    rb"|from:[^@\n]*\bno-?reply@)"
)
"""Written from the facts, not from the code: mails that nobody may answer by software."""


@pytest.mark.parametrize(
    ("headers", "fate", "may_answer"),
    [
        ((), Fate.CASE, True),
        ((REPORT,), Fate.BOUNCE, False),
        (("Return-Path: <>",), Fate.BOUNCE, False),
        (("X-Failed-Recipients: a@b.example",), Fate.BOUNCE, False),
        (("Auto-Submitted: auto-replied; vacation",), Fate.AUTOMATIC, False),
        (("Auto-Submitted: AUTO-REPLIED",), Fate.AUTOMATIC, False),
        (("X-Autoreply: yes",), Fate.AUTOMATIC, False),
        (("Auto-Submitted: no",), Fate.CASE, True),
        (("Auto-Submitted: auto-generated",), Fate.HELD, False),
        (("Precedence: bulk",), Fate.HELD, False),
        (("List-Id: <news.example>",), Fate.HELD, False),
        (("List-Unsubscribe: <mailto:x@y.example>",), Fate.CASE, False),
        (("X-Auto-Response-Suppress: All",), Fate.CASE, False),
        (("X-Deskmate: ack",), Fate.OWN, False),
    ],
)
def test_headers_decide(headers: tuple[str, ...], fate: Fate, may_answer: bool) -> None:
    """One line of the table each."""
    verdict = verdict_of(received(raw_mail(*headers)), OWN, is_contact=False)

    assert (verdict.fate, verdict.may_answer) == (fate, may_answer)


@pytest.mark.parametrize(
    ("sender", "fate", "may_answer"),
    [
        ("MAILER-DAEMON@mx.example", Fate.BOUNCE, False),
        ("Postmaster <postmaster@mx.example>", Fate.BOUNCE, False),
        ("noreply@shop.example", Fate.CASE, False),
        ("bounce@shop.example", Fate.CASE, False),
        ("escalations@acme.example", Fate.OWN, False),
        ("somebody at home", Fate.HELD, False),
        ("björn@norr.example", Fate.CASE, False),
    ],
)
def test_sender_decides(sender: str, fate: Fate, may_answer: bool) -> None:
    """Mail systems, addresses that read nothing, and ourselves."""
    verdict = verdict_of(received(raw_mail(sender=sender)), OWN, is_contact=False)

    assert (verdict.fate, verdict.may_answer) == (fate, may_answer)


def test_monitoring_of_a_customer_opens_a_case_unanswered() -> None:
    """What a contact's own system sends is a case, and nobody thanks it."""
    mail = received(raw_mail("Auto-Submitted: auto-generated"))

    verdict = verdict_of(mail, OWN, is_contact=True)

    assert (verdict.may_open, verdict.may_answer) == (True, False)


def test_forged_sender_is_not_answered() -> None:
    """The address is somebody else's, who never wrote to us."""
    mail = received(raw_mail(), trust=Trust.FAILED)

    verdict = verdict_of(mail, OWN, is_contact=True)

    assert (verdict.may_open, verdict.may_answer) == (True, False)


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office",
        "Automatische Antwort: Feed",
        "Réponse automatique",
        "Автоответ: нет на месте",
    ],
)
def test_form_of_a_subject_is_held(subject: str) -> None:
    """A subject alone proves nothing, so a person looks."""
    verdict = verdict_of(received(raw_mail(subject=subject)), OWN, is_contact=True)

    assert (verdict.fate, verdict.may_answer) == (Fate.HELD, False)


def test_every_real_mail_has_a_fate_and_a_reason() -> None:
    """543 odd mails: each is a case, a bounce, automatic, held or parked, and says why."""
    verdicts = [verdict_of(received(raw), OWN, is_contact=False) for _, raw in corpus()]

    fates = {Fate.CASE, Fate.BOUNCE, Fate.AUTOMATIC, Fate.HELD, Fate.PARKED}
    assert len(verdicts) == 543
    assert {each.fate for each in verdicts} <= fates
    assert all(each.because for each in verdicts)


def test_no_real_machine_is_answered() -> None:
    """Whatever of the 543 shows a machine's mark in its headers may not be answered."""
    answered = []
    marked = 0
    for name, raw in corpus():
        head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        if MACHINE.search(head):
            marked += 1
            if verdict_of(received(raw), OWN, is_contact=True).may_answer:
                answered.append(name)

    assert answered == []
    assert marked > 250


def test_nearly_every_real_bounce_is_known() -> None:
    """Of the corpus of bounces at least nine in ten are seen as a machine's."""
    bounces = [raw for name, raw in corpus() if name.startswith("sisimai/")]
    known = [
        raw for raw in bounces if not verdict_of(received(raw), OWN, is_contact=False).may_answer
    ]

    assert len(known) >= 0.9 * len(bounces)
