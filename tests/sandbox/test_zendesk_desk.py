# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands around tickets in the sandbox's Zendesk: schedules, problems, suspended mails."""

from __future__ import annotations

from pathlib import Path

from sandbox_callers import Caller, later

from bot.clock import VirtualClock
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture

DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"


def test_schedules_and_holidays_are_told(caller: Caller, world: World) -> None:
    """Minutes since Sunday in a Rails-style zone; holidays with both dates."""
    added = world.shelf.add_schedule(
        "Sweden", "Stockholm", (1980, 2460), holidays=(("Midsummer", "2026-06-19", "2026-06-20"),)
    )

    schedules = caller.get("business_hours/schedules.json").json()["schedules"]
    path = f"business_hours/schedules/{added.schedule_id}/holidays"
    (holiday,) = caller.get(path).json()["holidays"]

    assert [each["name"] for each in schedules] == ["Office hours", "Sweden"]
    assert schedules[-1]["intervals"] == [{"start_time": 1980, "end_time": 2460}]
    assert (holiday["start_date"], holiday["end_date"]) == ("2026-06-19", "2026-06-20")


def test_incidents_hang_on_their_problem(caller: Caller, desk: Furniture, world: World) -> None:
    """A problem's incidents are listed below it."""
    problem = world.create_ticket("P", "x", requester="a@a.example", values={"type": "problem"})
    incident = world.create_ticket(
        "I", "x", requester="b@b.example",
        values={"type": "incident", "problem_id": problem.number},
    )  # fmt: skip

    listed = caller.get(f"tickets/{problem.number}/incidents").json()["tickets"]

    assert [each["id"] for each in listed] == [incident.number]
    assert [each["id"] for each in caller.get("problems").json()["tickets"]] == [problem.number]


def test_suspended_mails_are_listed_and_recovered(caller: Caller, world: World) -> None:
    """The list names the cause and the Message-ID; recovering makes the ticket."""
    world.faults.switch_on(Fault.MAIL_SUSPENDED, times=1)
    mail = b"From: z@z.example\nSubject: Hello\nMessage-ID: <m@z.example>\n\nHi\n"
    world.mail_arrives(mail)
    (aside,) = caller.get("suspended_tickets").json()["suspended_tickets"]

    recovered = caller("PUT", f"suspended_tickets/{aside['id']}/recover")

    assert (aside["cause"], aside["message_id"]) == ("Detected as spam", "<m@z.example>")
    assert recovered.status_code == 200
    audits = caller.get(f"tickets/{world.tickets()[-1].number}/audits").json()["audits"]
    assert audits[0]["metadata"]["system"]["message_id"] == "<m@z.example>"


def test_requested_tickets_are_fresh(caller: Caller, world: World, desk: Furniture) -> None:
    """What somebody requested is listed at once, unlike in the search."""
    customer = desk.customers["contoso"]
    number = world.create_ticket("New", "x", requester=customer).number

    listed = caller.get(f"users/{customer.user_id}/tickets/requested").json()["tickets"]

    assert [each["id"] for each in listed] == [number]


def test_the_receipt_trigger_shows_what_it_spares(caller: Caller, desk: Furniture) -> None:
    """The helpdesk's own receipt notifies the requester, unless the ticket carries the tag."""
    (trigger,) = caller.get("triggers.json").json()["triggers"]

    assert trigger["actions"][0]["field"] == "notification_user"
    spared = {"field": "current_tags", "operator": "not_includes", "value": "outage_backfill"}
    assert spared in trigger["conditions"]["all"]


def test_metric_events_follow_a_ticket(
    caller: Caller, world: World, desk: Furniture, clock: VirtualClock
) -> None:
    """Reply, wait and resolution begin with the ticket and end as they should."""
    number = world.create_ticket("New", "x", requester=desk.customers["contoso"]).number
    later(clock, 60)
    world.add_comment(number, "hello", by=desk.agents["ada"])
    world.change_ticket(number, by=desk.agents["ada"], values={"status": "solved"})
    later(clock, 120)

    page = caller.get("incremental/ticket_metric_events", start_time=1).json()

    rows = [
        (each["metric"], each["type"])
        for each in page["ticket_metric_events"]
        if each["ticket_id"] == number
    ]
    assert set(rows) == {
        (metric, kind)
        for metric in ("reply_time", "requester_wait_time", "resolution_time")
        for kind in ("activate", "fulfill")
    }


def test_the_docs_name_every_switch() -> None:
    """docs/sandbox.md lists each fault switch by its value."""
    text = DOCS.read_text()

    assert [each for each in Fault if f"`{each}`" not in text] == []
