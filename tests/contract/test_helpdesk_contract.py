# SPDX-License-Identifier: GPL-3.0-or-later
"""Both doors of the sandbox say the same: the fake port, and the real adapter over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.ports import (
    ArticlePage,
    ContactPage,
    Contacts,
    Delivered,
    Enclosed,
    Helpdesk,
    Page,
    Refused,
    Sought,
    Trouble,
    TroubleKind,
)
from bot.rules.actions import TicketCreation, TicketMessage, TicketUpdate
from bot.rules.events import CommentAdded, FieldChanged, TicketGone, TicketSeen
from bot.rules.mail import Twin
from bot.rules.policy import HelpdeskMap
from bot.rules.probes import Verdict
from bot.rules.ticket import Actor, Person, Snapshot
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture, furnish
from bot.sandbox.world_values import NewComment
from bot.sandbox.zendesk import ZendeskDoor

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WITHHELD = timedelta(seconds=60)


@dataclass
class Door:
    """One world and one way into it."""

    world: World
    furniture: Furniture
    clock: VirtualClock
    helpdesk: Helpdesk

    def ticket(self, subject: str = "Portal", **values: str) -> int:
        customer = self.furniture.customers["contoso"]
        made = self.world.create_ticket(subject, "Hello", requester=customer, values=values)
        return made.number

    def pass_by(self) -> None:
        self.clock.advance(WITHHELD + timedelta(seconds=2))

    def seen(self) -> list[Snapshot]:
        page = self.helpdesk.tickets_since(None, START - timedelta(hours=1))
        assert isinstance(page, Page), page
        return [e.fact.snapshot for e in page.events if isinstance(e.fact, TicketSeen)]

    def changes(self) -> list[CommentAdded | FieldChanged]:
        page = self.helpdesk.changes_since(None, START - timedelta(hours=1))
        assert isinstance(page, Page), page
        facts = [event.fact for event in page.events]
        return [f for f in facts if isinstance(f, CommentAdded | FieldChanged)]


def enclosed(mail: str) -> tuple[Enclosed, ...]:
    """Each mail has one file, called as the mail is."""
    return (Enclosed(f"{mail}.txt", "text/plain", b"x"),)


@pytest.fixture(params=["fake", "zendesk"])
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    """The same furnished world behind either door, two minutes after its beginning."""
    clock = VirtualClock(START)
    world = World(clock)
    furniture = furnish(world)
    names = HelpdeskMap(
        fields={"category": "Category", "plan": "organization.plan"},
        priorities={"p1": "urgent", "p2": "normal"},
        groups={"first": "First line"},
        canary=furniture.canary,
    )
    clock.advance(timedelta(minutes=2))
    if request.param == "fake":
        fake = FakeHelpdesk(world, names, withhold=WITHHELD, enclosures=enclosed)
        yield Door(world, furniture, clock, fake)
        return
    served = ZendeskDoor(world, withhold=WITHHELD.total_seconds())
    served.start()
    access = ZendeskAccess(served.url, "deskmate", "sandbox-secret")
    zendesk = Zendesk(access, names, clock, withheld=WITHHELD, enclosures=enclosed)
    yield Door(world, furniture, clock, zendesk)
    zendesk.close()
    served.stop()


def test_ticket_is_seen_in_own_names(door: Door) -> None:
    """Priority, organisation, plan and requester come as the desk calls them."""
    number = door.ticket(priority="urgent")
    door.pass_by()

    [snapshot] = door.seen()

    assert snapshot.number == number
    assert (snapshot.priority, snapshot.helpdesk_priority) == ("p1", "urgent")
    assert snapshot.organisation == "Contoso"
    assert snapshot.fields["plan"] == "professional"
    assert snapshot.requester.email == "carl@contoso.example"


def test_newest_minute_is_withheld(door: Door) -> None:
    """What was changed within the last minute is not shown yet, by either door."""
    door.ticket()

    assert door.seen() == []


def test_cursor_goes_on_where_it_stopped(door: Door) -> None:
    """A second look with the first one's cursor brings only what moved since."""
    door.ticket("one")
    door.pass_by()
    first = door.helpdesk.tickets_since(None, START)
    assert isinstance(first, Page)
    door.ticket("two")
    door.pass_by()

    second = door.helpdesk.tickets_since(first.cursor, START)

    assert isinstance(second, Page)
    subjects = [e.fact.snapshot.subject for e in second.events if isinstance(e.fact, TicketSeen)]
    assert subjects == ["two"]


