# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of updates when Zendesk is slow, busy, broken or changed by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.helpdesks.zendesk import Zendesk
from bot.ports import Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import TicketUpdate
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk import ZendeskDoor

PUT = "PUT tickets/{id}"
BULK = "PUT tickets/update_many"
Make = Callable[[int], list[DeskTicket]]


def one(zendesk: Zendesk, update: TicketUpdate) -> Outcome:
    return zendesk.update({"key": update})["key"]


def noted(world: World, number: int) -> list[str]:
    return [each.body for each in world.comments(number)[1:]]


def test_failed_item_spoils_no_other(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make
) -> None:
    """A bulk job that completes may hold an item that failed: only that one is tried again."""
    numbers = [each.number for each in make(4)]
    door.faults.switch_on(Fault.JOB_ITEM_FAILS, times=1)

    outcomes = zendesk.update({f"{n}": TicketUpdate("T", n, comment="Hi.") for n in numbers})

    assert [TryLater, Delivered, Delivered, Delivered] == [type(outcomes[f"{n}"]) for n in numbers]
    assert noted(world, numbers[0]) == []


def test_slow_job_is_unknown_and_found_later(
    zendesk: Zendesk, door: ZendeskDoor, make: Make
) -> None:
    """A job that does not end in time is not guessed: whoever looks later finds what it did."""
    numbers = [each.number for each in make(4)]
    door.jobs.seconds = 600.0
    updates = {f"{n}": TicketUpdate("T", n, comment="Hi.") for n in numbers}

    outcomes = zendesk.update(updates)

    assert {Unknown} == {type(each) for each in outcomes.values()}
    found = [zendesk.was_applied(key, each) for key, each in updates.items()]
    assert {Delivered} == {type(each) for each in found}


def test_dead_line_is_not_fed(zendesk: Zendesk, door: ZendeskDoor, make: Make) -> None:
    """When the first job gets no answer, the others are kept for later instead of sent after it."""
    numbers = [each.number for each in make(150)]
    door.faults.switch_on(Fault.ANSWER_LOST, endpoint=BULK)

    outcomes = zendesk.update({f"{n}": TicketUpdate("T", n, comment="Hi.") for n in numbers})

    kinds = [type(outcomes[f"{number}"]) for number in numbers]
    assert [Unknown] * 100 + [TryLater] * 50 == kinds
    assert door.calls[BULK] == 1


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.HANGS])
def test_lost_answer_is_looked_up(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make, fault: Fault
) -> None:
    """After a lost answer we look first, so that nobody reads the same comment twice."""
    number = make(1)[0].number
    update = TicketUpdate("T", number, comment="Once.")
    door.faults.switch_on(fault, endpoint=PUT, times=1)

    outcome = one(zendesk, update)
    found = zendesk.was_applied("key", update)

    assert isinstance(outcome, Unknown)
    assert ["Once."] * isinstance(found, Delivered) == noted(world, number)
    assert door.calls[PUT] + (fault is Fault.HANGS) == 1


def test_change_without_comment_is_found_by_its_values(
    zendesk: Zendesk, world: World, make: Make
) -> None:
    """A change without a comment took effect when the ticket shows it."""
    number = make(1)[0].number
    update = TicketUpdate("T", number, priority="p1", add_tags=frozenset({"vip"}))

    before = zendesk.was_applied("key", update)
    one(zendesk, update)
    after = zendesk.was_applied("key", update)

    assert (Refused, Delivered) == (type(before), type(after))


def test_faster_agent_is_not_overwritten(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make
) -> None:
    """When somebody changed the ticket meanwhile, the write waits and is made on the new state."""
    number = make(1)[0].number
    update = TicketUpdate("T", number, add_tags=frozenset({"vip"}))
    door.faults.switch_on(Fault.CONFLICT, endpoint=PUT, times=1)

    first, second = one(zendesk, update), one(zendesk, update)

    assert (TryLater, Delivered) == (type(first), type(second))


def test_throttled_write_waits_as_long_as_asked(
    zendesk: Zendesk, door: ZendeskDoor, make: Make
) -> None:
    """429 is passed on with its time at once; nothing sleeps and nothing is sent meanwhile."""
    number = make(1)[0].number
    door.faults.switch_on(Fault.THROTTLED, endpoint=PUT, times=1, retry_after=42)

    first = one(zendesk, TicketUpdate("T", number, priority="p1"))
    second = one(zendesk, TicketUpdate("T", number, priority="p1"))

    assert TryLater("429: too many requests", 42.0) == first
    assert isinstance(second, TryLater) and second.after == 42.0
    assert door.calls[PUT] == 1


def test_silent_throttle_waits_too(zendesk: Zendesk, door: ZendeskDoor, make: Make) -> None:
    """429 that names no time makes us wait all the same."""
    number = make(1)[0].number
    door.faults.switch_on(Fault.THROTTLED_SILENTLY, endpoint=PUT, times=1)

    one(zendesk, TicketUpdate("T", number, priority="p1"))
    again = one(zendesk, TicketUpdate("T", number, priority="p1"))

    assert isinstance(again, TryLater) and again.after == 30.0
    assert door.calls[PUT] == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.PAGE_INSTEAD, Unknown),
        (Fault.EMPTY_ANSWER, Unknown),
        (Fault.LOGIN_REDIRECT, Unknown),
        (Fault.BAD_GATEWAY_PAGE, Unknown),
        (Fault.EDGE_PAGE, Unknown),
        (Fault.UNAVAILABLE_PAGE, Unknown),
        (Fault.RESET, Unknown),
        (Fault.UNAVAILABLE, TryLater),
        (Fault.FORBIDDEN, TryLater),
    ],
)
def test_write_that_may_have_happened_is_unknown(
    zendesk: Zendesk, door: ZendeskDoor, make: Make, fault: Fault, outcome: type
) -> None:
    """No answer but a ticket with its audit counts as done; nothing is sent twice by itself."""
    number = make(1)[0].number
    door.faults.switch_on(fault, endpoint=PUT)

    got = one(zendesk, TicketUpdate("T", number, comment="Hi."))

    assert outcome is type(got)
    assert door.calls[PUT] == 1


def test_unreachable_helpdesk_gets_it_later(
    zendesk: Zendesk, door: ZendeskDoor, make: Make
) -> None:
    """What could not be sent at all is tried again without looking."""
    number = make(1)[0].number
    door.faults.switch_on(Fault.REFUSED)

    assert isinstance(one(zendesk, TicketUpdate("T", number, comment="Hi.")), TryLater)
