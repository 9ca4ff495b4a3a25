# SPDX-License-Identifier: GPL-3.0-or-later
"""An acknowledgement that could not go out: sent later as long as it says something."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_mails import MINUTE, Mail, all_clear, arrive, case_of, declare_down, notice_id, written_to
from desk import Desk

from bot.sandbox.fakes import FakeChannel

HOUR = timedelta(hours=1)


class MailServer:
    """The channel to customers, dead until it is mended."""

    def __init__(self, desk: Desk) -> None:
        self.is_down, self.desk = True, desk
        desk.channel = FakeChannel(desk.world, is_down=lambda: self.is_down)

    def back(self, after: timedelta) -> None:
        self.desk.run(after, look_every=20 * MINUTE)
        self.is_down = False
        self.desk.run(10 * MINUTE, look_every=MINUTE)


@pytest.mark.parametrize(("hours", "sent"), [(2, 1), (13, 0)])
def test_acknowledgement_is_of_use_for_half_a_day(desk: Desk, hours: int, sent: int) -> None:
    """Though the outage is over long ago its reference is worth having, but not for ever."""
    mail_server = MailServer(desk)
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    all_clear(desk)

    mail_server.back(hours * HOUR)

    assert [case.reference in each.subject for each in written_to(desk)] == [True] * sent


def test_answer_takes_the_acknowledgement_back(desk: Desk) -> None:
    """Who is answered by a person is not told afterwards that we have their message."""
    mail_server = MailServer(desk)
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    answer = Mail(text="We are on it.", sender="ada@acme.example", references=(notice_id(case),))
    arrive(desk, answer)

    mail_server.back(10 * MINUTE)

    assert ["We are on it." in each.text for each in written_to(desk)] == [True]
