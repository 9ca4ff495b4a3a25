# SPDX-License-Identifier: GPL-3.0-or-later
"""Announced works are checked for their notice and their hours, and people hear what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, Desk, compiled_policy

from bot.rules.actions import Notice
from bot.rules.events import Event, MaintenanceAnnounced, SilenceOrdered

POLICY = """
desk: works
hours:
  office: {zone: Europe/Paris, mon-fri: "09:00-18:00", holidays: none}
people: {team: {slack: support}}
rules:
  notice:
    event: maintenance_announced
    if: {notice_under: 5d}
    unless: {maintenance.emergency: "true"}
    then: {violation: {code: notice_too_short, text: less than five days of notice}, tell: team}
  hours:
    event: maintenance_announced
    if: {starts_during: office}
    then: {warning: within_working_hours, tell: team}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(compiled_policy(tmp_path, POLICY))
    yield made
    made.close()


def announce(desk: Desk, notice: timedelta, *, is_emergency: bool = False) -> list[str]:
    """What people read after works that start so long after Monday 21:00 in Paris."""
    said = MONDAY + timedelta(hours=11)
    works = MaintenanceAnnounced(said, said + notice, None, "New disks", is_emergency)
    event = Event("door/works", "desk", desk.clock.now(), "door", works)
    desk.store.receive([event]).result()
    desk.run()
    messages = [outgoing.message for _, outgoing in desk.channel.delivered]
    return [each.reason for each in messages if isinstance(each, Notice)]


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        (timedelta(days=4, hours=13), "less than five days of notice"),
        (timedelta(days=5), ""),
    ],
)
def test_short_notice_is_told(desk: Desk, notice: timedelta, expected: str) -> None:
    """Four days and thirteen hours are too short, five days are not."""
    told = [each for each in announce(desk, notice) if "notice" in each]

    assert bool(told) == bool(expected)
    assert all(expected in each for each in told)


def test_emergency_needs_no_notice(desk: Desk) -> None:
    """Data in danger: systems may be stopped at once."""
    assert announce(desk, timedelta(hours=1), is_emergency=True) == []


def test_works_by_command_are_announced_works(desk: Desk) -> None:
    """`deskmate maintenance add` an hour before: the rules on notice hear of it too."""
    now = desk.clock.now()
    order = SilenceOrdered(
        "disks", now + timedelta(hours=3), "new disks", "bo", {"service": "portal"},
        start=now + timedelta(hours=1), is_maintenance=True,
    )  # fmt: skip
    desk.store.receive([Event("silence/disks", "desk", now, "command", order)]).result()
    desk.run()

    messages = [outgoing.message for _, outgoing in desk.channel.delivered]
    assert any("notice" in each.reason for each in messages if isinstance(each, Notice))


def test_works_in_working_hours_are_told(desk: Desk) -> None:
    """Works that start while customers work are pointed out, also in the journal."""
    told = announce(desk, timedelta(days=7, hours=14))

    assert any("within working hours" in each for each in told)
    with desk.store.read() as reader:
        summaries = [each.summary for each in reader.journal.of("desk")]
    assert any("within working hours" in each for each in summaries)
