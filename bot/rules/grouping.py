# SPDX-License-Identifier: GPL-3.0-or-later
"""Grouping: messages of one group to one destination become one message.

    (none) --message: wait--> waiting --flush--> told --message: rest of `every`--> waiting
                                                  `--nothing for `every`--> (none)

The words and times are Alertmanager's: a group waits `wait` for company, and speaks again `every`
so long at most. What is critical waits for nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.rules.actions import Notice
from bot.rules.silences import ALERT_NAMES

GROUPED_BY = ("organisation", "customer", "category", "priority", "kind", *ALERT_NAMES)
"""By what messages may be grouped; those without a value are a group of their own."""
LONGEST = timedelta(hours=4)
GRACE = timedelta(minutes=1)
"""How long after its instant a waiting message goes by itself, if nobody gathered its group."""


@dataclass(frozen=True, slots=True)
class GroupingSpec:
    """`grouping:` of a recipient; without `by` all that it is told is one group."""

    by: tuple[str, ...] = ()
    wait: timedelta = timedelta(seconds=30)
    every: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Group:
    """One group at one destination: what waits (outbox keys), until when, when it spoke last."""

    waiting: tuple[str, ...] = ()
    due_at: datetime | None = None
    told_at: datetime | None = None


NO_GROUP = Group()


def values_of(notice: Notice, spec: GroupingSpec, named: Mapping[str, str]) -> tuple[str, ...]:
    """What makes a message belong to its group; `named` is what monitoring names in its ticket."""
    own = {
        "organisation": notice.organisation,
        "customer": notice.customer,
        "category": notice.category,
        "priority": notice.priority,
        "kind": notice.kind.value,
    }
    return tuple(own.get(name) or named.get(name) or "" for name in spec.by)


def group_id(destination: str, values: tuple[str, ...]) -> str:
    """A short name for a group, the same at every message."""
    text = "\x1f".join((destination, *(each.casefold() for each in values)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def after_message(group: Group, key: str, spec: GroupingSpec, now: datetime) -> Group:
    """The group with one more message that waits."""
    if group.waiting and group.due_at is not None:
        return replace(group, waiting=(*group.waiting, key))
    due_at = now + spec.wait
    if group.told_at is not None and group.told_at + spec.every > now:
        due_at = group.told_at + spec.every
    return replace(group, waiting=(key,), due_at=due_at)


def after_flush(group: Group, now: datetime, *, has_spoken: bool) -> Group:
    """The group when what waited has gone; where nothing was left to say it has not spoken."""
    return Group(told_at=now if has_spoken else group.told_at)


def to_state(group: Group) -> dict[str, Any]:
    """A group as the store keeps it."""
    return {
        "waiting": list(group.waiting),
        "due_at": group.due_at.isoformat() if group.due_at else None,
        "told_at": group.told_at.isoformat() if group.told_at else None,
    }


def from_state(state: Mapping[str, Any] | None) -> Group:
    """The group that `to_state` wrote; none where nothing was written."""
    if not state:
        return NO_GROUP
    due, told = state.get("due_at"), state.get("told_at")
    return Group(
        waiting=tuple(state.get("waiting", ())),
        due_at=datetime.fromisoformat(due) if due else None,
        told_at=datetime.fromisoformat(told) if told else None,
    )
