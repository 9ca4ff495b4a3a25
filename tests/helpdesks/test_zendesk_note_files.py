# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes with files among other updates: each file on its own note, and nobody waits for long."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.outbox import Outbox
from bot.ports import Delivered, Enclosed, Outcome, TryLater
from bot.rules.actions import Outgoing, TicketUpdate
from bot.rules.policy import HelpdeskMap
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk import ZendeskDoor
from bot.store.store import Store
from bot.telemetry import Figures

UPLOAD, PUT, BULK = "POST uploads", "PUT tickets/{id}", "PUT tickets/update_many"
Make = Callable[[int], list[DeskTicket]]


class Mails:
    """Each mail has one file, called as the mail is; one that is `slow` takes as many seconds.

    `look` is what a test sees while the file is read.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.slow: dict[str, float] = {}
        self.look: Callable[[], None] = lambda: None

    def __call__(self, mail: str) -> tuple[Enclosed, ...]:
        self.look()
        self.clock.advance(timedelta(seconds=self.slow.get(mail, 0.0)))
        return (Enclosed(f"{mail}.txt", "text/plain", b"x"),)


@pytest.fixture
def mails(clock: VirtualClock) -> Mails:
    return Mails(clock)


@pytest.fixture
def zendesk(
    door: ZendeskDoor, names: HelpdeskMap, clock: VirtualClock, mails: Mails
) -> Iterator[Zendesk]:
    access = ZendeskAccess(door.url, client_id="deskmate", client_secret="sandbox-secret")
    adapter = Zendesk(access, names, clock, enclosures=mails)
    yield adapter
    adapter.close()


def note(number: int, words: str, mail: str | None = None) -> TicketUpdate:
    return TicketUpdate(f"t{number}", number, comment=words, mail=mail)


def shown(world: World, number: int) -> list[tuple[str, list[str]]]:
    """Every note of a ticket with the files that hang on it."""
    return [
        (each.body, [file.file_name for file in each.attachments])
        for each in world.comments(number)[1:]
    ]


def kinds(outcomes: dict[str, Outcome]) -> list[type]:
    return [type(each) for each in outcomes.values()]


def test_each_note_of_one_ticket_keeps_its_own_files(
    zendesk: Zendesk, world: World, make: Make
) -> None:
    """Three notes and a value in one call, in order: no file goes with another's words."""
    [ticket] = make(1)
    updates = {
        "a": note(ticket.number, "One", "first"),
        "b": note(ticket.number, "Two"),
        "c": note(ticket.number, "Three", "third"),
        "d": TicketUpdate("t", ticket.number, priority="p1"),
    }

    assert kinds(dict(zendesk.update(updates))) == [Delivered] * 4
    assert shown(world, ticket.number) == [
        ("One", ["first.txt"]), ("Two", []), ("Three", ["third.txt"]),
    ]  # fmt: skip


def test_notes_with_files_stand_in_no_bulk_job(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make
) -> None:
    """Four plain notes are one job; those with files are written singly beside it."""
    plain, bringing = make(4), make(2)
    updates = {f"{t.number}": note(t.number, "Plain") for t in plain}
    updates |= {f"{t.number}": note(t.number, "Files", f"m{t.number}") for t in bringing}

    assert set(kinds(dict(zendesk.update(updates)))) == {Delivered}
    assert (door.calls[BULK], door.calls[PUT]) == (1, 2)
    assert [shown(world, t.number) for t in plain] == [[("Plain", [])]] * 4
    assert [shown(world, t.number) for t in bringing] == [
        [("Files", [f"m{t.number}.txt"])] for t in bringing
    ]  # fmt: skip


def test_slow_files_let_others_go_first(
    zendesk: Zendesk, world: World, mails: Mails, make: Make
) -> None:
    """One slow mail in a call: plain notes went before it, other files come in the next call."""
    slow, plain, waiting = (each.number for each in make(3))
    mails.slow["slow"] = 8.0
    updates = {
        "slow": note(slow, "Slow", "slow"),
        "plain": note(plain, "Plain"),
        "waiting": note(waiting, "Waiting", "quick"),
    }

    first = zendesk.update(updates)
    second = zendesk.update({"waiting": updates["waiting"]})

    assert {key: type(each) for key, each in first.items()} == {
        "slow": Delivered, "plain": Delivered, "waiting": TryLater,
    }  # fmt: skip
    assert isinstance(second["waiting"], Delivered)
    assert shown(world, waiting) == [("Waiting", ["quick.txt"])]
    written = [world.comments(each)[-1].created_at for each in (plain, slow)]
    assert written[0] < written[1]


def test_note_whose_files_take_too_long_comes_without_them(
    zendesk: Zendesk, world: World, mails: Mails, make: Make
) -> None:
    """Nothing is sent when the row may be another's by now; the next try has the words alone."""
    [ticket] = make(1)
    mails.slow["slow"] = 50.0
    update = {"key": note(ticket.number, "Words", "slow")}

    outcomes = [zendesk.update(update)["key"] for _ in range(2)]

    assert [type(each) for each in outcomes] == [TryLater, Delivered]
    assert shown(world, ticket.number) == [("Words", [])]


def test_faster_agent_costs_the_files_once_more(
    zendesk: Zendesk, world: World, door: ZendeskDoor, make: Make
) -> None:
    """A token that no comment took is not kept: the write after the conflict leaves its own."""
    [ticket] = make(1)
    door.faults.switch_on(Fault.CONFLICT, endpoint=PUT, times=1)
    update = {"key": note(ticket.number, "Words", "mail")}

    outcomes = [zendesk.update(update)["key"] for _ in range(2)]

    assert [type(each) for each in outcomes] == [TryLater, Delivered]
    assert shown(world, ticket.number) == [("Words", ["mail.txt"])]
    assert door.calls[UPLOAD] == 2


def test_being_told_to_slow_down_makes_the_note_wait(
    zendesk: Zendesk, world: World, door: ZendeskDoor, clock: VirtualClock, make: Make
) -> None:
    """A limit passes: the words and their file come together, later."""
    [ticket] = make(1)
    door.faults.switch_on(Fault.THROTTLED, endpoint=UPLOAD, times=1, retry_after=42)
    update = {"key": note(ticket.number, "Words", "mail")}

    throttled = zendesk.update(update)["key"]
    clock.advance(timedelta(minutes=2))

    assert isinstance(throttled, TryLater) and throttled.after == 42.0
    assert isinstance(zendesk.update(update)["key"], Delivered)
    assert shown(world, ticket.number) == [("Words", ["mail.txt"])]


def test_updates_of_other_tickets_are_settled_before_files_are_read(
    zendesk: Zendesk, mails: Mails, clock: VirtualClock, make: Make
) -> None:
    """Decided later, and through all the same; of one ticket the order stays."""
    bringing, other = (each.number for each in make(2))
    notes = [note(bringing, "Files", "m"), note(bringing, "Behind"), note(other, "Other")]
    seen: list[list[str]] = []
    with Store.open("sqlite://", clock=clock) as store:
        for place, each in enumerate(notes):
            row = Outgoing(f"k{place}", "helpdesk", f"helpdesk/{each.number}", each)
            store.write(lambda tx, row=row: tx.outbox.add(row, clock.now()))

        def look() -> None:
            with store.read() as reader:
                seen.append([row.state.value for row in reader.outbox.all()])

        mails.look = look
        Outbox(store, clock, Figures(), chance=random.Random(1)).deliver_updates(zendesk)
        look()

    assert seen == [["claimed", "claimed", "delivered"], ["delivered"] * 3]
