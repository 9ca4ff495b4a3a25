# SPDX-License-Identifier: GPL-3.0-or-later
"""A group waits for company, and speaks again after its interval."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.actions import Notice, NoticeKind
from bot.rules.grouping import (
    NO_GROUP,
    Group,
    GroupingSpec,
    after_flush,
    after_message,
    from_state,
    group_id,
    to_state,
    values_of,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SPEC = GroupingSpec(("organisation", "host"), timedelta(seconds=30), timedelta(minutes=5))


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("last_told", "due"),
    [(None, 30), (-299, 1), (-100, 200), (-300, 30), (-900, 30)],
)
def test_first_message_waits_or_keeps_the_interval(last_told: float | None, due: float) -> None:
    """30 s for company; within 5 min of the last message the rest of them; then 30 s again."""
    group = Group(told_at=None if last_told is None else _at(last_told))

    assert after_message(group, "a", SPEC, NOON).due_at == _at(due)


def test_more_messages_do_not_put_it_off() -> None:
    """A message every 10 s: the group's instant stays, and its state survives the store."""
    group = NO_GROUP
    for number in range(3):
        group = from_state(to_state(after_message(group, f"m{number}", SPEC, _at(10 * number))))

    assert (group.waiting, group.due_at) == (("m0", "m1", "m2"), _at(30))
    assert after_flush(group, _at(30), has_spoken=True) == Group(told_at=_at(30))
    assert after_flush(group, _at(30), has_spoken=False) == NO_GROUP


def test_same_values_are_one_group() -> None:
    """Capitals do not matter; a value that is missing is a group of its own; ways stay apart."""
    notice = Notice(NoticeKind.ALERT, "ticket:1", NOON, organisation="Nordbo")
    on_host = values_of(notice, SPEC, {"host": "h1"})

    assert on_host == ("Nordbo", "h1")
    assert group_id("slack:a", on_host) == group_id("slack:a", ("nordbo", "H1"))
    assert group_id("slack:a", on_host) != group_id("slack:b", on_host)
    assert values_of(notice, SPEC, {}) == ("Nordbo", "")
