# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads who may ask for help from Zendesk's user export, with their companies' facts.

The export is read hour by hour while all is well, because during an outage nobody can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_desk import Desk
from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_names import HOLDERS, plain
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.ports import ContactPage
from bot.rules.mail import Contact

Json = Mapping[str, Any]
START = "start="
_STAFF = ("agent", "admin")


class ContactExport:
    """The export of users, page by page; raises `Failure`."""

    def __init__(self, line: ZendeskLine, desk: Desk, budget: CallBudget, clock: Clock) -> None:
        """Shares the exports' budget of calls."""
        self._line = line
        self._desk = desk
        self._budget = budget
        self._clock = clock

    def page(self, cursor: str | None, start: datetime) -> ContactPage:
        """One page of users that changed after `cursor`, or since `start` before the first."""
        wait = self._budget.wait_for(Lane.EXPORTS)
        if wait > 0:
            raise Failure(Cause.OWN_LIMIT, "our share of exports is used up", retry_after=wait)
        self._budget.count(Lane.EXPORTS)
        asked: dict[str, object] = {"start_time": int(start.timestamp())}
        if cursor is not None and not cursor.startswith(START):
            asked = {"cursor": cursor}
        page = self._line.get("incremental/users/cursor.json", **asked)
        rows = page.get("users")
        if not isinstance(rows, list):
            raise Failure(Cause.WRONG_CONTENT, "wrong content: no users")
        self._desk.complete_organisations(row.get("organization_id") for row in rows)
        after = page.get("after_cursor") or cursor or f"{START}{asked['start_time']}"
        is_last = page.get("end_of_stream") is True or not rows or after == cursor
        contacts = tuple(each for each in map(self._contact, rows) if each is not None)
        gone = frozenset(str(row["id"]) for row in rows if _may_not_ask(row))
        return ContactPage(contacts, str(after), is_last, gone)

    def _contact(self, row: Json) -> Contact | None:
        """A customer with an address; our own people ask for no help, nor do who left.

        The export shows a deleted user with `active: false`, often without an address. One who
        was merged looks the same, but writes on from that address: so neither is kept anew, and
        what is known of them stays.
        """
        email = row.get("email")
        if not isinstance(email, str) or "@" not in email:
            return None
        if row.get("active") is False or _may_not_ask(row):
            return None
        organisation = self._desk.people.organisation(row.get("organization_id"))
        held = {
            "organization": dict(organisation.fields) if organisation else {},
            "user": row.get("user_fields") or {},
        }
        locale = row.get("locale")
        return Contact(
            email=email,
            as_of=self._clock.now(),
            name=str(row["name"]) if row.get("name") else None,
            person_id=str(row["id"]),
            organisation=organisation.name if organisation else None,
            language=str(locale)[:2].casefold() if locale else None,
            fields=dict(self._fields(held)),
        )

    def _fields(self, held: Mapping[str, Json]) -> Iterable[tuple[str, str | None]]:
        """The own fields that a company or a person brings: plan, region and the like."""
        names = self._desk.names
        for own in names.own_fields():
            holder, _, key = (names.reference(own) or "").partition(".")
            if holder in HOLDERS:
                yield own, plain(held[holder].get(key))


def _may_not_ask(row: Json) -> bool:
    """Whether this is one of our own people, or somebody who was suspended."""
    return row.get("role") in _STAFF or row.get("suspended") is True
