# SPDX-License-Identifier: GPL-3.0-or-later
"""The month's report counts what the desk lived through, each promise once."""

from __future__ import annotations

from datetime import timedelta

from desk import MONDAY, Desk

from bot.commands.report import as_rows, read_report
from bot.rules.sla_report import Ending
from bot.sandbox.world_values import NewComment


def test_report_counts_every_promise_once(desk: Desk) -> None:
    """One kept, one broken with a warning, one still running; the totals are the store's."""
    agent = desk.furniture.agents["ada"]
    kept = desk.write("Portal is down")
    desk.write("Portal is down", who="northwind")
    desk.run(timedelta(minutes=5))
    desk.world.change_ticket(kept, by=agent, comment=NewComment("We are on it"))
    desk.run(timedelta(hours=2))
    desk.write("How can I print")
    desk.run(timedelta(minutes=5))

    with desk.store.read() as reader:
        found = read_report(
            reader, desk.compiled, start=MONDAY - timedelta(hours=1),
            end=MONDAY + timedelta(days=30), now=desk.clock.now(),
        )  # fmt: skip
        tickets = reader.tickets.count()

    endings = [each.ending for each in found]
    assert len(found) == tickets == 3
    assert sorted(endings) == [Ending.BROKEN, Ending.KEPT, Ending.RUNNING]
    assert [each.was_warned for each in found if each.ending is Ending.BROKEN] == [True]
    assert as_rows(found)["total"] == {
        "all": 3, "kept": 1, "broken": 1, "running": 1, "cancelled": 0, "target not set": 0,
    }  # fmt: skip
