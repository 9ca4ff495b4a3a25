# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's exports: what they hold back, how they page, how they disturb."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_callers import NOW, Caller, later, unix

from bot.clock import VirtualClock
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk import ZendeskDoor
from bot.sandbox.zendesk_limits import Limits

TICKETS, EVENTS = "incremental/tickets/cursor.json", "incremental/ticket_events.json"


@pytest.fixture
def numbers(world: World, desk: Furniture, clock: VirtualClock) -> list[int]:
    made = []
    for place in range(5):
        later(clock, 1)
        made.append(world.create_ticket(f"no. {place}", "x", requester="a@a.example").number)
    return made


def _start(caller: Caller, path: str = TICKETS, **query: object) -> Any:
    return caller.get(path, start_time=unix(NOW) - 600, **query).json()


def _ids(page: Any) -> list[int]:
    return [each["id"] for each in page["tickets"]]


def test_the_newest_minute_is_held_back(
    caller: Caller, clock: VirtualClock, desk: Furniture, numbers: list[int]
) -> None:
    """A change shows up a minute later, in the export of tickets and in that of events."""
    seen = []
    for wait in (50, 8, 3, 5):
        later(clock, wait)
        rows = _start(caller, EVENTS)["ticket_events"]
        seen.append((len(_ids(_start(caller))), len({row["ticket_id"] for row in rows})))

    assert seen == [(0, 0), (4, 4), (6, 6), (6, 6)]


def test_a_demo_may_shorten_the_minute(
    caller: Caller, door: ZendeskDoor, clock: VirtualClock, numbers: list[int]
) -> None:
    """With nothing held back, only the present second is not shown."""
    door.exports.withhold = 0

    at_once = _ids(_start(caller))
    later(clock, 1)

    assert numbers[-1] not in at_once
    assert numbers[-1] in _ids(_start(caller))


def test_an_idle_poll_keeps_its_place(
    caller: Caller, clock: VirtualClock, numbers: list[int], desk: Furniture
) -> None:
    """The cursor of a last page brings nothing until something changes, then just that."""
    later(clock, 90)
    cursor = _start(caller)["after_cursor"]

    idle = caller.get(TICKETS, cursor=cursor).json()

    assert (_ids(idle), idle["after_cursor"], idle["end_of_stream"]) == ([], cursor, True)
    assert "count" not in idle


def test_deleted_and_scrubbed_rows_stay(
    caller: Caller, world: World, clock: VirtualClock, numbers: list[int]
) -> None:
    """The export shows deletions, and later their scrubbing; readers who ask may leave them out."""
    world.delete_ticket(numbers[0])
    world.delete_ticket(numbers[1])
    world.scrub_ticket(numbers[1])
    later(clock, 90)

    rows = {row["id"]: row for row in _start(caller)["tickets"]}
    left = _ids(_start(caller, exclude_deleted="true"))

    assert (rows[numbers[0]]["status"], rows[numbers[0]]["subject"]) == ("deleted", "no. 0")
    assert (rows[numbers[1]]["subject"], rows[numbers[1]]["description"]) == ("SCRUBBED", "X")
    assert not set(numbers[:2]) & set(left)


def test_system_changes_move_only_the_exports_clock(
    caller: Caller, world: World, clock: VirtualClock, numbers: list[int]
) -> None:
    """A ticket may come again with `updated_at` unchanged."""
    later(clock, 90)
    first = _start(caller)
    world.desk.touch(numbers[0])
    later(clock, 90)

    (row,) = caller.get(TICKETS, cursor=first["after_cursor"]).json()["tickets"]

    before = next(each for each in first["tickets"] if each["id"] == numbers[0])
    assert row["updated_at"] == before["updated_at"]
    assert row["generated_timestamp"] > before["generated_timestamp"]


def test_sideloads_come_along(caller: Caller, clock: VirtualClock, numbers: list[int]) -> None:
    """People and organisations stand beside the tickets, counts and metrics within."""
    later(clock, 90)

    page = _start(caller, include="users,organizations,groups,comment_count,metric_sets,slas")

    assert {each["id"] for each in page["users"]} >= {t["requester_id"] for t in page["tickets"]}
    assert page["tickets"][-1]["comment_count"] == 1
    assert page["tickets"][-1]["metric_set"]["replies"] == 0
    assert {"organizations", "groups"} <= set(page)


