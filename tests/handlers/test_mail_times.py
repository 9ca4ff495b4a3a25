# SPDX-License-Identifier: GPL-3.0-or-later
"""How the helpdesk stood when a mail came: known once it was seen, found down, or neither."""

from __future__ import annotations

from datetime import timedelta

from case_mails import MINUTE, Mail, arrive, come_back, fate_of, go_down, look
from desk import MONDAY, Desk

from bot.rules.mail import Fate
from bot.rules.probes import Verdict


def test_mail_of_the_first_seconds_is_a_case(desk: Desk) -> None:
    """It came when the helpdesk was dead already, and before a round of ours had noticed."""
    look(desk, 2 * MINUTE, Verdict.OK)
    desk.run(timedelta(seconds=5))
    key = arrive(desk)
    desk.run(timedelta(seconds=17))
    look(desk, 3 * MINUTE, Verdict.DOWN)

    assert fate_of(desk, key) is Fate.CASE


def test_mail_of_unwatched_time_is_a_case_where_it_is_found_down(desk: Desk) -> None:
    """The daemon was dead for an hour, and nobody knows when the helpdesk died meanwhile."""
    look(desk, 2 * MINUTE, Verdict.OK)
    desk.clock.advance(timedelta(hours=1))
    key = arrive(desk, ago=timedelta(minutes=30))
    look(desk, 3 * MINUTE, Verdict.DOWN)
    later = arrive(desk, Mail("Read late"), ago=timedelta(minutes=30))

    assert (fate_of(desk, key), fate_of(desk, later)) == (Fate.CASE, Fate.CASE)


def test_mail_of_unwatched_time_that_is_read_afterwards_is_a_case(desk: Desk) -> None:
    """The mailbox came back only after the helpdesk did."""
    look(desk, 2 * MINUTE, Verdict.OK)
    desk.clock.advance(timedelta(hours=1))
    go_down(desk)
    come_back(desk)
    came = MONDAY + timedelta(minutes=30)

    assert fate_of(desk, arrive(desk, ago=desk.clock.now() - came)) is Fate.CASE


def test_everyday_mail_is_noted_once_the_helpdesk_was_seen(desk: Desk) -> None:
    """A round a minute after it says that the helpdesk was there, whatever its server's clock."""
    look(desk, 2 * MINUTE, Verdict.OK)
    key, ahead = arrive(desk), arrive(desk, Mail("Tomorrow"), ago=-timedelta(days=1))
    waiting = fate_of(desk, key)
    look(desk, 2 * MINUTE, Verdict.OK)

    assert (waiting, fate_of(desk, key), fate_of(desk, ahead)) == (
        Fate.WAITING, Fate.NOTED, Fate.NOTED,
    )  # fmt: skip


def test_mail_of_ours_waits_for_nothing(desk: Desk) -> None:
    """A rehearsal sends one and looks at once whether it is known."""
    desk.probe(Verdict.DOWN)

    assert fate_of(desk, arrive(desk, Mail(headers={"x-deskmate": "drill"}))) is Fate.OWN
