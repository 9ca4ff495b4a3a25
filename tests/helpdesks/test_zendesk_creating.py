# SPDX-License-Identifier: GPL-3.0-or-later
"""Making tickets in Zendesk: once, whatever becomes of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Delivered, Refused, TryLater, Unknown
from bot.rules.actions import TicketCreation, TicketMessage
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.zendesk import ZendeskDoor

POST = "POST tickets"
DISK = TicketCreation("t9", "deskmate:t9", "Disk full", (TicketMessage("No space left"),))


def count(world: World) -> int:
    return sum(each.external_id == DISK.external_id for each in world.tickets())


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.HANGS])
def test_lost_answer_makes_no_second_ticket(
    zendesk: Zendesk, world: World, door: ZendeskDoor, fault: Fault
) -> None:
    """The same key after a lost answer gives the ticket that is there, or makes the only one."""
    door.faults.switch_on(fault, endpoint=POST, times=1)

    outcomes = [zendesk.create("alert/1", DISK) for _ in range(2)]

    assert isinstance(outcomes[0], Unknown)
    assert isinstance(outcomes[1], Delivered)
    assert count(world) == 1


def test_other_words_under_a_known_key_find_the_ticket(zendesk: Zendesk, world: World) -> None:
    """When the body changed since, as after a new policy, the ticket made before is taken."""
    first = zendesk.create("alert/1", DISK)

    second = zendesk.create("alert/1", replace(DISK, priority="p1"))

    assert first == second
    assert count(world) == 1


def test_missing_ticket_is_believed_after_two_looks(zendesk: Zendesk, clock: VirtualClock) -> None:
    """A creation thought lost may still arrive: only a second look a minute later counts."""
    first = zendesk.was_created(DISK)
    clock.advance(timedelta(seconds=61))

    assert isinstance(first, Unknown)
    assert isinstance(zendesk.was_created(DISK), Refused)


def test_two_looks_count_until_something_is_sent(
    zendesk: Zendesk, clock: VirtualClock, door: ZendeskDoor
) -> None:
    """Who is turned away by a limit after the looks does not begin to look anew, or never ends."""
    zendesk.was_created(DISK)
    clock.advance(timedelta(seconds=61))
    zendesk.was_created(DISK)
    door.faults.switch_on(Fault.THROTTLED, endpoint=POST, times=1)

    turned_away = zendesk.create("alert/1", DISK)

    assert isinstance(turned_away, TryLater)
    assert isinstance(zendesk.was_created(DISK), Refused)


def test_unreachable_helpdesk_is_tried_later(zendesk: Zendesk, door: ZendeskDoor) -> None:
    """What was surely not carried out waits without doubt."""
    door.faults.switch_on(Fault.REFUSED)

    assert isinstance(zendesk.create("alert/1", DISK), TryLater)


def test_unknown_group_is_refused_in_words(zendesk: Zendesk, world: World) -> None:
    """A value that the helpdesk does not have is told to people, and nothing is made."""
    outcome = zendesk.create("alert/1", replace(DISK, group="nowhere"))

    assert isinstance(outcome, Refused) and "nowhere" in outcome.reason
    assert count(world) == 0
