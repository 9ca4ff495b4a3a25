# SPDX-License-Identifier: GPL-3.0-or-later
"""Several codes of a desk may share one value of the helpdesk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk, compiled_policy

POLICY = """
desk: shared
helpdesk: {canary: 1}
priorities: {p1: urgent, p4: low, p5: low}
words: {wish: {en: [please add]}, help: {en: [how do i]}}
rules:
  help: {if: {says: help}, then: {priority: p4}}
  wish: {if: {says: wish}, then: {priority: p5}}
"""


@pytest.mark.parametrize(("words", "code"), [("Please add a field", "p5"), ("How do I go", "p4")])
def test_own_decision_stays_when_it_comes_back(tmp_path: Path, words: str, code: str) -> None:
    """A wish stays code 5 although the helpdesk calls codes 4 and 5 both low."""
    desk = Desk(compiled_policy(tmp_path, POLICY))
    number = desk.write(words)

    desk.run(timedelta(minutes=5))

    priority = desk.ticket(number).priority
    desk.close()
    assert priority == code
