# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of bench/month.py: a month in virtual time, whose report is right."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FILE = Path(__file__).resolve().parents[2] / "bench" / "month.py"


def _bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_month", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_report_of_a_month_is_the_truth() -> None:
    """Kept, broken and running are those of a second count that shares no code with ours."""
    assert _bench().month(120)
