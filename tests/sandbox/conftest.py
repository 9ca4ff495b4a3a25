# SPDX-License-Identifier: GPL-3.0-or-later
"""A furnished world behind a real Zendesk door, in virtual time, and clients that talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_callers import NOW, Caller, bearer_session
from zenpy import Zenpy

from bot.clock import VirtualClock
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture, furnish
from bot.sandbox.zendesk import ZendeskDoor


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
def caller(door: ZendeskDoor) -> Iterator[Caller]:
    caller = Caller(door)
    yield caller
    caller.session.close()


@pytest.fixture
def zenpy(door: ZendeskDoor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zenpy]:
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", door.netloc)
    session = bearer_session(door)
    session.authorized = True
    yield Zenpy(subdomain="acme", session=session, timeout=(3, 5), disable_cache=True)
    session.close()
