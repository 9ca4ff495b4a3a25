# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what Zendesk has of a case: never by the search index, which lags by minutes.

The list by `external_id` and the list of a person's tickets are the tables themselves. A ticket
made from mail keeps the mail's Message-ID in its first audit. Suspended tickets need an
administrator; without that right they are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.ports import Sought
from bot.rules.mail import Twin

Json = Mapping[str, Any]
MOST_READ = 10
"""Tickets of one person whose audits are read: who wrote more has a person's look anyway."""
MOST_SUSPENDED_PAGES = 5


class TwinReader:
    """Reads tickets and suspended mails; raises `Failure`."""

    def __init__(self, line: ZendeskLine, budget: CallBudget) -> None:
        """Shares the line's budget of calls."""
        self._line = line
        self._budget = budget

    def twins(self, sought: Sought) -> tuple[Twin, ...]:
        """Tickets of the reference or the requester, then suspended mails, the oldest first."""
        wait = self._budget.wait_for(Lane.OTHER)
        if wait > 0:
            raise Failure(Cause.OWN_LIMIT, "our share of calls is used up", retry_after=wait)
        rows = {int(row["id"]): row for row in self._named(sought.reference)}
        if sought.email:
            theirs = self._requested(sought)
            rows.update({int(row["id"]): row for row in theirs[:MOST_READ]})
        tickets = [self._ticket(row, sought) for _, row in sorted(rows.items())]
        return (*tickets, *(self._suspended(sought) if sought.email else ()))

    def _named(self, reference: str) -> list[Json]:
        return _rows(self._line.get("tickets.json", external_id=reference), "tickets")

    def _requested(self, sought: Sought) -> list[Json]:
        """The person's tickets since then, the oldest first."""
        page = self._line.get("users/search.json", query=f'email:"{sought.email}"')
        ids = [
            user["id"]
            for user in _rows(page, "users")
            if str(user.get("email", "")).casefold() == sought.email.casefold()
        ]
        if not ids:
            return []
        asked = {"sort_by": "created_at", "sort_order": "desc", "per_page": 100}
        page = self._line.get(f"users/{ids[0]}/tickets/requested.json", **asked)
        since = sought.since
        found = [row for row in _rows(page, "tickets") if _instant(row["created_at"]) >= since]
        return sorted(found, key=lambda row: int(row["id"]))

    def _ticket(self, row: Json, sought: Sought) -> Twin:
        audits = _rows(self._line.get(f"tickets/{row['id']}/audits.json"), "audits")
        words = [
            str(event.get("body") or "")
            for audit in audits
            for event in audit.get("events") or ()
            if event.get("type") == "Comment"
        ]
        system = (audits[0].get("metadata") or {}).get("system") or {} if audits else {}
        return Twin(
            name=f"#{row['id']}",
            created_at=_instant(row["created_at"]),
            number=int(row["id"]),
            subject=str(row.get("subject") or ""),
            words=tuple(words),
            requester=sought.email,
            external_id=row.get("external_id"),
            message_id=system.get("message_id"),
        )

    def _suspended(self, sought: Sought) -> Iterable[Twin]:
        for row in self._pages_of_suspended():
            author = row.get("author") or {}
            is_theirs = str(author.get("email") or "").casefold() == sought.email.casefold()
            if is_theirs and _instant(row["created_at"]) >= sought.since:
                yield Twin(
                    name=f"suspended {row['id']}",
                    created_at=_instant(row["created_at"]),
                    subject=str(row.get("subject") or ""),
                    words=(str(row.get("content") or ""),),
                    requester=sought.email,
                    message_id=row.get("message_id"),
                )

    def _pages_of_suspended(self) -> Iterable[Json]:
        asked = {"sort_by": "created_at", "sort_order": "desc", "per_page": 100}
        for number in range(1, MOST_SUSPENDED_PAGES + 1):
            try:
                page = self._line.get("suspended_tickets.json", page=number, **asked)
            except Failure as failure:
                if failure.cause in (Cause.FORBIDDEN, Cause.NOT_FOUND):
                    return
                raise
            yield from _rows(page, "suspended_tickets")
            if not page.get("next_page"):
                return


def _rows(page: Json, name: str) -> list[Json]:
    rows = page.get(name)
    if not isinstance(rows, list):
        raise Failure(Cause.WRONG_CONTENT, f"wrong content: no {name}")
    return rows


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
