# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's ticket exports: by cursor, by time, ticket events and metric events.

What is younger than `withhold` seconds is kept back, as the real export keeps back a minute; the
present second is never shown, since it is not over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk_answers import Ask, Route, error, link
from bot.sandbox.zendesk_cursors import Place, decoded, encoded
from bot.sandbox.zendesk_events import event_row
from bot.sandbox.zendesk_metrics import metric_events, metric_json
from bot.sandbox.zendesk_render import (
    Json,
    group_json,
    instant,
    organisation_json,
    ticket_json,
    user_json,
)

MOST_ROWS = 1000


class ExportPages:
    """Shows what changed since a place; `withhold` is in seconds and may be changed any time."""

    def __init__(self, world: World, faults: Faults, *, withhold: float = 60.0) -> None:
        """Export the tickets of `world`."""
        self.withhold = withhold
        self._world = world
        self._faults = faults

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "incremental/tickets/cursor", self.by_cursor),
            Route("GET", "incremental/tickets", self.by_time),
            Route("GET", "incremental/ticket_events", self.events),
            Route("GET", "incremental/ticket_metric_events", self.metric_events),
        ]

    def by_cursor(self, ask: Ask) -> Reply:
        """Tickets after a cursor, in the order of the export's clock; deleted rows included."""
        refusal = None if "cursor" in ask.call.query else self._too_recent(ask)
        place = self._place(ask)
        if refusal is not None or place is None:
            return refusal or error(400, "InvalidCursor", "the cursor cannot be read")
        if self._faults.strike(Fault.EMPTY_PAGE, ask.key):
            return json_reply(200, self._cursor_page(ask, [], place, is_end=False))
        size = min(max(ask.wanted("per_page", MOST_ROWS), 1), MOST_ROWS)
        rows = [each for each in self._rows(ask) if Place(each.generated, each.number) > place]
        page = rows[:size]
        after = Place(page[-1].generated, page[-1].number) if page else place
        shown = self._disturbed(ask, page, place)
        return json_reply(200, self._cursor_page(ask, shown, after, is_end=len(rows) <= size))

    def by_time(self, ask: Ask) -> Reply:
        """Tickets from a second on; a page is never cut inside a second."""
        refusal = self._too_recent(ask)
        if refusal is not None:
            return refusal
        start = ask.wanted("start_time")
        rows = [each for each in self._rows(ask) if each.generated >= start]
        times = [each.generated for each in rows]
        size = _page_size(times, min(ask.wanted("per_page", MOST_ROWS), MOST_ROWS))
        page = [self._ticket(ask, each) for each in rows[:size]]
        return json_reply(200, _time_page(ask, "tickets", page, times, size))

    def events(self, ask: Ask) -> Reply:
        """Audits as rows with child events; with comments in full if sideloaded."""
        refusal = self._too_recent(ask)
        if refusal is not None:
            return refusal
        start = datetime.fromtimestamp(ask.wanted("start_time"), UTC)
        audits = [
            each
            for each in self._world.desk.audits(since=start)
            if int(each.created_at.timestamp()) < self._horizon()
        ]
        times = [int(each.created_at.timestamp()) for each in audits]
        if self._faults.strike(Fault.EMPTY_PAGE, ask.key):
            return json_reply(200, {**_time_page(ask, "ticket_events", [], [], 0), **_GO_ON})
        size = _page_size(times, min(ask.wanted("per_page", MOST_ROWS), MOST_ROWS))
        has_comments = "comment_events" in ask.listed("include")
        page = [event_row(each, ask.base, has_comments=has_comments) for each in audits[:size]]
        if self._faults.strike(Fault.DUPLICATE_ROWS, ask.key):
            page = [row for each in page for row in (each, each)]
        return json_reply(200, _time_page(ask, "ticket_events", page, times, size))

    def metric_events(self, ask: Ask) -> Reply:
        """Activations, pauses and fulfilments of the helpdesk's own metrics."""
        refusal = self._too_recent(ask)
        if refusal is not None:
            return refusal
        start, horizon = ask.wanted("start_time"), self._horizon()
        found = [
            event
            for ticket in self._world.desk.tickets()
            for event in metric_events(
                ticket, self._world.audits(ticket.number), self._world.people
            )
            if start <= int(event.at.timestamp()) < horizon
        ]
        found.sort(key=lambda each: (each.at, each.number))
        times = [int(each.at.timestamp()) for each in found]
        size = _page_size(times, MOST_ROWS)
        page: list[Json] = [
            {
                "id": 360_100_000_000 + place, "ticket_id": each.number, "metric": each.metric,
                "instance_id": each.instance, "type": each.kind, "time": instant(each.at),
            }
            for place, each in enumerate(found[:size])
        ]  # fmt: skip
        return json_reply(200, _time_page(ask, "ticket_metric_events", page, times, size))

    def _rows(self, ask: Ask) -> list[DeskTicket]:
        horizon = self._horizon()
        is_wanted = ask.call.query.get("exclude_deleted") != "true"
        rows = [
            each
            for each in self._world.desk.tickets()
            if each.generated < horizon and (is_wanted or each.status != "deleted")
        ]
        return sorted(rows, key=lambda each: (each.generated, each.number))

    def _horizon(self) -> int:
        """The first second that is not shown yet."""
        now = self._world.clock.now().timestamp()
        return min(int(now - self.withhold) + 1, int(now))

    def _too_recent(self, ask: Ask) -> Reply | None:
        start = ask.call.query.get("start_time", "")
        if not start.lstrip("-").isdigit():
            return error(400, "BadRequest", "start_time is required")
        if int(start) > self._world.clock.now().timestamp() - self.withhold:
            text = f"Too recent start_time. Use one older than {self.withhold:g} seconds"
            return error(422, "invalid", text)
        return None

    def _place(self, ask: Ask) -> Place | None:
        if "cursor" in ask.call.query:
            return decoded(ask.call.query["cursor"])
        return Place(ask.wanted("start_time"), 0)

    def _disturbed(self, ask: Ask, page: Sequence[DeskTicket], place: Place) -> list[DeskTicket]:
        shown = list(page)
        if self._faults.strike(Fault.REAPPEARING_ROWS, ask.key):
            old = [t for t in self._rows(ask) if Place(t.generated, t.number) <= place][-5:]
            clock = page[0].generated if page else place.generated
            shown = [replace(each, generated=clock) for each in old] + shown
        if self._faults.strike(Fault.DUPLICATE_ROWS, ask.key):
            shown = [row for each in shown for row in (each, each)]
        if self._faults.strike(Fault.SCRUBBED_ROWS, ask.key):
            shown = [_scrubbed(each) if each.status == "deleted" else each for each in shown]
        return shown

    def _cursor_page(
        self, ask: Ask, rows: Sequence[DeskTicket], after: Place, *, is_end: bool
    ) -> Json:
        cursor = encoded(after)
        query = {k: v for k, v in ask.call.query.items() if k not in ("start_time", "cursor")}
        again = replace(ask, call=replace(ask.call, query=query))
        return {
            "tickets": [self._ticket(ask, each) for each in rows],
            "after_url": link(again, cursor=cursor), "after_cursor": cursor,
            "before_url": None, "before_cursor": None, "end_of_stream": is_end,
            **self._sideloads(ask, rows),
        }  # fmt: skip

    def _ticket(self, ask: Ask, ticket: DeskTicket) -> Json:
        people, wanted = self._world.people, ask.listed("include")
        shown = ticket_json(ticket, people, ask.base, export=True)
        audits = self._world.audits(ticket.number) if wanted else ()
        if "comment_count" in wanted:
            shown["comment_count"] = sum(len(each.comments) for each in audits)
        if "metric_sets" in wanted or "dates" in wanted:
            metric = metric_json(ticket, audits, people, ask.base)
            shown.update({"metric_set": metric} if "metric_sets" in wanted else {})
            shown.update({"dates": metric} if "dates" in wanted else {})
        if "slas" in wanted:
            shown["slas"] = {"policy_metrics": []}
        return shown

    def _sideloads(self, ask: Ask, rows: Sequence[DeskTicket]) -> Json:
        people, wanted = self._world.people, ask.listed("include")
        shown: Json = {}
        if "users" in wanted:
            ids = dict.fromkeys(i for t in rows for i in (t.requester_id, t.assignee_id))
            shown["users"] = [user_json(u, ask.base) for u in map(people.user, ids) if u]
        if "groups" in wanted:
            groups = map(people.group, dict.fromkeys(t.group_id for t in rows))
            shown["groups"] = [group_json(each, ask.base) for each in groups if each]
        if "organizations" in wanted:
            found = map(people.organisation, dict.fromkeys(t.organization_id for t in rows))
            shown["organizations"] = [organisation_json(each, ask.base) for each in found if each]
        return shown


_GO_ON = {"end_of_stream": False}


def _page_size(times: Sequence[int], size: int) -> int:
    """How many rows a time-based page takes: it overflows rather than cut a second."""
    size = max(size, 1)
    while size < len(times) and times[size] == times[size - 1]:
        size += 1
    return min(size, len(times))


def _time_page(ask: Ask, name: str, rows: Sequence[Json], times: Sequence[int], size: int) -> Json:
    """The page's last second begins the next page, so its rows come again; as in the real one."""
    start = ask.wanted("start_time")
    end = times[size - 1] if size else start
    is_end = size >= len(times)
    if end == start and not is_end:
        end += 1
    return {
        name: list(rows), "count": len(rows), "end_time": end, "end_of_stream": is_end,
        "next_page": link(ask, start_time=str(end)),
    }  # fmt: skip


def _scrubbed(ticket: DeskTicket) -> DeskTicket:
    return replace(ticket, subject="SCRUBBED", description="X", tags=())
