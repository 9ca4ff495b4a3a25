# SPDX-License-Identifier: GPL-3.0-or-later
"""The desk's own names and Zendesk's, both ways: fields, priorities, categories, groups.

`helpdesk:` of the policy maps own names to Zendesk's; what it does not mention has the same name
on both sides. Where several own codes share one of Zendesk's, the first one is read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.rules.policy import HelpdeskMap

Json = Mapping[str, Any]
CATEGORY = "category"
HOLDERS = ("organization", "user")
"""Where a field may be read besides the ticket: `organization.plan`, `user.region`."""
_RENAMED = {"group_id": "group", "assignee_id": "assignee", "organization_id": "organisation"}
_TOLD = frozenset({"status", "priority", "tags", "subject", *_RENAMED})


class OwnNames:
    """One desk's `helpdesk:` with the ids of its fields, once they were looked up."""

    def __init__(self, names: HelpdeskMap) -> None:
        """Fields that are given by their id are known at once, those by title after `learn`."""
        self.canary = names.canary
        self._names = names
        self._ids = {own: int(ref) for own, ref in names.fields.items() if ref.isdecimal()}
        self._own_priorities = _reversed(names.priorities)
        self._own_categories = _reversed(names.categories)
        self._own_groups = _reversed(names.groups)

    @property
    def needs_titles(self) -> bool:
        """True while a field is known by its title alone."""
        return bool(self._unresolved())

    def learn(self, ticket_fields: Iterable[Json]) -> None:
        """Take the ids of titled fields from Zendesk's list of ticket fields."""
        by_title: dict[str, int] = {}
        for each in ticket_fields:
            for name in ("raw_title", "title"):
                by_title.setdefault(str(each.get(name, "")).casefold(), int(each["id"]))
        for own in self._unresolved():
            found = by_title.get(self._names.fields[own].casefold())
            if found is not None:
                self._ids[own] = found

    def field_id(self, own: str) -> int | None:
        """The ticket field of an own name; None when it is none, or not on tickets."""
        return self._ids.get(own)

    def reference(self, own: str) -> str | None:
        """What the policy maps an own field to."""
        return self._names.fields.get(own)

    def own_name(self, theirs: str) -> str | None:
        """The own name of a field in an audit or a webhook; None for one that nobody asked for."""
        if theirs.isdecimal():
            wanted = int(theirs)
            return next((own for own, each in self._ids.items() if each == wanted), None)
        return _RENAMED.get(theirs, theirs) if theirs in _TOLD else None

    def own_fields(self) -> tuple[str, ...]:
        """The mapped fields but the category, which has a place of its own."""
        return tuple(own for own in self._names.fields if own != CATEGORY)

    def own_priority(self, theirs: str | None) -> str | None:
        """Zendesk's priority as an own code; None where it has none or the desk no code for it."""
        if theirs is None:
            return None
        return self._own_priorities.get(theirs, None if self._names.priorities else theirs)

    def own_category(self, theirs: str | None) -> str | None:
        """A category field's value as an own code."""
        return None if theirs is None else self._own_categories.get(theirs, theirs)

    def own_group(self, theirs: str) -> str:
        """A group's name as an own code."""
        return self._own_groups.get(theirs, theirs)

    def their_priority(self, own: str) -> str:
        """An own priority as Zendesk's."""
        return self._names.priorities.get(own, own)

    def their_category(self, own: str) -> str:
        """An own category as the value of Zendesk's field."""
        return self._names.categories.get(own, own)

    def their_group(self, own: str) -> str:
        """An own group as the name of Zendesk's."""
        return self._names.groups.get(own, own)

    def groups(self) -> Mapping[str, str]:
        """Own group -> Zendesk's, as the policy maps them."""
        return self._names.groups

    def receipt_trigger(self) -> str | None:
        """The title of the helpdesk's own receipt trigger, where the policy names one."""
        return self._names.receipt_trigger

    def _unresolved(self) -> list[str]:
        return [
            own
            for own, ref in self._names.fields.items()
            if own not in self._ids and ref.partition(".")[0] not in HOLDERS
        ]


def plain(value: object) -> str | None:
    """A field's value as one text; lists sorted and joined by spaces, None for nothing."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(sorted(str(each) for each in value))
    return str(value)


def _reversed(names: Mapping[str, str]) -> dict[str, str]:
    turned: dict[str, str] = {}
    for own, theirs in names.items():
        turned.setdefault(theirs, own)
    return turned
