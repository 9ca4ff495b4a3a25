# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbox makes each ticket once in Zendesk, however long the answer stays away."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.outbox import Outbox
from bot.rules.actions import Outgoing, TicketCreation, TicketMessage, TicketUpdate, external_id_of
from bot.rules.ticket import Origin, Status, Ticket
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.zendesk import ZendeskDoor
from bot.store.restored import RESTORED
from bot.store.store import Store
from bot.telemetry import Figures

POST = "POST tickets"
ID = external_id_of("t9")


class Sending:
    """One ticket of ours on its way, with a note behind it."""

    def __init__(
        self,
        store: Store,
        zendesk: Zendesk,
        clock: VirtualClock,
        world: World,
        group: str | None = None,
    ) -> None:
        self.store, self.zendesk, self.clock, self.world = store, zendesk, clock, world
        self.outbox = Outbox(store, clock, Figures(), chance=random.Random(1))
        now = clock.now()
        ticket = Ticket("t9", Origin.ALERT, now, now, Status.NEW, "Disk full", "No space")
        store.write(lambda tx: tx.tickets.save(ticket))
        creation = TicketCreation("t9", ID, "Disk full", (TicketMessage("No space"),), group=group)
        for key, message in (("make", creation), ("note", TicketUpdate("t9", None, comment="Hi"))):
            row = Outgoing(key, "helpdesk", "helpdesk/ticket:t9", message, ticket_id="t9")
            store.write(lambda tx, row=row: tx.outbox.add(row, now))

    def go_on(self, span: timedelta, *, steps: int = 1) -> None:
        """Let time pass, with a look of the outbox after each part of it."""
        for _ in range(steps):
            self.outbox.deliver_updates(self.zendesk)
            self.clock.advance(span / steps)
        self.outbox.deliver_updates(self.zendesk)

    def made(self) -> list[int]:
        return [each.number for each in self.world.tickets() if each.external_id == ID]

    def number(self) -> int | None:
        with self.store.read() as reader:
            ticket = reader.tickets.load("t9")
        return ticket.number if ticket else None


@pytest.fixture
def sending(zendesk: Zendesk, clock: VirtualClock, world: World) -> Iterator[Sending]:
    with Store.open("sqlite://", clock=clock) as store:
        yield Sending(store, zendesk, clock, world)


def test_ticket_gets_its_number_and_its_note(sending: Sending, world: World) -> None:
    """What was decided before the ticket had a number is written once it has one."""
    sending.go_on(timedelta(seconds=1))

    [number] = sending.made()
    assert sending.number() == number
    assert [each.body for each in world.comments(number)] == ["No space", "Hi"]


def test_lost_answer_is_asked_for_again(sending: Sending, door: ZendeskDoor) -> None:
    """A minute later the same key brings the ticket that is there."""
    door.faults.switch_on(Fault.ANSWER_LOST, endpoint=POST, times=1)

    sending.go_on(timedelta(minutes=5), steps=5)

    [number] = sending.made()
    assert (sending.number(), door.calls[POST]) == (number, 2)


def test_answer_lost_before_a_long_outage_is_looked_up(sending: Sending, door: ZendeskDoor) -> None:
    """When the key is forgotten, the ticket is found by our name for it."""
    door.faults.switch_on(Fault.ANSWER_LOST, endpoint=POST, times=1)
    sending.go_on(timedelta(seconds=1))
    door.faults.switch_on(Fault.REFUSED)
    sending.go_on(timedelta(hours=3), steps=20)
    door.faults.clear()

    sending.go_on(timedelta(minutes=10), steps=10)

    [number] = sending.made()
    assert (sending.number(), door.calls[POST]) == (number, 1)


def test_request_lost_before_a_long_outage_is_made_after_two_looks(
    sending: Sending, door: ZendeskDoor
) -> None:
    """What surely never arrived is made at last, once."""
    door.faults.switch_on(Fault.HANGS, endpoint=POST, times=1)
    sending.go_on(timedelta(seconds=1))
    door.faults.switch_on(Fault.REFUSED)
    sending.go_on(timedelta(hours=3), steps=20)
    door.faults.clear()

    sending.go_on(timedelta(minutes=10), steps=10)

    assert sending.made() == [sending.number()]


def test_refused_ticket_leaves_nothing_waiting(
    zendesk: Zendesk, clock: VirtualClock, world: World
) -> None:
    """What was to be written to a ticket that will never be is given up with it, saying why."""
    with Store.open("sqlite://", clock=clock) as store:
        sending = Sending(store, zendesk, clock, world, group="nowhere")

        sending.go_on(timedelta(minutes=5), steps=5)

        with store.read() as reader:
            assert (reader.outbox.counts(), sending.made()) == ({"refused": 2}, [])


def test_store_that_was_put_back_makes_nothing_twice(
    sending: Sending, zendesk: Zendesk, clock: VirtualClock, world: World
) -> None:
    """An older copy has forgotten that ticket and note went out: they are looked for first."""
    sending.go_on(timedelta(seconds=1))
    clock.advance(timedelta(hours=3))
    with Store.open("sqlite://", clock=clock) as older:
        mark = {"at": clock.now().isoformat()}
        older.write(lambda tx: tx.states.save(RESTORED, mark))
        again = Sending(older, zendesk, clock, world)

        again.go_on(timedelta(minutes=3), steps=6)

        assert again.number() == sending.number()
    [number] = sending.made()
    assert [each.body for each in world.comments(number)] == ["No space", "Hi"]
