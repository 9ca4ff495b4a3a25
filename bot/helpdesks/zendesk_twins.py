# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what Zendesk has of a case: never by the search index, which lags by minutes.

The list by `external_id` and the list of a person's tickets are the tables themselves. A ticket
made from mail keeps the mail's Message-ID in its first audit. Suspended tickets need an
administrator; without that right they are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.ports import Sought
from bot.rules.backfill import plain
from bot.rules.mail import Twin
from bot.rules.ticket import Snapshot
from bot.telemetry import logger

Json = Mapping[str, Any]
Pictures = Callable[[Sequence[Json]], Mapping[int, Snapshot]]
"""Rows of tickets -> what they show, by number; one without sense is left out."""
LASTING = (Cause.FORBIDDEN, Cause.NOT_FOUND, Cause.REJECTED, Cause.WRONG_CONTENT)
"""Failures that asking again does not mend."""
MOST_READ = 10
"""Tickets of one person whose audits are read, where nothing in them is like the case."""
MOST_ALIKE = 50
"""The same for those that carry its reference, its words or its subject."""
MOST_PAGES = 5
PER_PAGE = 100
_UNLIKE = 3
"""How far from a case a ticket is of which only its requester is the same."""

log = logger("twins")


class TwinReader:
    """Reads tickets and suspended mails; raises `Failure`."""

    def __init__(self, line: ZendeskLine, budget: CallBudget, pictures: Pictures) -> None:
        """Shares the line's budget of calls; `pictures` turns rows into what they show."""
        self._line = line
        self._budget = budget
        self._pictures = pictures

    def twins(self, sought: Sought) -> tuple[Twin, ...]:
        """Tickets of the reference or the requester, then suspended mails, the oldest first."""
        wait = self._budget.wait_for(Lane.OTHER)
        if wait > 0:
            raise Failure(Cause.OWN_LIMIT, "our share of calls is used up", retry_after=wait)
        rows = {int(row["id"]): row for row in self._named(sought.reference)}
        if sought.email:
            rows.update({int(row["id"]): row for row in _nearest(self._requested(sought), sought)})
        shown = self._pictured(list(rows.values()))
        tickets = [
            self._ticket(row, sought, shown.get(number)) for number, row in sorted(rows.items())
        ]
        return (*tickets, *(self._suspended(sought) if sought.email else ()))

    def _named(self, reference: str) -> list[Json]:
        return _rows(self._line.get("tickets.json", external_id=reference), "tickets")

    def _requested(self, sought: Sought) -> list[Json]:
        """The person's tickets since then."""
        page = self._line.get("users/search.json", query=f'email:"{sought.email}"')
        ids = [
            user["id"]
            for user in _rows(page, "users")
            if str(user.get("email", "")).casefold() == sought.email.casefold()
        ]
        if not ids:
            return []
        found: list[Json] = []
        for row in self._newest_first(f"users/{ids[0]}/tickets/requested.json", "tickets"):
            if _instant(row["created_at"]) < sought.since:
                break
            found.append(row)
        return found

    def _pictured(self, rows: Sequence[Json]) -> Mapping[int, Snapshot]:
        """What an agent set there meanwhile; a case waits for no picture that stays unreadable."""
        try:
            return self._pictures(rows)
        except Failure as failure:
            if failure.cause not in LASTING:
                raise
            log.warning("twins_without_picture", reason=str(failure))
            return {}

    def _ticket(self, row: Json, sought: Sought, picture: Snapshot | None) -> Twin:
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
            picture=picture,
        )

    def _suspended(self, sought: Sought) -> Iterable[Twin]:
        for row in self._suspended_mails():
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

    def _suspended_mails(self) -> Iterable[Json]:
        try:
            yield from self._newest_first("suspended_tickets.json", "suspended_tickets")
        except Failure as failure:
            if failure.cause not in (Cause.FORBIDDEN, Cause.NOT_FOUND):
                raise

    def _newest_first(self, path: str, name: str) -> Iterator[Json]:
        """The rows of a list, page by page as they are wanted; what is cut off is logged."""
        asked = {"sort_by": "created_at", "sort_order": "desc", "per_page": PER_PAGE}
        for number in range(1, MOST_PAGES + 1):
            page = self._line.get(path, page=number, **asked)
            yield from _rows(page, name)
            if not page.get("next_page"):
                return
        log.warning("twins_cut", list=name, rows=MOST_PAGES * PER_PAGE)


def _nearest(rows: Iterable[Json], sought: Sought) -> list[Json]:
    """Those to be read whole, the likeliest first: a late ticket may be the last of many."""
    ranked = sorted(rows, key=lambda row: (_distance(row, sought), int(row["id"])))
    alike = [row for row in ranked if _distance(row, sought) < _UNLIKE]
    if len(alike) > MOST_ALIKE:
        log.warning("twins_cut", list="alike", case=sought.reference, rows=len(alike))
    return alike[:MOST_ALIKE] if len(alike) >= MOST_READ else ranked[:MOST_READ]


def _distance(row: Json, sought: Sought) -> int:
    """How far a ticket is from the case by what its row says; another case's is the farthest."""
    subject = str(row.get("subject") or "")
    external_id = row.get("external_id")
    if external_id == sought.reference or sought.reference in subject:
        return 0
    if external_id:
        return _UNLIKE + 1
    if sought.words and plain(str(row.get("description") or "")) == plain(sought.words):
        return 1
    return 2 if plain(subject) == plain(sought.subject) else _UNLIKE


def _rows(page: Json, name: str) -> list[Json]:
    rows = page.get(name)
    if not isinstance(rows, list):
        raise Failure(Cause.WRONG_CONTENT, f"wrong content: no {name}")
    return rows


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
