# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh desk for each story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk, compiled_policy


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the stories' policy, on a Monday at 10:00 in Stockholm."""
    made = Desk(compiled_policy(tmp_path))
    yield made
    made.close()
