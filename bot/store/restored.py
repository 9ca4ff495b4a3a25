# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers that an older copy of the store was put back: it has forgotten what it did since."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.store.rows import to_json
from bot.store.tables import machine
from bot.store.transaction import Reader
from bot.store.upserts import put

RESTORED = "restored"
"""The state that says when."""
DOUBTED_FOR = timedelta(days=1)
"""What was forgotten is decided again soon after the start, and looked for before it is sent."""


def mark_restored(connection: Connection, now: datetime) -> None:
    """Write down that the copy was put back now."""
    put(connection, machine, {"name": RESTORED, "body": to_json({"at": now.isoformat()})})


def restored_at(reader: Reader) -> datetime | None:
    """When a copy was put back the last time; None if never."""
    state = reader.states.load(RESTORED)
    return None if state is None else datetime.fromisoformat(state["at"])


def is_doubtful(reader: Reader, now: datetime) -> bool:
    """Whether what seems never to have been sent may have been sent before the copy came back."""
    at = restored_at(reader)
    return at is not None and now - at < DOUBTED_FOR
