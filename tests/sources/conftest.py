# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon's HTTP doors over real sockets, with a store of a moment behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sources_doors import NOW, read_simply

from bot.clock import VirtualClock
from bot.sources.web import WebhookReaders, build_app
from bot.sources.web_server import WebServer
from bot.sources.web_signatures import DoorSecrets
from bot.store.store import Store
from bot.telemetry import Figures


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def store(clock: VirtualClock) -> Iterator[Store]:
    with Store.open("sqlite://", clock=clock) as store:
        yield store


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
def url(store: Store, clock: VirtualClock, figures: Figures) -> Iterator[str]:
    """Where the doors are."""
    secrets = DoorSecrets(webhook="hook", trigger="trig", events="out")
    readers = WebhookReaders(events=read_simply, triggers=read_simply)
    app = build_app(store, secrets, clock, readers=readers, figures=figures)
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
