# SPDX-License-Identifier: GPL-3.0-or-later
"""A promise that counts from a call says when nobody entered the call's time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.decide import decide_lines
from bot.config.load import Loaded, load_policy
from bot.rules.engine import CompiledPolicy, compile_policy

POLICY = """
desk: calls
hours: {office: {mon-fri: "09:00-17:00", holidays: none}}
priorities: {p1: urgent}
promises:
  ack: {from: notified, to: [created], less_than: 15m, hours: office}
"""


@pytest.fixture
def compiled(tmp_path: Path) -> CompiledPolicy:
    """A desk that has to open a ticket within a quarter of an hour of the call."""
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return compile_policy(loaded.policy)


def _decide(compiled: CompiledPolicy, **more: Any) -> dict[str, Any]:
    line = {"id": 1, "created_at": "2026-03-10T10:00:00Z", "subject": "x", "body": "y", **more}
    (answer,) = decide_lines(compiled, [json.dumps(line).encode()])
    return answer if isinstance(answer, dict) else json.loads(answer)


def test_call_without_its_time_is_reported(compiled: CompiledPolicy) -> None:
    """By phone the time is unknown until somebody enters it; by mail it is the mail's."""
    told = {"notified_at": "2026-03-10T09:50:00Z"}

    assert _decide(compiled, via="phone")["unknown"] == ["notified_at"]
    assert _decide(compiled, via="phone", context=told)["unknown"] == []
    assert _decide(compiled, via="email")["unknown"] == []
