# SPDX-License-Identifier: GPL-3.0-or-later
"""What the adapter remembers of Zendesk's people, groups and organisations, to save reads.

Filled by the sideloads of each page; whoever stayed away is asked for once, many in one call.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.rules.ticket import Actor, Person

Json = Mapping[str, Any]
SYSTEM_USER = -1
"""Zendesk's own automation, as audits name it."""
_MOST_REQUESTERS = 100_000


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user as far as decisions need one."""

    person: Person
    is_staff: bool
    locale: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """A customer's company with its custom fields."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class Directory:
    """Users, groups and organisations by id, and who asked for which ticket; safe to share."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._lock = threading.Lock()
        self._users: dict[int, KnownUser | None] = {}
        self._groups: dict[int, str] = {}
        self._organisations: dict[int, KnownOrganisation] = {}
        self._requesters: dict[int, int] = {}
        self.own_id: int | None = None

    def learn(self, page: Json) -> None:
        """Take in whatever people, groups and organisations an answer brings along."""
        with self._lock:
            for user in page.get("users") or ():
                self._users[int(user["id"])] = _user(user)
            for group in page.get("groups") or ():
                self._groups[int(group["id"])] = str(group["name"])
            for each in page.get("organizations") or ():
                fields = each.get("organization_fields") or {}
                self._organisations[int(each["id"])] = KnownOrganisation(str(each["name"]), fields)
            for ticket in page.get("tickets") or ():
                self._note_requester(ticket)

    def learn_missing(self, user_ids: Iterable[int]) -> None:
        """Remember that Zendesk does not know these users, so that nobody asks again."""
        with self._lock:
            for user_id in user_ids:
                self._users.setdefault(user_id, None)

    def unknown_users(self, user_ids: Iterable[object]) -> list[int]:
        """Those of the ids that nobody has told us about yet, each once."""
        with self._lock:
            wanted = {each for each in user_ids if isinstance(each, int) and each > 0}
            return sorted(each for each in wanted if each not in self._users)

    def knows_organisation(self, organisation_id: object) -> bool:
        """Whether an organisation's name and fields are known."""
        return organisation_id in self._organisations

    def knows_group(self, group_id: object) -> bool:
        """Whether a group's name is known."""
        return group_id in self._groups

    def user(self, user_id: object) -> KnownUser | None:
        """A user, None when unknown."""
        return self._users.get(user_id) if isinstance(user_id, int) else None

    def person(self, user_id: object) -> Person | None:
        """A user as a person, with the id alone when no more is known; None for nobody."""
        if not isinstance(user_id, int):
            return None
        known = self.user(user_id)
        return known.person if known else Person(person_id=str(user_id))

    def organisation(self, organisation_id: object) -> KnownOrganisation | None:
        """An organisation, None when unknown."""
        if not isinstance(organisation_id, int):
            return None
        return self._organisations.get(organisation_id)

    def group(self, group_id: object) -> str | None:
        """A group's name in Zendesk, None when unknown."""
        return self._groups.get(group_id) if isinstance(group_id, int) else None

    def group_id(self, name: str) -> int | None:
        """The id of the group of this name, None when unknown."""
        with self._lock:
            return next((key for key, each in self._groups.items() if each == name), None)

    def actor(self, user_id: object, number: int, *, is_automatic: bool = False) -> Actor:
        """What a user is to a ticket; somebody unknown counts as its requester's side."""
        if is_automatic or user_id in (None, SYSTEM_USER):
            return Actor.SYSTEM
        if user_id == self.own_id:
            return Actor.SELF
        known = self.user(user_id)
        is_staff = known is not None and known.is_staff
        return (
            Actor.AGENT if is_staff and not self.is_requester(user_id, number) else Actor.REQUESTER
        )

    def is_requester(self, user_id: object, number: int) -> bool:
        """Whether a ticket was asked for by this user, as far as we saw it."""
        return user_id is not None and self._requesters.get(number) == user_id

    def _note_requester(self, ticket: Json) -> None:
        requester = ticket.get("requester_id")
        if not isinstance(requester, int):
            return
        if len(self._requesters) >= _MOST_REQUESTERS:
            self._requesters.pop(next(iter(self._requesters)))
        self._requesters[int(ticket["id"])] = requester


def _user(shown: Json) -> KnownUser:
    return KnownUser(
        Person(str(shown["id"]), shown.get("name"), shown.get("email")),
        is_staff=shown.get("role") in ("agent", "admin"),
        locale=shown.get("locale"),
        fields=shown.get("user_fields") or {},
    )
