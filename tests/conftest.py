# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty store on disk for tests that are not about making one: made once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.store.store import Store

PlaceStore = Callable[[Path], str]


@pytest.fixture(scope="session")
def place_store(tmp_path_factory: pytest.TempPathFactory) -> PlaceStore:
    """Puts an empty store of the present shape where it is told to; answers its address."""
    template = tmp_path_factory.mktemp("store") / "empty.sqlite3"
    clock = VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    Store.open(f"sqlite:///{template}", clock=clock).close()

    def place(file: Path) -> str:
        shutil.copyfile(template, file)
        return f"sqlite:///{file}"

    return place
