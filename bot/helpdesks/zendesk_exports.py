# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads Zendesk's two exports page by page: tickets by cursor, and every change with its comments.

Both withhold the newest minute. A cursor is what Zendesk gave us, or `start=UNIX` before the first
page; the ticket-events export goes by time, so its cursor is always `start=UNIX`, and the rows of
that second come again (their keys make them one).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_changes import events_of, mentioned_users
from bot.helpdesks.zendesk_desk import Desk
from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_probes import canary_seen
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.helpdesks.zendesk_tickets import EXPORT, event_of
from bot.ports import Page
from bot.rules.events import Event, Unreadable

Json = Mapping[str, Any]
SIDELOADS = "users,groups,organizations"
START = "start="
_KEPT = 4_000
"""Characters that are kept of a row nobody could read."""


class Exports:
    """Both exports; raises `Failure`. Safe to share between threads."""

    def __init__(
        self,
        line: ZendeskLine,
        desk: Desk,
        budget: CallBudget,
        clock: Clock,
        *,
        withheld: timedelta,
    ) -> None:
        """`withheld` is how much of the newest the exports keep back: a minute, in a demo less."""
        self._line = line
        self._desk = desk
        self._budget = budget
        self._clock = clock
        self._withheld = withheld

    def tickets(self, cursor: str | None, start: datetime) -> Page:
        """One page of tickets that moved, with people, groups and organisations beside them."""
        self._desk.prepare()
        asked: dict[str, object] = {"include": SIDELOADS}
        if cursor is None or cursor.startswith(START):
            asked["start_time"] = self._start(cursor, start)
        else:
            asked["cursor"] = cursor
        page = self._read("incremental/tickets/cursor.json", asked)
        rows = _rows(page, "tickets")
        self._desk.people.learn(page)
        self._desk.complete_users(_people_of(rows))
        before = cursor or f"{START}{asked['start_time']}"
        after = page.get("after_cursor") or before
        # An empty page may say that there is more, and is to be believed as long as it moves on.
        is_last = page.get("end_of_stream") is True or (not rows and after == before)
        events = [each for row in rows for each in self._news_of(row)]
        return Page(tuple(events), str(after), is_last)

    def changes(self, cursor: str | None, start: datetime) -> Page:
        """One page of audits as replies, notes and changes."""
        self._desk.prepare()
        begin = self._start(cursor, start)
        asked = {"start_time": begin, "include": "comment_events"}
        page = self._read("incremental/ticket_events.json", asked)
        rows = _rows(page, "ticket_events")
        self._desk.complete_users(user for row in rows for user in mentioned_users(row))
        end = page.get("end_time")
        after = max(begin, end) if isinstance(end, int) else begin
        is_last = page.get("end_of_stream") is True or not rows
        if not is_last and after == begin:
            after += 1
        events = [
            each for row in rows if self._is_ours(row, "ticket_id") for each in self._changed(row)
        ]
        return Page(tuple(events), f"{START}{after}", is_last)

    def _read(self, path: str, asked: Mapping[str, object]) -> Json:
        wait = self._budget.wait_for(Lane.EXPORTS)
        if wait > 0:
            raise Failure(Cause.OWN_LIMIT, "our share of exports is used up", retry_after=wait)
        self._budget.count(Lane.EXPORTS)
        return self._line.get(path, **asked)

    def _start(self, cursor: str | None, start: datetime) -> int:
        """A start that the export accepts: older than what it withholds."""
        newest = int((self._clock.now() - self._withheld).timestamp()) - 1
        named = cursor.removeprefix(START) if cursor else ""
        wanted = int(named) if named.isdecimal() else int(start.timestamp())
        return min(wanted, newest)

    def _is_ours(self, row: Json, name: str) -> bool:
        """The canary's own changes are nobody's news."""
        canary = self._desk.names.canary
        return canary is None or row.get(name) != canary

    def _news_of(self, row: Json) -> Iterable[Event]:
        """A ticket as it is now; of the canary only that its counter came back."""
        if self._is_ours(row, "id"):
            return self._seen(row)
        return canary_seen(row.get("external_id"), EXPORT, self._clock.now())

    def _seen(self, row: Json) -> Iterable[Event]:
        return self._readable(row, lambda: [event_of(row, self._desk.names, self._desk.people)])

    def _changed(self, row: Json) -> Iterable[Event]:
        names, people = self._desk.names, self._desk.people
        return self._readable(row, lambda: list(events_of(row, names, people)))

    def _readable(self, row: Json, read: Callable[[], Sequence[Event]]) -> Iterable[Event]:
        """One row that makes no sense is kept for a person and stops nothing."""
        try:
            return read()
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            body = json.dumps(row, ensure_ascii=False, sort_keys=True)
            digest = hashlib.sha256(body.encode()).hexdigest()[:32]
            reason = f"{type(error).__name__}: {error}"
            fact = Unreadable(EXPORT, reason[:200], body[:_KEPT])
            now = self._clock.now()
            return [Event(f"unreadable/{EXPORT}/{digest}", "desk", now, EXPORT, fact)]


def _rows(page: Json, name: str) -> Sequence[Json]:
    rows = page.get(name)
    if not isinstance(rows, list) or not all(isinstance(each, Mapping) for each in rows):
        raise Failure(Cause.WRONG_CONTENT, f"wrong content: no {name}")
    return rows


def _people_of(rows: Iterable[Json]) -> Iterable[object]:
    for row in rows:
        yield row.get("requester_id")
        yield row.get("assignee_id")
