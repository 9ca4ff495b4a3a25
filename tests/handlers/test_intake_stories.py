# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail of ours must become a ticket; whether it does is told, and nobody works on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, OWN, POLICY, Desk, compiled_policy

from bot.channels.mail_customer import customer_payload
from bot.rules.actions import Notice
from bot.rules.intake import TAG, subject_of
from bot.rules.probes import Verdict
from bot.sandbox.fakes import FakeChannel
from bot.sandbox.faults import Fault

MINUTE = timedelta(minutes=1)
APART = 4 * MINUTE
"""Between two rounds: a daemon that sleeps for more than five minutes would say so."""
HELP = "help@acme.example"
CHECKED = POLICY.replace("  banner: portal\n", f"  banner: portal\n  intake: {{address: {HELP}}}\n")


class Intake:
    """A desk whose mails to the support address reach the helpdesk's own post room."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.taken = 0

    def run(self, span: timedelta) -> None:
        """Rounds of probes that all read well, and the post between them."""
        end = self.desk.clock.now() + span
        while self.desk.clock.now() < end:
            self.desk.probe(Verdict.OK)
            for at, row in self.desk.channel.delivered[self.taken :]:
                if row.destination == f"mail:{HELP}":
                    raw = customer_payload(row, OWN, now=at).as_bytes()
                    self.desk.world.post.mail_arrives(raw)
            self.taken = len(self.desk.channel.delivered)
            self.desk.run(APART, look_every=APART)

    def told(self) -> list[str]:
        """Why the team's channel was told, in order."""
        return [
            row.message.reason
            for _, row in self.desk.channel.delivered
            if isinstance(row.message, Notice) and row.destination == "slack:support"
        ]


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    desk = Desk(compiled_policy(tmp_path, CHECKED))
    yield Intake(desk)
    desk.close()


def test_mail_of_ours_becomes_a_ticket_that_nobody_works_on(intake: Intake) -> None:
    """Every 15 minutes one; tagged, solved, no rule, no clock, no message, no case."""
    before = len(intake.desk.world.tickets())
    intake.run(52 * MINUTE)

    made = intake.desk.world.tickets()[before:]
    with intake.desk.store.read() as reader:
        known = [reader.tickets.by_number(each.number) for each in made]
    assert len(made) == 4
    assert {(each.status, TAG in each.tags) for each in made} == {("solved", True)}
    assert known == [None] * 4
    assert intake.told() == []


def test_two_late_mails_are_told_once_and_the_return_once(intake: Intake) -> None:
    """The helpdesk queues mails, and makes their tickets later: nobody works on these either."""
    intake.run(20 * MINUTE)
    intake.desk.world.faults.switch_on(Fault.MAIL_QUEUED)
    intake.run(90 * MINUTE)
    late = list(intake.told())
    intake.desk.world.faults.clear()
    intake.run(20 * MINUTE)

    assert late == ["intake_late"]
    assert intake.told() == ["intake_late", "intake_back"]
    assert intake.desk.told("case") == []


def test_mail_that_our_own_server_did_not_take_is_not_the_helpdesks_fault(
    intake: Intake,
) -> None:
    """While our mail server is down nothing is said of the helpdesk's intake."""
    intake.run(20 * MINUTE)
    intake.desk.channel, intake.taken = FakeChannel(intake.desk.world, is_down=lambda: True), 0
    intake.run(90 * MINUTE)

    with intake.desk.store.read() as reader:
        told = [row.outgoing for row in reader.outbox.newest_at("slack:support", MONDAY, limit=9)]
    assert told == []


def test_subject_that_only_looks_like_ours_is_a_customers_ticket(intake: Intake) -> None:
    """Whoever copies a subject of ours is answered like everybody."""
    number = intake.desk.write(subject_of(OWN, 1772442000))
    intake.desk.run(2 * MINUTE)

    assert intake.desk.ticket(number).number == number
