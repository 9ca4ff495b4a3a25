# SPDX-License-Identifier: GPL-3.0-or-later
"""How updates reach Zendesk: merged, safe, in bulk when many, and looked for when in doubt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import TicketUpdate
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk import ZendeskDoor

PUT = "PUT tickets/{id}"
BULK = "PUT tickets/update_many"
JOBS = "GET job_statuses/show_many"
Make = Callable[[int], list[DeskTicket]]


@pytest.fixture
def make(world: World, desk: Furniture) -> Make:
    """Makes so many tickets, each with the tag `old`."""

    def made(count: int) -> list[DeskTicket]:
        return [
            world.create_ticket(
                f"Help {each}", "Please", requester=desk.customers["contoso"],
                values={"tags": ("old",)},
            )
            for each in range(count)
        ]  # fmt: skip

    return made


def one(zendesk: Zendesk, update: TicketUpdate) -> Outcome:
    return zendesk.update({"key": update})["key"]


def noted(world: World, number: int) -> list[str]:
    return [each.body for each in world.comments(number)[1:]]


def test_update_speaks_the_helpdesks_words(
    zendesk: Zendesk, world: World, desk: Furniture, make: Make
) -> None:
    """Own codes become the helpdesk's values, fields and groups; comments are internal."""
    (ticket,) = make(1)

    outcome = one(
        zendesk,
        TicketUpdate(
            "T", ticket.number, priority="p2", category="login", group="first",
            assignee_email="bo@acme.example", add_tags=frozenset({"vip"}), fields={"code": "B9"},
            comment="Seen.",
        ),
    )  # fmt: skip

    now = world.ticket(ticket.number)
    assert isinstance(outcome, Delivered)
    assert now is not None
    assert ("high", desk.groups["First line"].group_id) == (now.priority, now.group_id)
    assert {desk.category.field_id: "cat_login", desk.code.field_id: "B9"} == now.fields
    assert now.tags == ("cat_login", "old", "vip")
    assert desk.agents["bo"].user_id == now.assignee_id
    assert not world.comments(ticket.number)[-1].is_public


def test_updates_of_one_ticket_are_one_write(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make
) -> None:
    """Several decisions on one ticket go out as one change that carries all their keys."""
    number = make(1)[0].number

    outcomes = zendesk.update(
        {
            "a": TicketUpdate("T", number, priority="p1", add_tags=frozenset({"x", "y"})),
            "b": TicketUpdate("T", number, priority="p2", remove_tags=frozenset({"y", "old"})),
            "c": TicketUpdate("T", number, comment="Why."),
        }
    )

    ticket = world.ticket(number)
    assert ticket is not None
    assert (ticket.priority, ticket.tags) == ("high", ("x",))
    assert door.calls[PUT] == 1
    assert all(isinstance(each, Delivered) for each in outcomes.values())
    assert world.audits(number)[-1].custom_metadata == {"deskmate_key": ["a", "b", "c"]}


def test_two_comments_stay_two_in_order(zendesk: Zendesk, world: World, make: Make) -> None:
    """A second comment on a ticket is a second write, after the first."""
    number = make(1)[0].number

    zendesk.update({key: TicketUpdate("T", number, comment=f"Note {key}.") for key in ("a", "b")})

    assert noted(world, number) == ["Note a.", "Note b."]


def test_nothing_to_change_is_not_written(zendesk: Zendesk, door: ZendeskDoor, make: Make) -> None:
    """A ticket that is as wanted already is left alone."""
    number = make(1)[0].number

    outcome = one(zendesk, TicketUpdate("T", number, add_tags=frozenset({"old"})))

    assert Delivered("unchanged") == outcome
    assert door.calls[PUT] == 0


def test_many_updates_are_one_job(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make
) -> None:
    """More than a few tickets are written by bulk jobs, each with its own change and key."""
    numbers = [each.number for each in make(120)]

    outcomes = zendesk.update(
        {
            f"k{number}": TicketUpdate(
                "T", number, add_tags=frozenset({f"t{number}"}), remove_tags=frozenset({"old"}),
                comment=f"For {number}.",
            )
            for number in numbers
        }
    )  # fmt: skip

    assert {key: door.calls[key] for key in (BULK, JOBS)} == {BULK: 2, JOBS: 1}
    assert all(isinstance(each, Delivered) for each in outcomes.values())
    for number in numbers:
        ticket = world.ticket(number)
        assert ticket is not None
        assert (f"t{number}",) == ticket.tags
        assert {"deskmate_key": f"k{number}"} == world.audits(number)[-1].custom_metadata


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


def test_tag_of_a_faster_agent_survives(
    zendesk: Zendesk, world: World, desk: Furniture, make: Make, clock: VirtualClock
) -> None:
    """Adding a tag keeps the tags that others added."""
    number = make(1)[0].number
    world.change_ticket(number, by=desk.agents["ada"], values={"tags": ("old", "agents")})
    clock.advance(timedelta(seconds=2))

    one(zendesk, TicketUpdate("T", number, add_tags=frozenset({"ours"})))

    ticket = world.ticket(number)
    assert ticket is not None
    assert ticket.tags == ("agents", "old", "ours")


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


def test_ticket_is_not_written_too_often(zendesk: Zendesk, door: ZendeskDoor, make: Make) -> None:
    """The limit of updates per ticket is kept before Zendesk has to say so."""
    number = make(1)[0].number

    outcomes = [
        one(zendesk, TicketUpdate("T", number, comment=f"Note {each}.")) for each in range(30)
    ]

    assert sum(isinstance(each, Delivered) for each in outcomes) == 28
    assert isinstance(outcomes[-1], TryLater) and outcomes[-1].after == 600.0
    assert door.calls[PUT] == 28


def test_hopeless_updates_are_refused(zendesk: Zendesk, world: World, make: Make) -> None:
    """A ticket that is gone, a closed one and unknown names are refused with what to do."""
    gone, closed, fine = make(3)
    world.delete_ticket(gone.number)
    world.change_ticket(closed.number, by=world.daemon, values={"status": "closed"})

    outcomes = zendesk.update(
        {
            "gone": TicketUpdate("T", gone.number, priority="p1"),
            "closed": TicketUpdate("T", closed.number, priority="p1"),
            "group": TicketUpdate("T", fine.number, group="nobody"),
            "field": TicketUpdate("T", fine.number, fields={"shoe": "44"}),
        }
    )

    assert {Refused} == {type(each) for each in outcomes.values()}
    assert all(each.reason and each.advice for each in outcomes.values())  # type: ignore[union-attr]


def test_one_bad_value_spoils_no_other_decision(zendesk: Zendesk, world: World, make: Make) -> None:
    """What is merged and refused is tried apart, so that the good part goes through."""
    number = make(1)[0].number

    outcomes = zendesk.update(
        {
            "good": TicketUpdate("T", number, priority="p1"),
            "bad": TicketUpdate("T", number, assignee_email="nobody@acme.example"),
        }
    )

    assert (Delivered, Refused) == (type(outcomes["good"]), type(outcomes["bad"]))


def test_case_without_number_waits(zendesk: Zendesk) -> None:
    """A case that the helpdesk does not have yet keeps its updates."""
    assert isinstance(one(zendesk, TicketUpdate("T", None, priority="p1")), TryLater)


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
