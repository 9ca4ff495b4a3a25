# SPDX-License-Identifier: GPL-3.0-or-later
"""How the exports are followed: order, cursors, troubles, and nothing lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sources_doors import MINUTE, NOW, ScriptedHelpdesk, page, priority

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.ports import Trouble, TroubleKind
from bot.rules.policy import HelpdeskMap
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import furnish
from bot.sandbox.zendesk import ZendeskDoor
from bot.sources.poller import CHANGES, TICKETS, Poller
from bot.store.store import Store
from bot.telemetry import Figures


@pytest.fixture
def helpdesk() -> ScriptedHelpdesk:
    return ScriptedHelpdesk()


@pytest.fixture
def poller(helpdesk: ScriptedHelpdesk, store: Store, figures: Figures) -> Poller:
    return Poller(helpdesk, store, every=MINUTE, figures=figures)


def keys(store: Store) -> list[str]:
    found = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=1, limit=10_000))
    return [each.event.key for each in found]


def cursors(store: Store) -> tuple[str | None, str | None]:
    with store.read() as reader:
        return reader.cursors.get(TICKETS), reader.cursors.get(CHANGES)


def test_page_and_cursor_are_kept_together(
    poller: Poller, helpdesk: ScriptedHelpdesk, store: Store
) -> None:
    """After one look the events of both exports are in the inbox, and so is where to go on."""
    helpdesk.tickets, helpdesk.changes = [page("t1", priority(7, "p1", "a"))], [page("c1")]

    poller.step(NOW)

    assert keys(store) == ["a"]
    assert cursors(store) == ("t1", "c1")


def test_pages_follow_their_cursor(poller: Poller, helpdesk: ScriptedHelpdesk) -> None:
    """Every page goes on from the one before, tickets first and then what changed in them."""
    helpdesk.tickets = [page("t1", is_last=False), page("t2")]
    helpdesk.changes = [page("c1")]

    poller.step(NOW)

    assert helpdesk.asked == [("tickets", None), ("tickets", "t1"), ("changes", None)]


def test_next_look_waits_its_time(poller: Poller, helpdesk: ScriptedHelpdesk) -> None:
    """Between two looks the helpdesk is left alone."""
    helpdesk.tickets, helpdesk.changes = [page("t")] * 2, [page("c")] * 2

    for seconds in (0, 1, 59, 60, 61):
        poller.step(NOW + timedelta(seconds=seconds))

    assert len(helpdesk.asked) == 4


def test_long_backlog_goes_on_at_once(poller: Poller, helpdesk: ScriptedHelpdesk) -> None:
    """Many pages are read in pieces; changes wait until their tickets are known."""
    helpdesk.tickets = [page(f"t{each}", is_last=False) for each in range(5)] + [page("t5")]
    helpdesk.changes = [page("c")]

    assert [poller.step(NOW), poller.step(NOW)] == [True, False]
    assert [each for each, _ in helpdesk.asked] == ["tickets"] * 6 + ["changes"]


def test_trouble_keeps_the_cursor(poller: Poller, helpdesk: ScriptedHelpdesk, store: Store) -> None:
    """A page that could not be read is read again, after the time that was asked for."""
    helpdesk.tickets = [page("t1"), Trouble(TroubleKind.THROTTLED, "429", 90.0), page("t2")]
    helpdesk.changes = [page("c1"), page("c2")]

    poller.step(NOW)
    poller.step(NOW + MINUTE)

    assert cursors(store) == ("t1", "c1")
    assert NOW + MINUTE + timedelta(seconds=90) == poller.due_at(NOW + MINUTE)


def test_failing_write_moves_no_cursor(
    poller: Poller, helpdesk: ScriptedHelpdesk, store: Store
) -> None:
    """When the events cannot be written, the cursor does not move past them."""
    broken = priority(7, "p1", "a")
    object.__setattr__(broken, "at", None)
    helpdesk.tickets = [page("t1", priority(7, "p2", "ok"), broken)]

    with pytest.raises((AttributeError, TypeError)):
        poller.step(NOW)

    assert (cursors(store), keys(store)) == ((None, None), [])


class Live:
    """A poller in front of a sandbox Zendesk."""

    def __init__(self, store: Store, clock: VirtualClock, figures: Figures) -> None:
        self.world = World(clock)
        self.desk = furnish(self.world)
        self.door = ZendeskDoor(self.world).start()
        access = ZendeskAccess(self.door.url, "deskmate", "sandbox-secret")
        self.zendesk = Zendesk(access, HelpdeskMap(canary=self.desk.canary), clock)
        self.poller = Poller(self.zendesk, store, every=MINUTE, figures=figures)
        self._clock = clock

    def make(self, count: int) -> None:
        for each in range(count):
            self.world.create_ticket(f"{each}", "x", requester=self.desk.customers["contoso"])

    def minutes(self, count: int) -> None:
        for _ in range(count):
            self._clock.advance(timedelta(seconds=61))
            while self.poller.step(self._clock.now()):
                pass


@pytest.fixture
def live(store: Store, clock: VirtualClock, figures: Figures) -> Iterator[Live]:
    live = Live(store, clock, figures)
    yield live
    live.zendesk.close()
    live.door.stop()


def test_faulty_exports_lose_and_double_nothing(live: Live, store: Store) -> None:
    """Empty pages, repeated rows, broken lines and throttling: every event arrives once."""
    faults = (
        Fault.EMPTY_PAGE, Fault.DUPLICATE_ROWS, Fault.REAPPEARING_ROWS, Fault.RESET,
        Fault.PAGE_INSTEAD, Fault.EXPIRED_TOKEN, Fault.BUCKET_THROTTLED,
    )  # fmt: skip
    for fault in faults:
        live.make(3)
        live.door.faults.switch_on(fault, endpoint="GET incremental/*", times=1)
        live.minutes(1)

    live.minutes(4)

    with store.read() as reader:
        waiting = reader.inbox.waiting()
        numbers = range(live.desk.canary + 1, live.desk.canary + 1 + 3 * len(faults))
        for ticket in live.world.tickets()[1:]:
            comment = live.world.comments(ticket.number)[0]
            assert reader.inbox.by_key(f"ticket/{ticket.number}/comment/{comment.comment_id}")
    assert len(numbers) * 2 <= waiting <= len(numbers) * 2 + 5


def test_limit_of_exports_is_kept(live: Live) -> None:
    """However much there is to read, no minute sees more than ten exports."""
    live.make(20)
    live.door.faults.switch_on(
        Fault.EMPTY_PAGE, endpoint="GET incremental/tickets/cursor", times=40
    )

    live.minutes(8)

    assert sum(each.status == 429 for each in live.door.served()) == 0
