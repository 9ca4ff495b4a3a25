# SPDX-License-Identifier: GPL-3.0-or-later
"""A Slack on loopback and the real client that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_cases import MakeOutgoing, References, notice_row

from bot.channels.slack import SlackChannel
from bot.channels.slack_client import slack_client
from bot.clock import SystemClock
from bot.sandbox.slack import BOT_TOKEN, SlackDoor
from bot.sandbox.world import World
from bot.sandbox.world_values import Role


@pytest.fixture
def world() -> World:
    """A world in real time with one agent."""
    made = World(SystemClock())
    made.people.add_user("Johan Lind", "johan@acme.example", role=Role.AGENT)
    return made


@pytest.fixture
def door(world: World) -> Iterator[SlackDoor]:
    """Slack with the one channel `support`."""
    made = SlackDoor(world, world.clock, channels=("support",)).start()
    yield made
    made.stop()


@pytest.fixture
def references() -> References:
    """What the outbox would know of first messages: (destination, thread) -> reference."""
    return {}


@pytest.fixture
def channel(door: SlackDoor, references: References) -> SlackChannel:
    """The channel under test, with the real WebClient."""
    return SlackChannel(
        slack_client(BOT_TOKEN, base_url=door.base_url, timeout=2),
        threads=lambda destination, thread: references.get((destination, thread)),
    )


@pytest.fixture
def outgoing() -> MakeOutgoing:
    """Makes a row about ticket 48213 for the channel `support`."""
    return notice_row
