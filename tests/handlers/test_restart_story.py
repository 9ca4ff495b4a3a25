# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of tests/faults/restart.py: after an hour of downtime everybody hears once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "faults" / "restart.py"


def test_overdue_clocks_are_told_once_at_their_highest_level(tmp_path: Path) -> None:
    """100 promises broke and their ladders ran on: within 30 s each director hears of it once."""
    spec = importlib.util.spec_from_file_location("restart_story", FILE)
    assert spec is not None and spec.loader is not None
    restart = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = restart
    spec.loader.exec_module(restart)

    told = restart.virtual(100, tmp_path)

    assert told.holds(100), told
