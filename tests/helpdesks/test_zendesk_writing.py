# SPDX-License-Identifier: GPL-3.0-or-later
"""How updates reach Zendesk: merged, safe, and in bulk when many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Delivered, Outcome, Refused, TryLater
from bot.rules.actions import TicketUpdate
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk import ZendeskDoor

PUT = "PUT tickets/{id}"
BULK = "PUT tickets/update_many"
JOBS = "GET job_statuses/show_many"
Make = Callable[[int], list[DeskTicket]]


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


def test_ticket_of_our_own_is_solved_under_our_name(
    zendesk: Zendesk, world: World, make: Make
) -> None:
    """Zendesk solves no ticket that nobody has."""
    number = make(1)[0].number

    one(zendesk, TicketUpdate("T", number, add_tags=frozenset({"ours"}), is_solved=True))

    ticket = world.ticket(number)
    assert ticket is not None
    assert (ticket.status, ticket.assignee_id) == ("solved", world.daemon.user_id)
    assert ticket.tags == ("old", "ours")


def test_note_opens_a_ticket_where_it_is_told_to(
    zendesk: Zendesk, world: World, make: Make
) -> None:
    """An internal note opens none by itself; what solves after it has the last word."""
    number = make(1)[0].number
    note = TicketUpdate("T", number, comment="She wrote.", is_reopened=True)
    solved = TicketUpdate("T", number, is_solved=True)

    zendesk.update({"a": solved, "b": note})
    opened = world.ticket(number)
    zendesk.update({"c": note, "d": solved})
    closed = world.ticket(number)

    assert opened is not None and closed is not None
    assert (opened.status, closed.status) == ("open", "solved")


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
