# SPDX-License-Identifier: GPL-3.0-or-later
"""A promise that counts from the notification uses what is known of it, and says what is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, Desk, compiled_policy

from bot.commands.report import read_report
from bot.rules.sla_report import Ending
from bot.rules.ticket_clocks import without_beginning

MINUTE = timedelta(minutes=1)
POLICY = """
desk: notified
zone: Europe/Paris
hours: {always: {always: true}}
helpdesk: {canary: 1, fields: {notified_at: Code}}
people: {team: {slack: support}}
promises:
  taken:
    from: notified
    to: [acknowledged, assigned, public_reply]
    less_than: 15m
    hours: always
    breached: {tell: team}
rules: {mail: {event: mailbox, then: {tag: mail}}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that promises an answer less than 15 minutes after a call, at 10:00 in Paris."""
    made = Desk(compiled_policy(tmp_path, POLICY))
    yield made
    made.close()


def called_at(desk: Desk, number: int, stamp: str) -> None:
    """An agent fills in when the customer called, in the desk's own time."""
    field = desk.world.people.field_titled("Code").field_id
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, fields={field: stamp})
    desk.run(MINUTE)


def endings(desk: Desk) -> list[Ending]:
    with desk.store.read() as reader:
        found = read_report(
            reader, desk.compiled, start=MONDAY - timedelta(days=1),
            end=MONDAY + timedelta(days=1), now=desk.clock.now(),
        )  # fmt: skip
    return [each.ending for each in found]


def test_clock_runs_from_the_call(desk: Desk) -> None:
    """A call at 09:50 leaves five minutes at 10:00: at 10:05 the promise is broken already."""
    number = desk.write("No SMS goes out")

    called_at(desk, number, "2026-03-02 09:50")
    desk.run(10 * MINUTE)

    assert desk.told("sla_breached") == [("slack:support", MONDAY + 5 * MINUTE)]


def test_button_stops_it(desk: Desk) -> None:
    """Who presses "I have it" in time has kept the promise."""
    number = desk.write("No SMS goes out")
    called_at(desk, number, "2026-03-02 09:50")

    desk.press(number)
    desk.run(20 * MINUTE)

    assert desk.told("sla_breached") == []
    assert endings(desk) == [Ending.KEPT]


def test_unknown_beginning_is_reported(desk: Desk) -> None:
    """Without a time nothing is guessed: the clock's command and the month's report say so."""
    number = desk.write("No SMS goes out")

    desk.run(30 * MINUTE)

    assert desk.told("sla_breached") == []
    assert endings(desk) == [Ending.NO_BEGINNING]
    assert without_beginning(desk.ticket(number), desk.compiled) == ("taken",)


@pytest.mark.parametrize("stamp", ["2026-03-02", "2026-03-02 23:00", "ten past nine"])
def test_slip_of_the_keyboard_is_no_beginning(desk: Desk, stamp: str) -> None:
    """A date alone, a time after the ticket and plain words are not believed."""
    number = desk.write("No SMS goes out")

    called_at(desk, number, stamp)

    assert endings(desk) == [Ending.NO_BEGINNING]
