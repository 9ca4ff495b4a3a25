# SPDX-License-Identifier: GPL-3.0-or-later
"""Tickets of the sandbox's world: their audits, their own rules, their end."""

from __future__ import annotations

import threading

from sandbox_callers import later

from bot.clock import VirtualClock
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.world_values import Audit, CommentEvent, NewComment, Refusal, RefusalKind


def _ticket(world: World, desk: Furniture) -> int:
    return world.create_ticket("Slow", "So slow", requester=desk.customers["contoso"]).number


def test_one_submission_is_one_audit(world: World, desk: Furniture) -> None:
    """Values and a comment sent together stand in one audit; the comment's id is its event's."""
    number = _ticket(world, desk)

    audit = world.change_ticket(
        number, by=desk.agents["ada"], values={"priority": "high"},
        comment=NewComment("Looking", is_public=False), metadata={"k": "v"},
    )  # fmt: skip

    assert isinstance(audit, Audit)
    assert [(e.name, e.value, e.previous) for e in audit.changes] == [("priority", "high", None)]
    first = audit.events[0]
    assert isinstance(first, CommentEvent)
    assert first.event_id == audit.comments[0].comment_id
    assert world.comments(number)[-1].custom_metadata == {"k": "v"}


def test_a_drop_down_leaves_its_tag(world: World, desk: Furniture) -> None:
    """The value of a drop-down is a tag as well, and the old one goes with it."""
    number = _ticket(world, desk)
    category = desk.category.field_id

    world.change_ticket(number, by=desk.agents["ada"], fields={category: "login"})
    world.change_ticket(number, by=desk.agents["ada"], fields={category: "export"})

    ticket = world.ticket(number)
    assert ticket is not None
    assert ticket.tags == ("export",)


def test_a_drop_down_without_its_tag_is_empty(world: World, desk: Furniture) -> None:
    """Replacing all tags takes the category away as well, as in the real helpdesk."""
    number = _ticket(world, desk)
    world.change_ticket(number, by=desk.agents["ada"], fields={desk.category.field_id: "login"})

    world.change_ticket(number, by=desk.agents["ada"], values={"tags": ("vip",)})

    ticket = world.ticket(number)
    assert ticket is not None
    assert ticket.fields[desk.category.field_id] is None


def test_a_requesters_reply_opens_a_waiting_ticket(world: World, desk: Furniture) -> None:
    """Pending, on hold and solved end with the requester's reply, not with an agent's."""
    number = _ticket(world, desk)
    agent, customer = desk.agents["ada"], desk.customers["contoso"]
    seen = []
    for status in ("pending", "hold", "solved"):
        world.change_ticket(number, by=agent, values={"status": status})
        world.add_comment(number, "well?", by=agent)
        before = world.ticket(number)
        world.add_comment(number, "yes!", by=customer)
        after = world.ticket(number)
        seen.append((before and before.status, after and after.status))

    assert seen == [("pending", "open"), ("hold", "open"), ("solved", "open")]


def test_a_stale_stamp_is_refused(world: World, desk: Furniture, clock: VirtualClock) -> None:
    """A safe update loses against whoever was faster."""
    number = _ticket(world, desk)
    stamp = clock.now()
    later(clock, 5)
    world.change_ticket(number, by=desk.agents["bo"], values={"priority": "low"})

    late = world.change_ticket(
        number, by=desk.agents["ada"], values={"priority": "high"}, stamp=stamp
    )

    assert isinstance(late, Refusal)
    assert late.kind is RefusalKind.STALE


def test_unknown_and_closed_tickets_refuse(world: World, desk: Furniture) -> None:
    """A closed ticket is immutable, a deleted or unknown one is not there."""
    closed, gone = _ticket(world, desk), _ticket(world, desk)
    agent = desk.agents["ada"]
    world.change_ticket(closed, by=agent, values={"status": "closed"})
    world.delete_ticket(gone)

    kinds = [
        each.kind
        for number in (closed, gone, 10_000)
        if isinstance(each := world.add_comment(number, "x", by=agent), Refusal)
    ]

    assert kinds == [RefusalKind.CLOSED, RefusalKind.NOT_FOUND, RefusalKind.NOT_FOUND]


def test_invalid_values_are_named(world: World, desk: Furniture) -> None:
    """The helpdesk says which value it does not know, and changes nothing."""
    number = _ticket(world, desk)

    refusal = world.change_ticket(number, by=desk.agents["ada"], values={"priority": "huge"})

    assert isinstance(refusal, Refusal)
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "priority")
    assert len(world.audits(number)) == 1


def test_the_world_keeps_count_under_threads(world: World, desk: Furniture) -> None:
    """Eight people who write at once make as many tickets and as many journal entries."""
    before = len(world.tickets())

    def write() -> None:
        for _ in range(25):
            number = _ticket(world, desk)
            world.add_comment(number, "me too", by=desk.customers["contoso"])

    threads = [threading.Thread(target=write) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(world.tickets()) - before == 200
    assert len(world.journal.of("ticket_changed")) == 200
    ids = [event.event_id for audit in world.desk.audits() for event in audit.events]
    assert len(ids) == len(set(ids))