def test_replies_and_changes_name_their_actor(door: Door) -> None:
    """Each reply, note and change is one fact with who did it."""
    number = door.ticket()
    ada = door.furniture.agents["ada"]
    customer = door.furniture.customers["contoso"]
    door.world.change_ticket(number, by=ada, values={"priority": "urgent"})
    door.world.change_ticket(number, by=ada, comment=NewComment("note", is_public=False))
    door.world.change_ticket(number, by=customer, comment=NewComment("and?"))
    door.pass_by()

    facts = door.changes()

    comments = [(f.body, f.actor, f.is_public, f.is_first) for f in facts
                if isinstance(f, CommentAdded)]  # fmt: skip
    assert comments == [
        ("Hello", Actor.REQUESTER, True, True),
        ("note", Actor.AGENT, False, False),
        ("and?", Actor.REQUESTER, True, False),
    ]
    priority = [f for f in facts if isinstance(f, FieldChanged) and f.field == "priority"]
    assert [(f.old, f.new, f.actor) for f in priority] == [(None, "p1", Actor.AGENT)]


def test_deleted_ticket_is_gone(door: Door) -> None:
    """A deletion is told as such, and the ticket cannot be read any more."""
    number = door.ticket()
    door.world.delete_ticket(number)
    door.pass_by()

    page = door.helpdesk.tickets_since(None, START)

    assert isinstance(page, Page)
    assert [e.fact for e in page.events] == [TicketGone(number, "deleted")]
    trouble = door.helpdesk.tickets([number])[number]
    assert isinstance(trouble, Trouble) and trouble.kind is TroubleKind.NOT_FOUND


def test_update_is_written_and_recognised(door: Door) -> None:
    """Priority, category, group, tags and note arrive, and come back as our own."""
    number = door.ticket()
    update = TicketUpdate(
        "t", number, priority="p1", category="incident", group="first",
        add_tags=frozenset({"outage"}), comment="Told the team.",
    )  # fmt: skip

    outcome = door.helpdesk.update({"key-1": update})["key-1"]
    door.pass_by()

    assert isinstance(outcome, Delivered)
    ticket = door.world.ticket(number)
    assert ticket is not None and ticket.priority == "urgent" and "outage" in ticket.tags
    own = [f for f in door.changes() if f.number == number and f.actor is Actor.SELF]
    assert {f.field for f in own if isinstance(f, FieldChanged)} >= {"priority", "category", "tags"}
    assert [f.own_key for f in own if isinstance(f, CommentAdded)] == ["key-1"]


def test_doubtful_update_is_looked_up(door: Door) -> None:
    """After a lost answer the key on the ticket says whether it was carried out."""
    number = door.ticket()
    update = TicketUpdate("t", number, comment="Told the team.")
    before = door.helpdesk.was_applied("key-1", update)
    door.helpdesk.update({"key-1": update})

    assert isinstance(before, Refused)
    assert isinstance(door.helpdesk.was_applied("key-1", update), Delivered)


def test_update_of_a_deleted_ticket_is_refused(door: Door) -> None:
    """There is nothing to write to, now or later."""
    number = door.ticket()
    door.world.delete_ticket(number)

    outcome = door.helpdesk.update({"k": TicketUpdate("t", number, priority="p1")})["k"]

    assert isinstance(outcome, Refused)


def test_helpdesk_that_is_down_says_so(door: Door) -> None:
    """Reads are trouble of the kind "down", probes find it down, and up again afterwards."""
    door.world.faults.switch_on(Fault.UNAVAILABLE_PAGE)
    trouble = door.helpdesk.tickets_since(None, START)
    down = door.helpdesk.probe_read()
    door.world.faults.clear()

    assert isinstance(trouble, Trouble) and trouble.kind is TroubleKind.DOWN
    assert down.verdict is Verdict.DOWN
    assert door.helpdesk.probe_edge().verdict is Verdict.OK
    assert door.helpdesk.probe_read().verdict is Verdict.OK
    assert door.helpdesk.probe_write(1).verdict is Verdict.OK


def test_many_updates_end_alike(door: Door) -> None:
    """Twelve tickets written at once, among them one that is gone."""
    numbers = [door.ticket(f"ticket {n}") for n in range(12)]
    door.world.delete_ticket(numbers[5])
    base = TicketUpdate("t", None, add_tags=frozenset({"seen"}))
    updates = {f"k{n}": replace(base, number=n, ticket_id=f"t{n}") for n in numbers}

    outcomes = door.helpdesk.update(updates)

    kinds = [type(outcomes[f"k{n}"]) for n in numbers]
    assert kinds == [Refused if n == numbers[5] else Delivered for n in numbers]


