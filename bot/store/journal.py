# SPDX-License-Identifier: GPL-3.0-or-later
"""Why everything happened: one entry per decision, with the policy it was taken under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection, Row

from bot.rules.actions import Reason
from bot.store.codec import instant, maybe_instant, micros
from bot.store.ready import Ready
from bot.store.rows import clean, column, reasons_body, reasons_of
from bot.store.tables import journal

_ADD = Ready(
    lambda _: insert(journal).inline(),
    ("at", "subject", "event_key", "policy_hash", "reasons", "summary"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision: about what, because of which event, under which policy, and why."""

    at: datetime
    subject: str
    event_key: str
    policy_hash: str
    reasons: tuple[Reason, ...]
    summary: str


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        at=instant(row.at),
        subject=row.subject,
        event_key=row.event_key,
        policy_hash=row.policy_hash,
        reasons=reasons_of(row.reasons),
        summary=row.summary,
    )


class JournalView:
    """What may be asked of the journal."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def of(self, subject: str) -> tuple[Entry, ...]:
        """Every decision about `ticket:ID`, `outage:ID` or another subject, the first one first."""
        about = select(journal).where(journal.c.subject == column(subject))
        found = self._connection.execute(about.order_by(journal.c.id))
        return tuple(_entry(row) for row in found)

    def began(self) -> datetime | None:
        """The instant of the first decision that is kept."""
        return maybe_instant(self._connection.scalar(select(func.min(journal.c.at))))

    def latest_of(self, subject: str, since: datetime, limit: int) -> tuple[Entry, ...]:
        """What was written about a subject since an instant, the newest first."""
        about = select(journal).where(
            journal.c.subject == column(subject), journal.c.at >= micros(since)
        )
        found = self._connection.execute(about.order_by(journal.c.id.desc()).limit(limit))
        return tuple(_entry(row) for row in found)

    def everything(self) -> Iterator[Entry]:
        """Every decision about anything, the first one first."""
        for row in self._connection.execute(select(journal).order_by(journal.c.id)):
            yield _entry(row)


class Journal(JournalView):
    """The journal within a write transaction."""

    def add(
        self,
        at: datetime,
        subject: str,
        event_key: str,
        policy_hash: str,
        reasons: tuple[Reason, ...],
        summary: str,
    ) -> None:
        """Write down one decision."""
        row = {
            "at": micros(at),
            "subject": column(subject),
            "event_key": column(event_key),
            "policy_hash": policy_hash,
            "reasons": reasons_body(reasons),
            "summary": clean(summary),
        }
        _ADD.run(self._connection, row)
