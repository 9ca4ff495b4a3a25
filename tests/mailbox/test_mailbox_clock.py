# SPDX-License-Identifier: GPL-3.0-or-later
"""The mailbox over a real Dovecot, read by a machine whose clock is wrong or is set."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from dovecot import POOR, dovecot
from mail_samples import raw_mail
from reading_desk import reading_desk

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("dovecot")]
HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)


def _mail(number: int) -> bytes:
    return raw_mail(body=f"Mail {number}", message_id=f"<m{number}@northwind.example>")


def test_dead_line_is_tried_again_when_the_clock_was_set_back(tmp_path: Path) -> None:
    """A failed try waits for seconds, not until the clock has caught up."""
    with dovecot() as server, reading_desk(server.url, tmp_path) as desk:
        desk.mailbox.step()
        server.kill()
        desk.run(lambda: not desk.mailbox.step())
        server.start()
        server.deliver(_mail(1))

        desk.clock.ahead -= HOUR
        desk.run(lambda: desk.mails() == 1, most=3)


def test_mailbox_without_idle_is_looked_at_when_the_clock_was_set_back(tmp_path: Path) -> None:
    """Its looks are a minute apart by any clock, and the whole folder is looked at again."""
    with dovecot(POOR) as server, reading_desk(server.url, tmp_path) as desk:
        desk.run(lambda: bool(desk.state()))
        server.deliver(_mail(1))

        desk.clock.ahead -= HOUR
        desk.run(lambda: desk.mails() == 1, most=3)


@pytest.mark.parametrize("lying", [0, 1])
def test_first_look_by_a_clock_that_is_ahead_hides_no_news(tmp_path: Path, lying: int) -> None:
    """The last day's mails and all that come are read, also in a folder that is numbered anew."""
    with dovecot() as server, reading_desk(server.url, tmp_path) as desk:
        for number in range(lying):
            server.deliver(_mail(number))
        desk.clock.ahead = YEAR
        desk.run(lambda: bool(desk.state()) and desk.mails() == lying)
        server.deliver(_mail(2))
        desk.run(lambda: desk.mails() == lying + 1, most=3)
        server.renumber()
        server.deliver(_mail(3))
        desk.run(lambda: desk.mails() == lying + 2)


def test_clock_that_is_ahead_makes_no_news_of_history(tmp_path: Path) -> None:
    """What is older than a day before the newest mail that lay there stays nobody's news."""
    with dovecot() as server, reading_desk(server.url, tmp_path) as desk:
        server.deliver(_mail(1), days_ago=3)
        server.deliver(_mail(2))
        desk.clock.ahead = YEAR
        desk.run(lambda: desk.mails() == 1, most=3)
        desk.clock.ahead = timedelta()
        server.deliver(_mail(3))
        desk.run(lambda: desk.mails() == 2)
        desk.restart()
        desk.mailbox.step()

        assert desk.mails() == 2