def test_time_pages_never_cut_a_second(
    caller: Caller, world: World, clock: VirtualClock, desk: Furniture, door: ZendeskDoor
) -> None:
    """A page overflows rather than cut a second, its last second begins the next page, and the
    walk ends with every ticket seen."""
    for place in range(4):
        later(clock, 10)
        for _ in range(3):
            world.create_ticket(f"no. {place}", "x", requester="a@a.example")
    later(clock, 90)

    door.limiter.limits = Limits(incremental=100)
    page = caller.get("incremental/tickets", start_time=unix(NOW) + 5, per_page=2).json()
    pages = [page]
    while not page["end_of_stream"] and len(pages) < 20:
        page = caller.session.get(page["next_page"], timeout=5).json()
        pages.append(page)

    assert (len(pages[0]["tickets"]), pages[0]["end_time"]) == (3, unix(NOW) + 10)
    assert _ids(pages[1])[:3] == _ids(pages[0])
    seen = {number for each in pages for number in _ids(each)}
    assert seen == {each.number for each in world.tickets()} - {desk.canary}


def test_a_start_that_is_too_recent_is_refused(caller: Caller) -> None:
    """422 with `invalid`, 400 without any start, 400 for a cursor that is none."""
    answers = [
        caller.get(TICKETS, start_time=unix(NOW)),
        caller.get(EVENTS, start_time=unix(NOW)),
        caller.get(TICKETS),
        caller.get(TICKETS, cursor="nonsense"),
    ]

    assert [each.status_code for each in answers] == [422, 422, 400, 400]
    assert answers[0].json()["error"] == "invalid"


def test_events_name_their_fields(
    caller: Caller, world: World, desk: Furniture, clock: VirtualClock, numbers: list[int]
) -> None:
    """A field's child event carries the field by name, tags what was added, a custom field its
    id; a comment is a flag unless it is sideloaded."""
    later(clock, 5)
    world.change_ticket(
        numbers[0], by=desk.agents["ada"], values={"status": "open", "priority": "high"},
        fields={desk.category.field_id: "login"},
    )  # fmt: skip
    world.add_comment(numbers[0], "hi", by=desk.agents["ada"], is_public=False)
    later(clock, 90)

    rows = _start(caller, EVENTS)["ticket_events"]
    changed, commented = (row["child_events"] for row in rows[-2:])

    by_name = {name: child for child in changed for name in child}
    assert (by_name["status"]["status"], by_name["status"]["previous_value"]) == ("open", "new")
    assert by_name["tags"]["added_tags"] == ["login"]
    custom = by_name["custom_ticket_fields"]["custom_ticket_fields"]
    assert custom == {str(desk.category.field_id): "login"}
    assert (commented[0]["comment_present"], commented[0]["comment_public"]) == (True, False)
    assert "body" not in commented[0]


def test_pages_can_be_disturbed(
    caller: Caller, world: World, clock: VirtualClock, numbers: list[int]
) -> None:
    """Empty pages that do not end, rows twice, rows again, deleted rows already scrubbed."""
    world.delete_ticket(numbers[4])
    later(clock, 90)
    plain = _start(caller)
    pages = {}
    for fault in (Fault.EMPTY_PAGE, Fault.DUPLICATE_ROWS, Fault.SCRUBBED_ROWS):
        world.faults.switch_on(fault, times=1)
        pages[fault] = _start(caller)
    world.faults.switch_on(Fault.REAPPEARING_ROWS, times=1)
    again = caller.get(TICKETS, cursor=plain["after_cursor"]).json()

    assert (_ids(pages[Fault.EMPTY_PAGE]), pages[Fault.EMPTY_PAGE]["end_of_stream"]) == ([], False)
    assert _ids(pages[Fault.DUPLICATE_ROWS]) == [n for i in _ids(plain) for n in (i, i)]
    assert pages[Fault.SCRUBBED_ROWS]["tickets"][-1]["subject"] == "SCRUBBED"
    assert _ids(again) == _ids(plain)[-5:]
    assert _ids(_start(caller)) == _ids(plain)
