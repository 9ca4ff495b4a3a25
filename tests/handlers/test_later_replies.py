# SPDX-License-Identifier: GPL-3.0-or-later
"""What customers answer to our mails when the outage is over, and to what it belongs then."""

from __future__ import annotations

import pytest
from case_mails import (
    MINUTE,
    NORA,
    Mail,
    all_clear,
    arrive,
    case_of,
    declare_down,
    fate_of,
    written_to,
)
from desk import Desk

from bot.rules.actions import Notice
from bot.rules.mail import Fate, Trust
from bot.rules.ticket import Ticket

PRIVATE = "nora.wind@mail.example"


def words(desk: Desk, number: int) -> list[str]:
    """Every message of a ticket, in order."""
    return [each.body for each in desk.world.comments(number)]


def told_of(desk: Desk, kind: str) -> list[str | None]:
    """The references of which our people read such a notice in chat."""
    return [
        outgoing.message.reference
        for _, outgoing in desk.channel.delivered
        if isinstance(outgoing.message, Notice)
        and (outgoing.message.kind, outgoing.destination) == (kind, "slack:support")
    ]


def case_there(desk: Desk) -> Ticket:
    """A case of an outage that is over; the helpdesk has it."""
    declare_down(desk)
    key = arrive(desk)
    all_clear(desk, 3 * MINUTE)
    return case_of(desk, key)


@pytest.mark.parametrize(
    ("sender", "trust", "answered"),
    [
        (PRIVATE, Trust.PASSED, 1),
        ("jo@northwind.example", Trust.NOTHING, 1),
        (NORA, Trust.FAILED, 0),
    ],
)
def test_reply_of_somebody_else_is_a_case_of_their_own(
    desk: Desk, sender: str, trust: Trust, answered: int
) -> None:
    """Also while the helpdesk is there, which never had this mail; it names the other case."""
    case = case_there(desk)
    heard = len(written_to(desk, sender))
    key = arrive(desk, Mail("Still broken", f"Re: [{case.reference}]", sender, trust=trust))
    desk.run(3 * MINUTE)

    other = case_of(desk, key)
    assert (fate_of(desk, key), other.ticket_id == case.ticket_id) == (Fate.CASE, False)
    assert other.number is not None, "it came into the helpdesk by itself"
    assert any(str(case.reference) in each for each in words(desk, other.number))
    assert other.reference in told_of(desk, "case")
    assert len(written_to(desk, sender)) - heard == answered
