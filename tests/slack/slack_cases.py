# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows as the outbox would hand them to Slack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

References = dict[tuple[str, str], str]
MakeOutgoing = Callable[..., Outgoing]


def notice_row(
    key: str = "row/1",
    *,
    destination: str = "slack:support",
    urgency: Urgency = Urgency.NORMAL,
    **values: object,
) -> Outgoing:
    """A row about ticket 48213; `values` replace those of its notice."""
    given: dict[str, object] = {
        "kind": NoticeKind.SLA_WARNING, "thread": "ticket:T1", "at": NOW, "number": 48213,
        "title": "Nobody can log in", "customer": "Anna Berg", "organisation": "Nordbo AB",
        "clock": "first_response", "due_at": NOW.replace(minute=30),
        "buttons": ("acknowledge",), "link": "https://acme.example/tickets/48213",
    }  # fmt: skip
    notice = Notice(**{**given, **values})  # type: ignore[arg-type]
    return Outgoing(key, destination, f"{destination}/{notice.thread}", notice, urgency)
