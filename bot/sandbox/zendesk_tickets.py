# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's reading pages for tickets: one, many, their comments, audits and metrics."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_values import DeskTicket
from bot.sandbox.zendesk_answers import (
    Ask,
    Route,
    listing,
    not_found,
    too_many,
    whole,
)
from bot.sandbox.zendesk_metrics import metric_json
from bot.sandbox.zendesk_render import Json, audit_json, comment_json, ticket_json

MOST_IDS = 100


class TicketPages:
    """Reads tickets; archived and deleted ones are left out as the real lists leave them out."""

    def __init__(self, world: World) -> None:
        """Show the tickets of `world`."""
        self._world = world

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "tickets", self.tickets),
            Route("GET", "tickets/show_many", self.show_many),
            Route("GET", "tickets/{id}", self.show),
            Route("GET", "tickets/{id}/comments", self.comments),
            Route("GET", "tickets/{id}/audits", self.audits),
            Route("GET", "tickets/{id}/tags", self.tags),
            Route("GET", "tickets/{id}/metrics", self.metrics),
            Route("GET", "tickets/{id}/incidents", self.incidents),
            Route("GET", "problems", self.problems),
            Route("GET", "users/{id}/tickets/requested", self.requested),
            Route("GET", "ticket_audits", self.all_audits),
        ]

    def tickets(self, ask: Ask) -> Reply:
        """A list, by `external_id` if named; fresh, unlike the search."""
        wanted = ask.listed("external_id")
        rows = [each for each in self._world.tickets() if not wanted or each.external_id in wanted]
        return self._listing(ask, rows)

    def show_many(self, ask: Ask) -> Reply:
        """Up to 100 by number; unknown ones are silently missing."""
        ids = ask.ids()
        if len(ids) > MOST_IDS:
            return too_many(MOST_IDS)
        found = [self._world.ticket(number) for number in ids]
        return whole(ask, "tickets", [each for each in found if each is not None], self._show(ask))

    def show(self, ask: Ask) -> Reply:
        """One ticket as it is now."""
        ticket = self._world.ticket(ask.number())
        return (
            not_found() if ticket is None else json_reply(200, {"ticket": self._show(ask)(ticket)})
        )

    def comments(self, ask: Ask) -> Reply:
        """A ticket's comments, oldest first unless `sort_order=desc`."""
        if self._world.ticket(ask.number()) is None:
            return not_found()
        rows = list(self._world.comments(ask.number()))
        if ask.call.query.get("sort_order") == "desc":
            rows.reverse()
        return listing(ask, "comments", rows, lambda each: comment_json(each, ask.base))

    def audits(self, ask: Ask) -> Reply:
        """A ticket's audits in order."""
        if self._world.ticket(ask.number()) is None:
            return not_found()
        rows = self._world.audits(ask.number())
        return listing(ask, "audits", rows, lambda each: audit_json(each, ask.base))

    def all_audits(self, ask: Ask) -> Reply:
        """Every ticket's audits, newest first."""
        rows = self._world.desk.audits()[::-1]
        return listing(ask, "audits", rows, lambda each: audit_json(each, ask.base))

    def tags(self, ask: Ask) -> Reply:
        """A ticket's tags."""
        ticket = self._world.ticket(ask.number())
        return not_found() if ticket is None else json_reply(200, {"tags": list(ticket.tags)})

    def metrics(self, ask: Ask) -> Reply:
        """A ticket's reply and resolution times in calendar minutes."""
        ticket = self._world.ticket(ask.number())
        if ticket is None:
            return not_found()
        audits = self._world.audits(ticket.number)
        metric = metric_json(ticket, audits, self._world.people, ask.base)
        return json_reply(200, {"ticket_metric": metric})

    def incidents(self, ask: Ask) -> Reply:
        """The incidents that hang on a problem."""
        rows = [each for each in self._world.tickets() if each.problem_id == ask.number()]
        return self._listing(ask, rows)

    def problems(self, ask: Ask) -> Reply:
        """Every ticket of type problem."""
        return self._listing(ask, [t for t in self._world.tickets() if t.type == "problem"])

    def requested(self, ask: Ask) -> Reply:
        """Tickets that somebody requested."""
        rows = [each for each in self._world.tickets() if each.requester_id == ask.number()]
        if ask.call.query.get("sort_order") == "desc":
            rows.reverse()
        return self._listing(ask, rows)

    def _listing(self, ask: Ask, rows: list[DeskTicket]) -> Reply:
        return listing(ask, "tickets", rows, self._show(ask))

    def _show(self, ask: Ask) -> Callable[[DeskTicket], Json]:
        return lambda ticket: ticket_json(ticket, self._world.people, ask.base)
