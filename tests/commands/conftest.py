# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk with stored tickets, and a command line that looks at its store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from replay_desk import ReplayDesk
from typer.testing import CliRunner

from bot.settings import NAMES


@pytest.fixture
def replay_desk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]
) -> ReplayDesk:
    """An empty store in a folder of its own, which the environment names."""
    made = ReplayDesk(tmp_path)
    place_store(made.file)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_STORE", made.url)
    return made


@pytest.fixture
def runner() -> CliRunner:
    """Calls the command line within the test's process."""
    return CliRunner()
