# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's searches: tickets and people by an index that lags."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.sandbox.http import Reply
from bot.sandbox.world import World
from bot.sandbox.world_values import DeskTicket, User
from bot.sandbox.zendesk_answers import Ask, Route, error, listing
from bot.sandbox.zendesk_render import Json, ticket_json, user_json

MOST_RESULTS = 1000
_TERM = re.compile(r'(-?)(?:(\w+)([:<>]=?))?(?:"([^"]*)"|(\S+))')
_ORDER = ("new", "open", "pending", "hold", "solved", "closed")


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query: a word (`name` empty) or a comparison of a field."""

    name: str
    operator: str
    value: str
    is_negated: bool = False


class SearchPages:
    """Finds what was there `lag` seconds ago: never good enough to decide whether to create."""

    def __init__(self, world: World, *, lag: float = 120.0) -> None:
        """Search in `world`."""
        self.lag = lag
        self._world = world

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "search", self.search),
            Route("GET", "search/export", self.export),
        ]

    def search(self, ask: Ask) -> Reply:
        """Tickets and users that fit; 422 beyond a thousand."""
        found = self._found(ask)
        if (ask.wanted("page", 1) - 1) * ask.wanted("per_page", 100) >= MOST_RESULTS:
            return error(422, "invalid", "Invalid search: requested response size was too large")
        return listing(ask, "results", found, lambda each: self._show(ask, each), facets=None)

    def export(self, ask: Ask) -> Reply:
        """The same by cursor, without a bound."""
        found = self._found(ask)
        query = {"page[size]": "100", **ask.call.query}
        paged = replace(ask, call=replace(ask.call, query=query))
        return listing(paged, "results", found, lambda each: self._show(ask, each), facets=None)

    def _found(self, ask: Ask) -> list[DeskTicket | User]:
        terms = _terms(ask.call.query.get("query", ""))
        kinds = {each.value for each in terms if each.name == "type"}
        wanted = [each for each in terms if each.name not in ("type", "order_by", "sort")]
        seen = self._world.clock.now() - timedelta(seconds=self.lag)
        found: list[DeskTicket | User] = []
        if kinds <= {"ticket"}:
            found += [
                each
                for each in self._world.tickets()
                if each.updated_at <= seen and all(self._fits(each, term) for term in wanted)
            ]
        if kinds <= {"user"}:
            found += [
                each
                for each in self._world.people.users()
                if each.updated_at <= seen and all(_user_fits(each, term) for term in wanted)
            ]
        return found

    def _fits(self, ticket: DeskTicket, term: Term) -> bool:
        return self._ticket_fits(ticket, term) is not term.is_negated

    def _ticket_fits(self, ticket: DeskTicket, term: Term) -> bool:
        match term.name:
            case "":
                text = f"{ticket.subject} {ticket.description}".casefold()
                return term.value.casefold() in text
            case "status":
                return _ordered(_ORDER.index(ticket.status), term, _ORDER)
            case "tags":
                return term.value in ticket.tags
            case "requester":
                user = self._world.people.user(ticket.requester_id)
                return user is not None and term.value in (str(user.user_id), user.email)
            case "created" | "updated":
                return _dated(getattr(ticket, f"{term.name}_at"), term)
            case "group" | "assignee" | "organization":
                name = f"{term.name}_id"
                return str(getattr(ticket, name)) == term.value
            case "priority" | "external_id" | "subject" | "description":
                return term.value.casefold() in str(getattr(ticket, term.name) or "").casefold()
            case _:
                return False

    def _show(self, ask: Ask, found: DeskTicket | User) -> Json:
        if isinstance(found, User):
            return {**user_json(found, ask.base), "result_type": "user"}
        shown = ticket_json(found, self._world.people, ask.base)
        return {**shown, "result_type": "ticket"}


def _terms(query: str) -> list[Term]:
    return [
        Term(name, operator, quoted or word, bool(minus))
        for minus, name, operator, quoted, word in _TERM.findall(query)
    ]


def _user_fits(user: User, term: Term) -> bool:
    match term.name:
        case "" | "name":
            return term.value.casefold() in f"{user.name} {user.email}".casefold()
        case "email":
            return term.value.casefold() == (user.email or "").casefold()
        case "role":
            return term.value == str(user.role)
        case _:
            return False


def _ordered(place: int, term: Term, order: tuple[str, ...]) -> bool:
    if term.value not in order:
        return False
    other = order.index(term.value)
    return {":": place == other, "<": place < other, ">": place > other,
            "<=": place <= other, ">=": place >= other}.get(term.operator, False)  # fmt: skip


def _dated(at: datetime, term: Term) -> bool:
    try:
        other = datetime.fromisoformat(term.value)
    except ValueError:
        return False
    other = other if other.tzinfo else other.replace(tzinfo=UTC)
    if term.operator == ":":
        return at.date() == other.date()
    return at > other if term.operator.startswith(">") else at < other
