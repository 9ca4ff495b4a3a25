# SPDX-License-Identifier: GPL-3.0-or-later
"""The month's report counts what the desk lived through, each promise once."""

from __future__ import annotations

from datetime import timedelta

from desk import MONDAY, Desk

from bot.commands.at_risk import read_risks
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
        "beginning unknown": 0,
    }  # fmt: skip


def test_tickets_at_risk_say_why(desk: Desk) -> None:
    """Nearly late, reopened, one of several, and growing: each reason in words."""
    agent = desk.furniture.agents["ada"]
    customer = desk.furniture.customers["contoso"]
    late = desk.write("Portal is down", who="northwind")
    reopened = desk.write("How can I print", who="fabrikam")
    desk.world.change_ticket(
        reopened, by=agent, values={"status": "solved"}, comment=NewComment("Done")
    )
    desk.run(timedelta(minutes=5))
    desk.world.change_ticket(
        reopened, by=desk.furniture.customers["fabrikam"], comment=NewComment("Not done")
    )
    several = [desk.write(f"Hello {number}") for number in range(3)]
    for words in ("one", "two", "three"):
        desk.world.change_ticket(several[0], by=customer, comment=NewComment(words))
    desk.run(timedelta(minutes=45))

    with desk.store.read() as reader:
        risks = read_risks(reader, desk.compiled, desk.clock.now())

    reasons = {risk.ticket.number: risk.reasons for risk in risks}
    several_of = "one of 3 open tickets of Contoso within a week"
    assert reasons == {
        late: ("first response is 83 % used",),
        reopened: ("reopened",),
        several[0]: (several_of, "3 messages without an answer"),
        several[1]: (several_of,),
        several[2]: (several_of,),
    }
    assert risks[0].ticket.number == late
