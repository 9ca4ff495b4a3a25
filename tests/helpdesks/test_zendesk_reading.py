# SPDX-License-Identifier: GPL-3.0-or-later
"""What the adapter makes of Zendesk's exports and tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Page, Trouble, TroubleKind
from bot.rules.actions import TicketUpdate
from bot.rules.events import CommentAdded, FieldChanged, TicketGone, TicketSeen
from bot.rules.policy import HelpdeskMap
from bot.rules.ticket import Actor, Snapshot, Status
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk import ZendeskDoor

TICKETS = "GET incremental/tickets/cursor"
EVENTS = "GET incremental/ticket_events"


def page(read: Page | Trouble) -> Page:
    assert isinstance(read, Page), read
    return read


def help_asked(world: World, desk: Furniture, subject: str = "Help") -> DeskTicket:
    return world.create_ticket(subject, "I cannot log in", requester=desk.customers["northwind"])


def a_minute_later(clock: VirtualClock) -> None:
    clock.advance(timedelta(seconds=61))


def test_export_speaks_own_names(
    zendesk: Zendesk, world: World, desk: Furniture, clock: VirtualClock, start: datetime
) -> None:
    """A ticket's values arrive in the desk's names, wherever the helpdesk keeps them."""
    ticket = help_asked(world, desk)
    group = desk.groups["First line"].group_id
    world.change_ticket(
        ticket.number,
        by=desk.agents["ada"],
        values={"priority": "urgent", "group_id": group, "assignee_id": desk.agents["ada"].user_id},
        fields={desk.category.field_id: "cat_login", desk.code.field_id: "A7"},
    )
    a_minute_later(clock)

    read = page(zendesk.tickets_since(None, start))

    (event,) = read.events
    assert isinstance(event.fact, TicketSeen)
    seen = event.fact.snapshot
    assert (seen.priority, seen.helpdesk_priority) == ("p1", "urgent")
    assert (seen.category, seen.group, seen.organisation) == ("login", "first", "Northwind")
    assert seen.fields == {"code": "A7", "plan": "enterprise"}
    assert seen.requester.email == "nora@northwind.example"
    assert seen.assignee is not None and seen.assignee.email == "ada@acme.example"
    assert (event.stream, event.source) == (f"ticket/{ticket.number}", "export")


def test_export_needs_no_extra_reads(
    zendesk: Zendesk, world: World, desk: Furniture, door: ZendeskDoor, clock: VirtualClock,
    start: datetime,
) -> None:  # fmt: skip
    """However many tickets changed, two requests bring them with people, groups and changes."""
    for number in range(40):
        help_asked(world, desk, f"Help {number}")
    a_minute_later(clock)
    zendesk.tickets([desk.canary])
    door.forget_calls()

    tickets = page(zendesk.tickets_since(None, start))
    changes = page(zendesk.changes_since(None, start))

    assert door.calls == {TICKETS: 1, EVENTS: 1}
    assert (len(tickets.events), len(changes.events)) == (40, 40)


def test_export_goes_on_where_it_stopped(
    zendesk: Zendesk, world: World, desk: Furniture, clock: VirtualClock, start: datetime
) -> None:
    """The cursor of the last page brings what came after it, and nothing twice."""
    help_asked(world, desk, "first")
    a_minute_later(clock)
    first = page(zendesk.tickets_since(None, start))
    idle = page(zendesk.tickets_since(first.cursor, start))
    help_asked(world, desk, "second")
    a_minute_later(clock)

    second = page(zendesk.tickets_since(idle.cursor, start))

    assert (len(first.events), len(idle.events), len(second.events)) == (1, 0, 1)
    assert isinstance(second.events[0].fact, TicketSeen)
    assert second.events[0].fact.snapshot.subject == "second"


def test_every_change_is_one_event(
    zendesk: Zendesk, world: World, desk: Furniture, clock: VirtualClock, start: datetime
) -> None:
    """Replies, notes and changed fields come with their instant and whoever made them."""
    ticket, ada = help_asked(world, desk), desk.agents["ada"]
    clock.advance(timedelta(seconds=5))
    world.add_comment(ticket.number, "Looking.", by=ada)
    world.add_comment(ticket.number, "Odd.", by=ada, is_public=False)
    world.change_ticket(ticket.number, by=ada, values={"status": "pending", "priority": "high"})
    clock.advance(timedelta(seconds=5))
    world.add_comment(ticket.number, "Thanks!", by=desk.customers["northwind"])
    a_minute_later(clock)

    events = page(zendesk.changes_since(None, start)).events

    comments = [each.fact for each in events if isinstance(each.fact, CommentAdded)]
    assert [(each.body, each.actor, each.is_public, each.is_first) for each in comments] == [
        ("I cannot log in", Actor.REQUESTER, True, True),
        ("Looking.", Actor.AGENT, True, False),
        ("Odd.", Actor.AGENT, False, False),
        ("Thanks!", Actor.REQUESTER, True, False),
    ]
    changes = [each.fact for each in events if isinstance(each.fact, FieldChanged)]
    assert [(each.field, each.old, each.new, each.actor) for each in changes] == [
        ("status", "new", "pending", Actor.AGENT),
        ("priority", None, "p2", Actor.AGENT),
        ("status", "pending", "open", Actor.REQUESTER),
    ]
    assert ticket.created_at + timedelta(seconds=10) == events[-1].at


def test_own_writes_are_known_by_their_key(
    zendesk: Zendesk, world: World, desk: Furniture, clock: VirtualClock, start: datetime
) -> None:
    """What we wrote ourselves comes back as our own, with the key it was written under."""
    ticket = help_asked(world, desk)
    zendesk.update({"rule/7": TicketUpdate("T", ticket.number, priority="p1", comment="Noted.")})
    a_minute_later(clock)

    events = page(zendesk.changes_since(None, start)).events

    ours = [e.fact for e in events if isinstance(e.fact, FieldChanged | CommentAdded)][1:]
    assert {Actor.SELF} == {each.actor for each in ours}
    assert {"rule/7"} == {each.own_key for each in ours}


def test_trigger_in_our_audit_is_the_system(
    zendesk: Zendesk, world: World, desk: Furniture, clock: VirtualClock, start: datetime
) -> None:
    """What the helpdesk's own automation does is neither ours nor an agent's."""
    ticket = help_asked(world, desk)
    world.change_ticket(
        ticket.number, by=desk.agents["ada"], values={"priority": "low"}, via="rule"
    )
    a_minute_later(clock)

    events = page(zendesk.changes_since(None, start)).events

    assert isinstance(events[-1].fact, FieldChanged)
    assert events[-1].fact.actor == Actor.SYSTEM


def test_deleted_and_scrubbed_tickets_are_gone(
    zendesk: Zendesk, world: World, desk: Furniture, clock: VirtualClock, start: datetime
) -> None:
    """A ticket that the helpdesk lost is reported as gone, and how."""
    deleted, scrubbed = help_asked(world, desk), help_asked(world, desk)
    world.delete_ticket(deleted.number)
    world.scrub_ticket(scrubbed.number)
    a_minute_later(clock)

    events = page(zendesk.tickets_since(None, start)).events

    assert [
        TicketGone(deleted.number, "deleted"), TicketGone(scrubbed.number, "scrubbed"),
    ] == [each.fact for each in events]  # fmt: skip


def test_empty_page_is_not_the_end(
    zendesk: Zendesk, world: World, desk: Furniture, door: ZendeskDoor, clock: VirtualClock,
    start: datetime,
) -> None:  # fmt: skip
    """An empty page that says there is more is asked to go on."""
    help_asked(world, desk)
    a_minute_later(clock)
    door.faults.switch_on(Fault.EMPTY_PAGE, endpoint=TICKETS, times=1)

    empty = page(zendesk.tickets_since(None, start))
    full = page(zendesk.tickets_since(empty.cursor, start))

    assert (len(empty.events), empty.is_last) == (0, False)
    assert (len(full.events), full.is_last) == (1, True)


def test_repeated_rows_have_the_same_keys(
    zendesk: Zendesk, world: World, desk: Furniture, door: ZendeskDoor, clock: VirtualClock,
    start: datetime,
) -> None:  # fmt: skip
    """Rows that come twice are the same events, so the inbox keeps one."""
    help_asked(world, desk)
    a_minute_later(clock)
    for endpoint in (TICKETS, EVENTS):
        door.faults.switch_on(Fault.DUPLICATE_ROWS, endpoint=endpoint)

    for read in (zendesk.tickets_since(None, start), zendesk.changes_since(None, start)):
        keys = [each.key for each in page(read).events]
        assert (len(keys), len(set(keys))) == (2, 1)


def test_single_ticket_is_read_whole(zendesk: Zendesk, world: World, desk: Furniture) -> None:
    """One ticket can be read as it is now, with people and organisation."""
    ticket = help_asked(world, desk)

    snapshot = zendesk.tickets([ticket.number])[ticket.number]

    assert isinstance(snapshot, Snapshot)
    assert (snapshot.status, snapshot.organisation) == (Status.NEW, "Northwind")
    assert snapshot.fields["plan"] == "enterprise"


def test_missing_ticket_is_not_found(zendesk: Zendesk) -> None:
    """A ticket that is not there is told from a helpdesk that is not there."""
    missing = zendesk.tickets([4711])[4711]

    assert isinstance(missing, Trouble)
    assert missing.kind == TroubleKind.NOT_FOUND


def test_examine_finds_everything_in_place(zendesk: Zendesk) -> None:
    """Credentials, export, fields, groups, canary and the receipt trigger are all looked at."""
    findings = zendesk.examine()

    assert len(findings) == 7
    assert all(each.is_ok for each in findings), findings


def test_examine_names_what_is_missing(zendesk: Zendesk, names: HelpdeskMap) -> None:
    """What the policy names and the helpdesk lacks is named with what to do."""
    zendesk.use(replace(names, fields={"shoe": "Shoe size"}, groups={"x": "Nobody"}, canary=4711))

    wrong = {each.what for each in zendesk.examine() if not each.is_ok}

    assert {"zendesk field shoe", "zendesk group x", "zendesk canary"} == wrong


def test_organisations_that_lack_a_fact_are_named(
    zendesk: Zendesk, names: HelpdeskMap, world: World
) -> None:
    """Where a rule reads an organisation's field, those without a value are counted and named."""
    world.people.add_organisation("Bare Ltd")
    zendesk.use(replace(names, fields={**names.fields, "size": "organization.size"}))

    plan, size = zendesk.organisations_lacking(["plan", "size", "code"])

    assert (plan.what, plan.is_ok) == ("zendesk organisations' plan", False)
    assert "Bare Ltd" in plan.detail and "if_unknown" in plan.advice
    assert size.detail.startswith("5 of 5 have none: Acme, ")


def test_our_addresses_are_no_support_addresses(zendesk: Zendesk, world: World) -> None:
    """A mail of ours to an address at which tickets are made would come back as one."""
    world.shelf.add_support_address("Help", "Help@Acme.example")

    [wrong] = zendesk.taken_in({"help@acme.example": "people lead: mail", "a@b.example": "x"})
    [right] = zendesk.taken_in({"a@b.example": "x"})

    assert (wrong.what, wrong.is_ok) == ("people lead: mail", False)
    assert right.is_ok