def creation(**more: object) -> TicketCreation:
    base = TicketCreation("t9", "deskmate:t9", "Disk full", (TicketMessage("No space left"),))
    return replace(base, **more)  # type: ignore[arg-type]


def test_ticket_is_created_once_in_own_names(door: Door) -> None:
    """The same key twice is one ticket, with our values, our words and our name for it."""
    wanted = creation(
        priority="p1", category="incident", group="first", tags=frozenset({"monitoring"})
    )

    first, second = (door.helpdesk.create("alert/1", wanted) for _ in range(2))
    door.pass_by()

    assert isinstance(first, Delivered) and first == second
    [snapshot] = door.seen()
    assert str(snapshot.number) == first.reference
    assert (snapshot.priority, snapshot.category, snapshot.group) == ("p1", "incident", "first")
    assert "monitoring" in snapshot.tags
    assert snapshot.external_id == "deskmate:t9"
    assert [
        (f.body, f.actor, f.own_key) for f in door.changes() if isinstance(f, CommentAdded)
    ] == [("No space left", Actor.SELF, "alert/1")]


def test_created_ticket_is_found_by_its_external_id(door: Door) -> None:
    """Whoever lost the answer finds the number again, long after the key was forgotten."""
    made = door.helpdesk.create("alert/1", creation())

    assert door.helpdesk.was_created(creation()) == made


def test_requester_writes_the_first_message(door: Door) -> None:
    """A ticket made for a customer shows the customer's words as theirs."""
    carl = Person(name="Carl", email="carl@contoso.example")

    door.helpdesk.create("case/1", creation(requester=carl))
    door.pass_by()

    [snapshot] = door.seen()
    assert snapshot.requester.email == "carl@contoso.example"
    [comment] = [f for f in door.changes() if isinstance(f, CommentAdded)]
    assert (comment.author.email, comment.actor) == ("carl@contoso.example", Actor.REQUESTER)


def test_old_ticket_keeps_its_times_and_authors(door: Door) -> None:
    """A backdated creation carries over when each message was written, and by whom."""
    began, ada = START - timedelta(hours=3), door.furniture.agents["ada"]
    carl = Person(name="Carl", email="carl@contoso.example")
    messages = (
        TicketMessage("Nothing works", at=began),
        TicketMessage("We look", author=Person(email=ada.email), at=began + timedelta(hours=1)),
    )

    made = door.helpdesk.create(
        "case/1", creation(messages=messages, requester=carl, created_at=began)
    )

    assert isinstance(made, Delivered)
    kept = door.world.comments(int(made.reference))
    assert [(c.body, c.created_at) for c in kept] == [(m.body, m.at) for m in messages]
    assert [c.author_id for c in kept] == [door.furniture.customers["contoso"].user_id, ada.user_id]
    ticket = door.world.ticket(int(made.reference))
    assert ticket is not None and ticket.created_at == began


def test_files_hang_on_the_words_that_they_came_with(door: Door) -> None:
    """With a creation and with a later note; each once, where its mail is named."""
    messages = (TicketMessage("First", at=START, mail="a"), TicketMessage("Second", at=START))
    made = door.helpdesk.create("case/1", creation(messages=messages, created_at=START))
    assert isinstance(made, Delivered)
    number = int(made.reference)
    updates = {
        "k1": TicketUpdate("t", number, comment="Third", mail="b"),
        "k2": TicketUpdate("t", number, comment="Fourth"),
    }

    door.helpdesk.update(updates)

    assert [
        (each.body, [file.file_name for file in each.attachments])
        for each in door.world.comments(number)
    ] == [("First", ["a.txt"]), ("Second", []), ("Third", ["b.txt"]), ("Fourth", [])]


def test_customers_are_shown_with_their_companies_facts(door: Door) -> None:
    """Who may ask for help, by address; our own people are not among them."""
    contacts: Contacts = door.helpdesk  # type: ignore[assignment]
    page = contacts.contacts_since(None, START - timedelta(days=1))

    assert isinstance(page, ContactPage), page
    found = {each.email: each for each in page.contacts}
    carl = found[door.furniture.customers["contoso"].email or ""]
    assert (carl.organisation, carl.fields["plan"]) == ("Contoso", "professional")
    assert page.is_last
    assert not {user.email for user in door.furniture.agents.values()} & found.keys()


