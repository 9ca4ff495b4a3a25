# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines' mail is told from people's by headers, else by what else is seen, else not at all."""

from __future__ import annotations

import pytest

from bot.rules.text import machine_verdict
from bot.rules.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("headers", "is_machine", "may_answer"),
    [
        ({}, F, T),
        ({"Auto-Submitted": "no"}, F, T),
        ({"Auto-Submitted": "auto-replied; owner=x"}, T, F),
        ({"AUTO-SUBMITTED": "Auto-Generated"}, T, F),
        ({"Return-Path": "<>"}, T, F),
        ({"Return-Path": "<ann@example.com>"}, F, T),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, T, F),
        ({"Precedence": "bulk"}, T, F),
        ({"Precedence": "normal"}, F, T),
        ({"List-Id": "<x.example.com>"}, T, F),
        ({"List-Unsubscribe": "<mailto:x@example.com>"}, F, F),
        ({"X-Auto-Response-Suppress": "All"}, F, F),
        ({"X-Autoreply": "yes"}, T, F),
        ({"X-Failed-Recipients": "x@example.com"}, T, F),
        ({"From": "Mail Delivery <MAILER-DAEMON@example.com>"}, T, F),
        ({"From": "Ann <noreply@example.com>"}, F, F),
        ({"Subject": "Automatische Antwort: Ausfall"}, T, F),
        ({"Subject": "Automatic replies are broken"}, F, T),
    ],
)
def test_headers_tell_machines(
    headers: dict[str, str], is_machine: Truth, may_answer: Truth
) -> None:
    """Headers decide where they are known, and "do not answer" is not "a machine wrote it"."""
    verdict = machine_verdict(headers=headers)

    assert (verdict.is_machine, verdict.may_answer) == (is_machine, may_answer)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Outage",
        "Out of office: back on Monday",
        "Undeliverable: Outage",
        "Abwesenheitsnotiz: Urlaub",
        "Réponse automatique : panne",
        "Autosvar: driftstopp",
        "Автоответ: сбой",
    ],
)
def test_the_form_of_a_subject_tells_without_headers(subject: str) -> None:
    """Automatic answers of the five languages are known by how their subjects begin."""
    assert machine_verdict(headers=None, subject=subject).is_machine is T


@pytest.mark.parametrize(
    ("sender", "tags", "expected"),
    [
        ("mailer-daemon@example.com", [], T),
        ("no-reply@example.com", [], T),
        ("ne-pas-repondre@example.com", [], T),
        ("noreen@example.com", [], U),
        ("ann@example.com", ["vip", "Auto_Reply"], T),
        ("ann@example.com", ["vip"], U),
        (None, [], U),
    ],
)
def test_sender_and_tags_tell_else_nobody_knows(
    sender: str | None, tags: list[str], expected: Truth
) -> None:
    """Without headers a clean sender proves nothing, so the answer is unknown."""
    assert machine_verdict(headers=None, sender=sender, tags=tags).is_machine is expected
