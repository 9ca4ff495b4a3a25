# SPDX-License-Identifier: GPL-3.0-or-later
"""The adapter in front of a furnished sandbox Zendesk, over real sockets, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_probes import Patience
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.rules.policy import HelpdeskMap
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture, furnish
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk import ZendeskDoor

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IMPATIENT = Patience(call=(1.0, 0.3), probe=(1.0, 0.3), write_probe=(1.0, 0.3))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def world(clock: VirtualClock) -> World:
    return World(clock)


@pytest.fixture
def desk(world: World) -> Furniture:
    return furnish(world)


@pytest.fixture
def door(world: World, desk: Furniture) -> Iterator[ZendeskDoor]:
    door = ZendeskDoor(world).start()
    yield door
    door.stop()


@pytest.fixture
def names(desk: Furniture) -> HelpdeskMap:
    """Fields by title and by id, renamed priorities, categories and groups."""
    return HelpdeskMap(
        fields={
            "category": "Category",
            "code": str(desk.code.field_id),
            "plan": "organization.plan",
        },
        priorities={"p1": "urgent", "p2": "high", "p3": "normal"},
        categories={"login": "cat_login"},
        groups={"first": "First line"},
        canary=desk.canary,
        receipt_trigger=desk.receipt.title,
    )


@pytest.fixture
def zendesk(door: ZendeskDoor, names: HelpdeskMap, clock: VirtualClock) -> Iterator[Zendesk]:
    access = ZendeskAccess(door.url, client_id="deskmate", client_secret="sandbox-secret")
    adapter = Zendesk(access, names, clock, patience=IMPATIENT)
    yield adapter
    adapter.close()


@pytest.fixture
def start(clock: VirtualClock) -> datetime:
    """Where a first poll begins."""
    return clock.now() - timedelta(hours=1)


@pytest.fixture
def make(world: World, desk: Furniture) -> Callable[[int], list[DeskTicket]]:
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
