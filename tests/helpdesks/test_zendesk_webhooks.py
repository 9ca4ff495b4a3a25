# SPDX-License-Identifier: GPL-3.0-or-later
"""What the adapter reads out of Zendesk's webhooks, and that it agrees with the export."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Page
from bot.rules.events import CommentAdded, Event, FieldChanged, TicketGone, TicketSeen
from bot.rules.probes import CanarySeen
from bot.rules.ticket import Actor
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.world_values import TicketNews
from bot.sandbox.zendesk_payloads import event_bodies, trigger_body
from bot.sandbox.zendesk_webhook import DEFAULT_TRIGGER_BODY

PREFIX = "zen:event-type:ticket."


class Post:
    """Collects what the helpdesk's webhooks would deliver."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.news: list[TicketNews] = []
        world.desk.listen(self.news.append)

    def bodies(self) -> list[bytes]:
        people = self.world.people
        return [body for each in self.news for _, body in event_bodies(each, people, account_id=1)]

    def triggered(self) -> list[bytes]:
        people = self.world.people
        return [trigger_body(DEFAULT_TRIGGER_BODY, each, people) for each in self.news]


@pytest.fixture
def post(world: World, zendesk: Zendesk, desk: Furniture, start: datetime) -> Post:
    """A post that begins once the adapter knows who we are and has seen a ticket of each group."""
    ada = desk.agents["ada"]
    values = {"group_id": desk.groups["First line"].group_id, "assignee_id": ada.user_id}
    for key in ("northwind", "contoso"):
        world.create_ticket("Earlier", "x", requester=desk.customers[key], values=values)
    assert isinstance(world.clock, VirtualClock)
    world.clock.advance(timedelta(seconds=61))
    zendesk.tickets_since(None, start)
    return Post(world)


def read(zendesk: Zendesk, bodies: list[bytes], now: datetime) -> list[Event]:
    return [event for body in bodies for event in zendesk.read_webhook(body, now)]


def body_of(kind: str, event: object = None, **detail: object) -> bytes:
    shown = {"id": "7", "actor_id": "1", "requester_id": "2", "tags": ["a"], **detail}
    sent = {
        "type": PREFIX + kind, "id": "u-1", "time": "2026-03-02T09:00:00.123456789Z",
        "subject": "zen:ticket:7", "detail": shown, "event": {} if event is None else event,
    }  # fmt: skip
    return json.dumps(sent).encode()


def test_webhooks_and_export_agree(
    zendesk: Zendesk, world: World, desk: Furniture, post: Post, clock: VirtualClock
) -> None:
    """News of a webhook has the key, the values and the actor that the export gives it later."""
    ada, number = desk.agents["ada"], world.tickets()[-1].number
    begin = clock.now()
    clock.advance(timedelta(milliseconds=400))
    world.add_comment(number, "Looking.", by=ada)
    world.add_comment(number, "Odd.", by=ada, is_public=False)
    world.add_comment(number, "Thanks!", by=desk.customers["contoso"])
    world.change_ticket(
        number, by=ada,
        values={"status": "pending", "priority": "urgent", "group_id": None, "tags": ("a", "b")},
        fields={desk.category.field_id: "cat_login"},
    )  # fmt: skip
    world.change_ticket(number, by=ada, values={"assignee_id": None})

    sooner = read(zendesk, post.bodies(), clock.now())
    clock.advance(timedelta(seconds=61))
    later = zendesk.changes_since(None, begin)

    assert isinstance(later, Page)
    exported = {each.key: each.fact for each in later.events}
    assert exported == {each.key: each.fact for each in sooner}
    assert len(sooner) == 9


def test_own_echo_is_told_from_others(
    zendesk: Zendesk, world: World, desk: Furniture, post: Post
) -> None:
    """A delivery about our own change is ours."""
    world.change_ticket(2, by=world.daemon, values={"priority": "low"})

    (event,) = read(zendesk, post.bodies(), world.clock.now())

    assert isinstance(event.fact, FieldChanged)
    assert event.fact.actor == Actor.SELF


def test_created_ticket_is_seen_at_once(
    zendesk: Zendesk, world: World, desk: Furniture, post: Post
) -> None:
    """A new ticket is known from its delivery; what only the ticket holds waits for the export."""
    made = world.create_ticket("Printer", "It burns", requester=desk.customers["northwind"])

    (event,) = read(zendesk, post.bodies(), world.clock.now())

    assert isinstance(event.fact, TicketSeen)
    seen = event.fact.snapshot
    assert (made.number, "Printer", "It burns") == (seen.number, seen.subject, seen.description)
    assert (seen.organisation, seen.requester.email) == ("Northwind", "nora@northwind.example")
    assert seen.fields == {"plan": "enterprise"}


def test_deleted_tickets_are_gone(zendesk: Zendesk, world: World, post: Post) -> None:
    """Deleting and scrubbing arrive as the end of a ticket."""
    world.delete_ticket(2)
    world.scrub_ticket(3)

    facts = [each.fact for each in read(zendesk, post.bodies(), world.clock.now())]

    assert [TicketGone(2, "deleted"), TicketGone(3, "scrubbed")] == facts