def test_customers_who_left_may_ask_no_more(door: Door) -> None:
    """Who was suspended is gone; who was deleted may be merged, so their address stays known."""
    contacts: Contacts = door.helpdesk  # type: ignore[assignment]
    people, customers = door.world.people, door.furniture.customers
    first = contacts.contacts_since(None, START - timedelta(days=1))
    assert isinstance(first, ContactPage), first
    suspended, deleted = customers["contoso"].user_id, customers["northwind"].user_id
    door.clock.advance(timedelta(minutes=1))
    people.suspend_user(suspended)
    people.delete_user(deleted)

    page = contacts.contacts_since(first.cursor, START - timedelta(days=1))

    assert isinstance(page, ContactPage), page
    shown = {each.person_id for each in page.contacts}
    assert str(suspended) in page.gone and not page.gone & shown
    assert str(deleted) not in page.gone | shown
    assert {each.person_id for each in first.contacts} >= {str(suspended), str(deleted)}


def test_help_centre_shows_what_may_be_read(door: Door) -> None:
    """Articles come with text, language and address; drafts are withdrawn, restricted ones told."""
    shelf = door.world.shelf
    shelf.add_article("Export en rapport", "Välj <Exportera>.", locale="sv")
    shelf.add_article("Internal", "Root password", is_restricted=True)
    draft = shelf.add_article("Unfinished", "...", is_draft=True)

    page = door.helpdesk.articles(None)

    assert isinstance(page, ArticlePage) and page.is_last and page.ends_pass
    found = {each.title: each for each in page.articles}
    swedish, internal = found["Export en rapport"], found["Internal"]
    assert (swedish.body, swedish.language, swedish.is_public) == ("Välj <Exportera>.", "sv", True)
    assert swedish.url is not None and not internal.is_public
    assert page.withdrawn == (str(draft.article_id),)
    assert "Unfinished" not in found


def arrives(door: Door, message_id: str = "<m1@contoso.example>") -> None:
    """A customer's mail reaches the helpdesk's own address."""
    door.world.mail_arrives(
        "From: Carl <carl@contoso.example>\r\nTo: support@acme.example\r\nSubject: Down\r\n"
        f"Message-ID: {message_id}\r\n\r\nNothing works\r\n".encode()
    )


def twins(door: Door) -> list[Twin]:
    sought = Sought("ACM-1", "carl@contoso.example", START - timedelta(minutes=30))
    found = door.helpdesk.twins(sought)
    assert not isinstance(found, Trouble), found
    return list(found)


def test_ticket_of_the_same_mail_is_found(door: Door) -> None:
    """With the Message-ID it was made from, its words and whose it is."""
    arrives(door)

    [twin] = twins(door)

    assert (twin.message_id, twin.requester) == ("<m1@contoso.example>", "carl@contoso.example")
    assert (twin.subject, twin.words, twin.external_id) == ("Down", ("Nothing works",), None)
    assert twin.picture == door.helpdesk.tickets([twin.number or 0])[twin.number or 0]


def test_imported_case_is_found_by_its_reference(door: Door) -> None:
    """After a lost ledger: with every word that it was given, whoever it is of."""
    words = (TicketMessage("No space", at=START), TicketMessage("Still none", at=START))
    made = door.helpdesk.create(
        "import/ACM-1",
        creation(external_id="ACM-1", messages=words, created_at=START, status="pending"),
    )

    [twin] = twins(door)

    assert isinstance(made, Delivered) and twin.number == int(made.reference)
    assert (twin.external_id, sorted(twin.words)) == ("ACM-1", ["No space", "Still none"])
    ticket = door.world.ticket(twin.number or 0)
    assert ticket is not None and ticket.status == "pending"


def test_suspended_mail_is_found(door: Door) -> None:
    """What was put aside has no number, and a name that a person finds it by."""
    door.world.faults.switch_on(Fault.MAIL_SUSPENDED)
    arrives(door)

    [twin] = twins(door)

    assert (twin.number, twin.message_id) == (None, "<m1@contoso.example>")
    assert twin.name.startswith("suspended ")


def test_unknown_author_is_named_and_not_the_requester(door: Door) -> None:
    """An answer by somebody whom the helpdesk does not know is no word of the customer's."""
    carl = Person(name="Carl", email="carl@contoso.example")
    messages = (
        TicketMessage("Help", at=START),
        TicketMessage("We look", author=Person(name="Bo"), at=START),
        TicketMessage("Told the team", is_public=False, author=Person(), at=START),
    )
    made = door.helpdesk.create(
        "case/1", creation(messages=messages, requester=carl, created_at=START)
    )

    assert isinstance(made, Delivered)
    kept = {c.body: c.author_id for c in door.world.comments(int(made.reference))}
    us = door.world.daemon.user_id
    assert kept["Bo (no address):\n\nWe look"] == kept["Told the team"] == us
