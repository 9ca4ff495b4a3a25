# SPDX-License-Identifier: GPL-3.0-or-later
"""A way that was to wait a moment is used again when the clock was set back by an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ways import Post, message

from bot.rules.outcome import Outcome, Refused, TryLater

BACK = timedelta(hours=1)


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize(
    "answer", [TryLater("429", 60), Refused("no such token", is_for_all=True)], ids=str
)
def test_way_is_used_when_the_clock_was_set_back(
    post: Post, answer: Outcome, is_restarted: bool
) -> None:
    """Whether it asked for patience or failed, and also by a daemon that was started since."""
    post.way.judge = lambda *_: answer
    post.add(message("before"))
    post.run(1)
    post.way.judge = lambda *_: None
    post.clock.advance(-BACK)
    if is_restarted:
        post.restart()
    post.add(message("after"))

    post.run(3)

    assert "after" in post.shown("slack:support")


def test_spent_budget_fills_when_the_clock_was_set_back(post: Post) -> None:
    """A burst that was used up leaves one message a second, not one in an hour."""
    post.add(*(message(f"burst-{n}") for n in range(5)))
    post.run(1)
    post.clock.advance(-BACK)
    post.add(message("after"))

    post.run(3)

    assert "after" in post.shown("slack:support")
