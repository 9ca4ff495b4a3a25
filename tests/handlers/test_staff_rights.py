# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may take a case by mail: it is told from the address, never from the name beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from case_mails import Mail, arrive, case_of, declare_down, fate_of, notice_id
from desk import POLICY, Desk, compiled_policy

from bot.rules.actions import Notice
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate
from bot.rules.ticket import Ticket

ADA, CAROL, DORA = "ada@acme.example", "carol@acme.example", "dora@acme.example"
PEOPLE = """  lead: {slack: leads}
  nora_wind: {slack: U0NORA}
  carol: {mail: Carol@acme.example}
  dora: {mail: dora@acme.example}
rights: {acknowledge: [nora_wind, carol, dora]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk where two may take cases; mails come with the name of one of them."""
    text = POLICY.replace("  lead: {slack: leads}\n", PEOPLE)
    made = Desk(compiled_policy(tmp_path, text))
    yield made
    made.close()


def test_display_name_gives_no_right(desk: Desk) -> None:
    """Ada writes as "Nora Wind", who may take cases: the case is not taken, least of all by Nora.

    Who is known by their address takes it under the name that the policy gives them.
    """
    case = _case(desk)

    _answered(desk, case, "I have it", ADA)
    taken_by_ada = _taken_by(desk, case)
    _answered(desk, case, "I have it", CAROL)

    assert [taken_by_ada, _taken_by(desk, case)] == [[], ["carol"]]


@pytest.mark.parametrize("more", ["", "\n\nPlease restart your client."])
def test_taking_in_vain_is_told_to_its_writer(desk: Desk, more: str) -> None:
    """Who has no right, or comes second, does not go on believing that they have the case."""
    case = _case(desk)

    fates = [
        fate_of(desk, _answered(desk, case, "I have it" + more, ADA)),
        fate_of(desk, _answered(desk, case, "I have it", CAROL)),
        fate_of(desk, _answered(desk, case, "I have it", CAROL)),
        fate_of(desk, _answered(desk, case, "I have it" + more, DORA)),
    ]

    assert fates == [Fate.HELD, Fate.STAFF, Fate.STAFF, Fate.HELD]
    assert [len(_told(desk, who)) for who in (ADA, CAROL, DORA)] == [1, 0, 1]
    assert "has no right" in _told(desk, ADA)[0]
    assert "carol has it already" in _told(desk, DORA)[0]


def _told(desk: Desk, address: str) -> list[str]:
    """The reasons that somebody was mailed."""
    return [
        outgoing.message.reason
        for _, outgoing in desk.channel.delivered
        if isinstance(outgoing.message, Notice) and outgoing.destination == f"mail:{address}"
    ]


def _case(desk: Desk) -> Ticket:
    declare_down(desk)
    return case_of(desk, arrive(desk))


def _answered(desk: Desk, case: Ticket, text: str, sender: str) -> str:
    return arrive(desk, Mail(text, "Re: NEW CASE", sender, references=(notice_id(case),)))


def _taken_by(desk: Desk, case: Ticket) -> list[str | None]:
    with desk.store.read() as reader:
        history = reader.tickets.history(case.ticket_id)
    return [each.new for each in history if each.kind is ChangeKind.TAKEN]
