# SPDX-License-Identifier: GPL-3.0-or-later
"""What our people write in answer to a notice, and what of it may reach a customer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from case_mails import (
    Mail,
    arrive,
    case_of,
    declare_down,
    fate_of,
    notice_id,
    written_to,
)
from desk import Desk

from bot.rules.mail import Fate, Trust
from bot.rules.ticket import Ticket

ADA = "ada@acme.example"


@pytest.mark.parametrize("trust", [Trust.NOTHING, Trust.FAILED])
def test_unproven_colleague_does_not_answer_a_customer(desk: Desk, trust: Trust) -> None:
    """A customer in copy of a reply has its token: what they write with it is held, and told."""
    case = _case(desk)

    key = arrive(desk, Mail("Send us your password", sender="anybody@acme.example", trust=trust,
                            references=(notice_id(case),)))  # fmt: skip

    assert fate_of(desk, key) is Fate.HELD
    assert len(written_to(desk)) == 1
    assert "slack:support" in [where for where, _ in desk.told("admin")]


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Semester", {"auto-submitted": "auto-generated"}),
        ("Semester", {"x-auto-response-suppress": "All"}),
        ("Out of office", {"auto-submitted": "auto-replied"}),
    ],
)
def test_auto_responder_of_ours_does_not_answer_a_customer(
    desk: Desk, subject: str, headers: Mapping[str, str]
) -> None:
    """The customer is not told of our holidays; the case says who is away."""
    case = _case(desk)

    key = arrive(desk, Mail("I am away until 1 August.", subject, ADA, headers,
                            references=(notice_id(case),)))  # fmt: skip

    assert fate_of(desk, key) is Fate.AUTOMATIC
    assert len(written_to(desk)) == 1
    assert any("auto-responder of ada@acme.example" in each for each in _notes(desk, case))


def _case(desk: Desk) -> Ticket:
    declare_down(desk)
    return case_of(desk, arrive(desk))


def _notes(desk: Desk, case: Ticket) -> list[str]:
    with desk.store.read() as reader:
        return [each.body or "" for each in reader.tickets.history(case.ticket_id)]
