# SPDX-License-Identifier: GPL-3.0-or-later
"""The unmodified client library against the sandbox's Zendesk, over a real socket."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox_callers import NOW, later, unix
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, CustomField, Ticket, TicketAudit, User, Webhook

from bot.clock import VirtualClock
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk import ZendeskDoor


def _ticket(world: World, desk: Furniture, subject: str = "Slow") -> int:
    return world.create_ticket(subject, "So slow", requester=desk.customers["contoso"]).number


def test_zenpy_reads_who_it_is(zenpy: Zenpy, world: World) -> None:
    """The token belongs to the daemon's own administrator."""
    assert zenpy.users.me().id == world.daemon.user_id
    assert zenpy.users.me().role == "admin"


def test_zenpy_creates_a_ticket_with_its_requester(zenpy: Zenpy, world: World) -> None:
    """An unknown address becomes a customer; the answer holds ticket and audit."""
    made = zenpy.tickets.create(
        Ticket(
            subject="New", comment=Comment(body="Please", public=True), external_id="R-1",
            requester=User(name="Zoe", email="zoe@contoso.example"), tags=["a", "b"],
        )
    )  # fmt: skip

    assert isinstance(made, TicketAudit)
    assert [each.id for each in zenpy.tickets(external_id="R-1")] == [made.ticket.id]
    requester = world.people.user_by_email("zoe@contoso.example")
    assert requester is not None
    assert requester.organisation_id is not None


def test_zenpy_updates_fields_tags_and_comments(
    zenpy: Zenpy, world: World, desk: Furniture
) -> None:
    """One update changes values, a custom field and adds an internal note with metadata."""
    number = _ticket(world, desk)

    zenpy.tickets.update(
        Ticket(
            id=number, priority="urgent", group_id=desk.groups["First line"].group_id,
            custom_fields=[CustomField(id=desk.category.field_id, value="login")],
            comment=Comment(body="seen", public=False), metadata={"key": "k1"},
        )
    )  # fmt: skip
    zenpy.tickets.add_tags(number, ["one"])
    zenpy.tickets.delete_tags(number, ["login"])

    ticket = zenpy.tickets(id=number)
    assert (ticket.priority, ticket.tags) == ("urgent", ["one"])
    note = list(zenpy.tickets.comments(number))[-1]
    assert (note.body, note.public) == ("seen", False)
    audits = list(zenpy.tickets.audits(number))
    assert audits[1].metadata.custom == {"key": "k1"}


def test_zenpy_exports_by_cursor(
    zenpy: Zenpy, world: World, desk: Furniture, clock: VirtualClock
) -> None:
    """The export walks its pages; its cursor brings only what changed since."""
    numbers = [_ticket(world, desk, f"no. {n}") for n in range(7)]
    later(clock, 90)

    pages = zenpy.tickets.incremental(start_time=NOW, per_page=3)
    seen = [each.id for each in pages]
    world.change_ticket(numbers[2], by=desk.agents["ada"], values={"priority": "low"})
    later(clock, 90)
    again = zenpy.tickets.incremental(cursor=pages.after_cursor)

    assert seen == [desk.canary, *numbers]
    assert [each.id for each in again] == [numbers[2]]


def test_zenpy_exports_ticket_events(
    zenpy: Zenpy, world: World, desk: Furniture, clock: VirtualClock
) -> None:
    """Each audit is a row; with the sideload its comments come in full, with metadata."""
    number = _ticket(world, desk)
    later(clock, 10)
    world.add_comment(number, "hi", by=desk.agents["ada"], metadata={"key": "k"})
    later(clock, 400)

    rows = list(zenpy.tickets.events(start_time=NOW, include=["comment_events"]))

    row = next(each for each in rows if each.updater_id == desk.agents["ada"].user_id)
    (comment,) = row.child_events
    assert (row.ticket_id, row.timestamp) == (number, unix(NOW) + 10)
    assert (comment["body"], comment["metadata"]["custom"]) == ("hi", {"key": "k"})
    assert comment["id"] == world.comments(number)[-1].comment_id


def test_zenpy_updates_many_by_a_job(
    zenpy: Zenpy, world: World, desk: Furniture, clock: VirtualClock
) -> None:
    """A list of tickets is one job; its results name each of them."""
    numbers = [_ticket(world, desk) for _ in range(3)]

    job = zenpy.tickets.update([Ticket(id=each, priority="low") for each in numbers])
    first = job.status
    later(clock, 0.5)
    second = zenpy.job_status(id=job.id).status
    later(clock, 1)
    done = zenpy.job_status(id=job.id)

    assert (first, second, done.status) == ("queued", "working", "completed")
    assert [(each.id, each.success) for each in done.results] == [(n, True) for n in numbers]
    assert {each.priority for each in world.tickets() if each.number in numbers} == {"low"}


def test_zenpy_walks_long_lists_by_cursor(zenpy: Zenpy, world: World, desk: Furniture) -> None:
    """A list longer than a page comes whole and once."""
    numbers = [_ticket(world, desk) for _ in range(230)]

    found = [each.id for each in zenpy.tickets(cursor_pagination=True)]

    assert found == [desk.canary, *numbers]


def test_zenpy_reads_the_rest_of_the_desk(
    zenpy: Zenpy, desk: Furniture, clock: VirtualClock, world: World
) -> None:
    """Fields, groups, triggers, SLA policies, addresses, articles and the search answer."""
    number = _ticket(world, desk, "Unfindable zebra")
    at_once = [each.id for each in zenpy.search("zebra", type="ticket")]
    later(clock, 180)

    assert [f.title for f in zenpy.ticket_fields()] == ["Category", "Code", "Plan", "Region"]
    assert [each.name for each in zenpy.groups()] == ["First line", "Second line"]
    assert [each.id for each in zenpy.triggers()] == [desk.receipt.trigger_id]
    assert [each.title for each in zenpy.sla_policies()] == ["Standard"]
    assert [each.email for each in zenpy.recipient_addresses()] == ["support@acme.example"]
    assert [a.title for a in zenpy.help_center.articles.search(query="log")] == ["I cannot log in"]
    assert (at_once, [e.id for e in zenpy.search("zebra", type="ticket")]) == ([], [number])


def test_zenpy_makes_a_webhook_and_reads_its_secret(zenpy: Zenpy, door: ZendeskDoor) -> None:
    """A webhook made through the API is the emitter's, with the secret that signs."""
    made = zenpy.webhooks.create(
        Webhook(
            name="W", endpoint="http://127.0.0.1:9/", http_method="POST", status="active",
            request_format="json", subscriptions=["zen:event-type:ticket.created"],
        )
    )  # fmt: skip

    (known,) = door.emitter.webhooks()
    assert zenpy.webhooks.show_secret(made).secret == known.secret


def test_metrics_follow_the_audits(
    zenpy: Zenpy, world: World, desk: Furniture, clock: VirtualClock
) -> None:
    """First reply and resolution are counted in minutes from the ticket's birth."""
    number = _ticket(world, desk)
    later(clock, 600)
    world.add_comment(number, "hello", by=desk.agents["ada"])
    later(clock, 600)
    world.change_ticket(number, by=desk.agents["ada"], values={"status": "solved"})

    metric = zenpy.tickets.metrics(number)

    assert metric.reply_time_in_minutes["calendar"] == 10
    assert metric.full_resolution_time_in_minutes["calendar"] == 20
    assert metric.solved_at == "2026-03-02T09:20:00Z"
    assert datetime(2026, 3, 2, 9, 20, tzinfo=UTC) == clock.now()