def test_canary_is_nobodys_news(
    zendesk: Zendesk, world: World, desk: Furniture, post: Post
) -> None:
    """Our own write probes make no events."""
    world.change_ticket(desk.canary, by=world.daemon, values={"priority": "low"})

    assert read(zendesk, post.bodies(), world.clock.now()) == []


def test_written_canary_comes_back_by_both_ways(
    zendesk: Zendesk, world: World, post: Post, start: datetime
) -> None:
    """The counter of a write probe shows that webhooks and lists work."""
    zendesk.probe_write(1772442000)
    now = world.clock.now()
    assert isinstance(world.clock, VirtualClock)
    world.clock.advance(timedelta(seconds=61))

    listed = zendesk.tickets_since(None, start)

    assert isinstance(listed, Page)
    facts = [event.fact for event in (*read(zendesk, post.bodies(), now), *listed.events)]
    seen = [fact for fact in facts if isinstance(fact, CanarySeen)]
    assert seen == [CanarySeen(1772442000, "webhook"), CanarySeen(1772442000, "export")]


def test_nothing_is_guessed_before_we_know_ourselves(
    zendesk: Zendesk, world: World, desk: Furniture
) -> None:
    """Until our own user is known, changes are left to the export rather than misread."""
    post = Post(world)
    world.change_ticket(desk.canary, by=world.daemon, values={"priority": "low"})
    world.create_ticket("x", "y", requester=desk.customers["northwind"])

    assert read(zendesk, post.bodies(), world.clock.now()) == []


def test_unknown_group_is_left_to_the_export(zendesk: Zendesk, post: Post) -> None:
    """An id whose name we never saw would get another key than the export's."""
    body = body_of("group_assignment_changed", {"current": "999", "previous": None})

    assert tuple(zendesk.read_webhook(body, post.world.clock.now())) == ()


@pytest.mark.parametrize("kind", ["custom_status_changed", "csat_received", "sla_policy_changed"])
def test_known_but_useless_types_are_nothing(zendesk: Zendesk, post: Post, kind: str) -> None:
    """A type we know and need not is taken without an event."""
    assert tuple(zendesk.read_webhook(body_of(kind), post.world.clock.now())) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"not json", b"[]", b"null", b'"text"', b'{"type": "zen:event-type:user.created"}',
        body_of("teleported"), b'{"type": "zen:event-type:ticket.created"}',
        body_of("comment_added"), body_of("created", id="x"),
        body_of("comment_added", {"comment": "text"}), b"{" * 5000,
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_nonsense_has_a_reason(zendesk: Zendesk, post: Post, body: bytes) -> None:
    """What cannot be read says why, with an error that the door knows."""
    with pytest.raises(ValueError) as raised:
        zendesk.read_webhook(body, post.world.clock.now())

    assert str(raised.value)


def test_comment_of_a_stranger_is_the_requesters_side(zendesk: Zendesk, post: Post) -> None:
    """Who is not staff is on the requester's side, staff that asks for itself too."""

    def author(user_id: str, is_staff: bool) -> Actor:
        comment = {
            "id": "9", "body": "Hi", "is_public": True,
            "author": {"id": user_id, "is_staff": is_staff, "name": "X"},
        }  # fmt: skip
        body = body_of("comment_added", {"comment": comment})
        (event,) = zendesk.read_webhook(body, post.world.clock.now())
        assert isinstance(event.fact, CommentAdded)
        return event.fact.actor

    assert [
        author("5", False), author("5", True), author("2", True),
    ] == [Actor.REQUESTER, Actor.AGENT, Actor.REQUESTER]  # fmt: skip


def test_trigger_names_present_values(
    zendesk: Zendesk, world: World, desk: Furniture, post: Post
) -> None:
    """A trigger's delivery tells status and priority under the export's keys."""
    world.change_ticket(2, by=desk.agents["ada"], values={"status": "hold", "priority": "high"})

    facts = [
        event.fact
        for body in post.triggered()
        for event in zendesk.read_trigger(body, world.clock.now())
    ]

    assert [(each.field, each.new) for each in facts if isinstance(each, FieldChanged)] == [
        ("status", "hold"),
        ("priority", "p2"),
    ]


def test_broken_trigger_body_is_searched(zendesk: Zendesk, post: Post) -> None:
    """A customer's quotation mark that breaks the JSON hides neither ticket nor status."""
    body = b'{"ticket_id": "7", "title": "He said "no"\n twice", "status": "On-hold"}'

    (event,) = zendesk.read_trigger(body, post.world.clock.now())

    assert isinstance(event.fact, FieldChanged)
    assert (event.fact.number, event.fact.field, event.fact.new) == (7, "status", "hold")


def test_trigger_without_ticket_is_nonsense(zendesk: Zendesk, post: Post) -> None:
    """A body that names no ticket can be of no use."""
    with pytest.raises(ValueError, match="ticket_id"):
        zendesk.read_trigger(b'{"hello": "world"}', post.world.clock.now())
