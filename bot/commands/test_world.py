# SPDX-License-Identifier: GPL-3.0-or-later
"""The pretend helpdesk of one timeline, furnished as the policy expects it, and what people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from bot.clock import Clock
from bot.config.desk_tests_timeline import Deed, Happening
from bot.rules.policy import HelpdeskMap, Policy
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_values import FieldValue, NewComment, Refusal, Role, User

OWN_FIELDS = ("category", "plan", "region")
"""Fields that a timeline may set even where the policy does not say where the helpdesk has them."""
DOMAIN = "customer.example"


class Trial(Exception):  # noqa: N818 - it says what could not be done, and where
    """Something of a timeline that the pretend helpdesk refuses."""


class DeskWorld:
    """The world of one test; tickets are known by the names that the test gives them."""

    def __init__(self, policy: Policy, happenings: tuple[Happening, ...], clock: Clock) -> None:
        """Furnish groups, fields and a canary ticket before the first entry."""
        self.world = World(clock)
        self.numbers: dict[str, int] = {}
        self._policy = policy
        people = self.world.people
        for theirs in {*policy.helpdesk.groups.values(), "Support"}:
            people.add_group(theirs)
        self._agent = people.add_user("An Agent", "agent@desk.example", role=Role.AGENT)
        canary = self.world.create_ticket(
            "Canary", "Leave this alone", requester=self.world.daemon, values={"status": "hold"}
        )
        self.names = _names(policy.helpdesk, happenings, canary.number)
        for title in self.names.fields.values():
            people.add_field(title)

    def happen(self, happening: Happening) -> None:
        """Open the ticket of an entry, or do to it what the entry says; raises `Trial`."""
        if happening.opening:
            self.numbers[happening.ticket] = self._open(happening.opening)
        for deed, value in happening.deeds:
            if deed is not Deed.PRESS:
                self._do(self.numbers[happening.ticket], deed, value)
        if happening.helpdesk == "down":
            self.world.faults.switch_on(Fault.UNAVAILABLE)
        elif happening.helpdesk == "up":
            self.world.faults.clear()

    @property
    def is_down(self) -> bool:
        """Whether the pretend helpdesk refuses to answer."""
        return self.world.faults.is_on(Fault.UNAVAILABLE)

    def _open(self, told: Mapping[str, Any]) -> int:
        fields = dict(told.get("fields") or {})
        fields |= {key: told[key] for key in ("plan", "region") if told.get(key) is not None}
        requester = self._requester(told)
        made = self.world.create_ticket(
            told.get("subject") or told.get("body") or "(no subject)",
            told.get("body") or told.get("subject") or "",
            requester=requester,
            values={"tags": tuple(told["tags"])} if told.get("tags") else None,
            fields=self._ticket_fields(fields),
            via=str(told.get("via") or "web").partition(":")[0],
        )
        return made.number

    def _requester(self, told: Mapping[str, Any]) -> User:
        """Whoever writes, of the organisation that the entry tells."""
        name = str(told.get("requester") or "somebody")
        organisation = told.get("organisation")
        email = name if "@" in name else f"{_slug(name)}.{_slug(str(organisation))}@{DOMAIN}"
        people = self.world.people
        known = people.user_by_email(email)
        if known is not None:
            return known
        company = next((each for each in people.organisations() if each.name == organisation), None)
        if company is None and organisation is not None:
            company = people.add_organisation(str(organisation))
        return people.add_user(
            name.partition("@")[0],
            email,
            organisation_id=company.organisation_id if company else None,
            locale=str(told.get("language") or "en"),
        )

    def _ticket_fields(self, fields: Mapping[str, str]) -> dict[int, FieldValue]:
        found: dict[int, FieldValue] = {}
        for own, value in fields.items():
            field = self.world.people.field_titled(self.names.fields[own])
            if field is not None:
                found[field.field_id] = value
        return found

    def _do(self, number: int, deed: Deed, value: str) -> None:
        ticket = self.world.desk.ticket(number)
        assert ticket is not None, "the timeline opened it"
        comment: NewComment | None = None
        values: dict[str, FieldValue] = {}
        fields: dict[int, FieldValue] = {}
        by = self._agent
        match deed:
            case Deed.REQUESTER_REPLY:
                by = self.world.people.user(ticket.requester_id) or by
                comment = NewComment(value, True)
            case Deed.AGENT_REPLY | Deed.INTERNAL_NOTE:
                comment = NewComment(value, deed is Deed.AGENT_REPLY)
            case Deed.STATUS:
                values["status"] = value
            case Deed.ASSIGN:
                values["assignee_id"] = self._agent_named(value).user_id
            case Deed.PRIORITY:
                values["priority"] = self._policy.helpdesk.priorities.get(value, value)
            case Deed.CATEGORY:
                theirs = self._policy.helpdesk.categories.get(value, value)
                fields = self._ticket_fields({"category": theirs})
            case Deed.GROUP:
                group = self.world.people.group_named(
                    self._policy.helpdesk.groups.get(value, value)
                )
                values["group_id"] = group.group_id if group else None
            case Deed.TAG:
                values["tags"] = tuple({*ticket.tags, *value.split()})
            case Deed.PRESS:
                return
            case _:
                assert_never(deed)
        done = self.world.change_ticket(
            number, by=by, values=values, fields=fields, comment=comment
        )
        if isinstance(done, Refusal):
            raise Trial(f"{deed}: {done.text}")

    def _agent_named(self, name: str) -> User:
        email = name if "@" in name else f"{_slug(name)}@desk.example"
        people = self.world.people
        return people.user_by_email(email) or people.add_user(name, email, role=Role.AGENT)


def _names(names: HelpdeskMap, happenings: tuple[Happening, ...], canary: int) -> HelpdeskMap:
    """The policy's names for this world, where every own field is a field of the ticket.

    Whether a fact stands with the ticket, the organisation or the user is the helpdesk's matter;
    fields that only the timeline tells are known too.
    """
    told = {name for each in happenings for name in each.opening.get("fields") or {}}
    own = (*names.fields, *OWN_FIELDS, *sorted(told))
    fields = {name: f"desk {name}".replace(".", " ") for name in own}
    return replace(names, fields=fields, canary=canary)


def _slug(name: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in name.casefold()).strip("-") or "x"
