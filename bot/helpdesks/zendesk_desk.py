# SPDX-License-Identifier: GPL-3.0-or-later
"""Knows Zendesk's furniture: who we are, the fields' ids, groups, people; reads what is missing."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_names import OwnNames
from bot.helpdesks.zendesk_people import Directory
from bot.helpdesks.zendesk_session import ZendeskLine

Json = Mapping[str, Any]
MOST_IDS = 100
MOST_PAGES = 100


class Desk:
    """Names and people of one helpdesk, completed by reads; safe to share between threads."""

    def __init__(self, line: ZendeskLine, names: OwnNames, people: Directory) -> None:
        """Read nothing before it is needed."""
        self.names = names
        self.people = people
        self._line = line
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Learn who we are and the ids of titled fields, once; raises `Failure`."""
        with self._lock:
            if self.people.own_id is None:
                self.people.own_id = int(self._line.me()["id"])
            if self.names.needs_titles:
                self.names.learn(self.listing("ticket_fields"))

    def prepare_for_writes(self, own_groups: Iterable[str]) -> None:
        """Learn what the words of a write need, such as the ids of groups; raises `Failure`."""
        if self.names.needs_titles:
            self.prepare()
        wanted = {self.names.their_group(each) for each in own_groups}
        if any(self.people.group_id(each) is None for each in wanted):
            self.learn_groups()

    def complete_users(self, user_ids: Iterable[object]) -> None:
        """Read those of the users that nobody has shown us yet; raises `Failure`."""
        missing = self.people.unknown_users(user_ids)
        for start in range(0, len(missing), MOST_IDS):
            some = missing[start : start + MOST_IDS]
            self.people.learn(self._line.get("users/show_many.json", ids=_joined(some)))
            self.people.learn_missing(some)

    def complete(self, tickets: Sequence[Json]) -> None:
        """Read the people, groups and organisations of tickets that came without sideloads."""
        self.people.learn({"tickets": tickets})
        self.complete_users(
            each.get(name) for each in tickets for name in ("requester_id", "assignee_id")
        )
        groups = {each.get("group_id") for each in tickets} - {None}
        if not all(self.people.knows_group(each) for each in groups):
            self.learn_groups()
        self.complete_organisations(each.get("organization_id") for each in tickets)

    def complete_organisations(self, organisation_ids: Iterable[object]) -> None:
        """Read those of the organisations that nobody has shown us yet; raises `Failure`."""
        wanted = {each for each in organisation_ids if isinstance(each, int)}
        missing = sorted(each for each in wanted if not self.people.knows_organisation(each))
        for start in range(0, len(missing), MOST_IDS):
            ids = _joined(missing[start : start + MOST_IDS])
            self.people.learn(self._line.get("organizations/show_many.json", ids=ids))

    def present_tickets(self, numbers: Sequence[int]) -> dict[int, Json]:
        """The tickets as they are now, by number; those that are gone are missing.

        Raises `Failure`.
        """
        if not numbers:
            return {}
        if len(numbers) == 1:
            found = self._one_ticket(numbers[0])
            return {} if found is None else {numbers[0]: found}
        page = self._line.get("tickets/show_many.json", ids=_joined(numbers))
        rows = page.get("tickets")
        if not isinstance(rows, list):
            raise Failure(Cause.WRONG_CONTENT, "wrong content: no tickets")
        return {int(row["id"]): row for row in rows}

    def listing(self, name: str, **query: object) -> Iterator[Json]:
        """All rows of a list, page by page; raises `Failure`."""
        asked: dict[str, object] = {"page[size]": "100", **query}
        for _ in range(MOST_PAGES):
            page = self._line.get(f"{name}.json", **asked)
            rows = page.get(name)
            if not isinstance(rows, list):
                raise Failure(Cause.WRONG_CONTENT, f"wrong content: no {name}")
            yield from rows
            following = _next(page)
            if following is None or not rows:
                return
            asked = following

    def _one_ticket(self, number: int) -> Json | None:
        try:
            found = self._line.get(f"tickets/{number}.json").get("ticket")
        except Failure as failure:
            if failure.cause is Cause.NOT_FOUND:
                return None
            raise
        if not isinstance(found, Mapping):
            raise Failure(Cause.WRONG_CONTENT, "wrong content: no ticket")
        return found

    def learn_groups(self) -> None:
        """Read all groups anew; raises `Failure`."""
        self.people.learn({"groups": list(self.listing("groups"))})


def _joined(ids: Iterable[int]) -> str:
    return ",".join(str(each) for each in ids)


def _next(page: Json) -> dict[str, object] | None:
    """The query of the next page, None on the last one; lists page by cursor or by number."""
    meta, links = page.get("meta"), page.get("links")
    if isinstance(meta, Mapping) and isinstance(links, Mapping):
        url = links.get("next") if meta.get("has_more") else None
    else:
        url = page.get("next_page")
    return dict(parse_qsl(urlsplit(url).query)) if isinstance(url, str) else None
