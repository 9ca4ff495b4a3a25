# SPDX-License-Identifier: GPL-3.0-or-later
"""Translates between the world's helpdesk and the desk's own names, for the fake helpdesk."""

from __future__ import annotations

from datetime import datetime

from bot.rules.actions import TicketUpdate
from bot.rules.events import CommentAdded, FieldChanged
from bot.rules.mail import Contact
from bot.rules.policy import HelpdeskMap
from bot.rules.ticket import Actor, Person, Snapshot, Status
from bot.sandbox.world import World
from bot.sandbox.world_values import Audit, DeskTicket, FieldValue, User

_RENAMED = {"group_id": "group", "assignee_id": "assignee", "organization_id": "organisation"}
_TOLD = frozenset({"status", "priority", "tags", "subject", *_RENAMED})


class Names:
    """One desk's names over one world; the adapter's counterpart for the fake."""

    def __init__(self, world: World, names: HelpdeskMap) -> None:
        """`names` is the policy's `helpdesk:`."""
        self._world = world
        self._names = names
        self._fields = {own: self._field_id(theirs) for own, theirs in names.fields.items()}
        self._own = {field_id: own for own, field_id in self._fields.items() if field_id}
        self._own_groups = {theirs: own for own, theirs in names.groups.items()}
        self._own_categories = {theirs: own for own, theirs in names.categories.items()}
        self._own_priorities: dict[str, str] = {}
        for own, theirs in names.priorities.items():
            self._own_priorities.setdefault(theirs, own)

    def snapshot(self, ticket: DeskTicket) -> Snapshot:
        """The ticket in own names."""
        people = self._world.people
        requester, assignee = people.user(ticket.requester_id), people.user(ticket.assignee_id)
        organisation = people.organisation(ticket.organization_id)
        group = people.group(ticket.group_id)
        return Snapshot(
            number=ticket.number,
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            version=ticket.updated_at.isoformat(),
            status=Status(ticket.status),
            subject=ticket.subject,
            description=ticket.description,
            priority=self._own_priorities.get(ticket.priority or ""),
            helpdesk_priority=ticket.priority,
            category=self._category(ticket),
            tags=frozenset(ticket.tags),
            group=self._group(group.name) if group else None,
            assignee=_person(assignee),
            requester=_person(requester) or Person(),
            organisation=organisation.name if organisation else None,
            language=requester.locale[:2] if requester else None,
            via=ticket.via.channel,
            external_id=ticket.external_id,
            fields={
                own: self._value(own, ticket) for own in self._names.fields if own != "category"
            },
        )

    def contact(self, user: User, now: datetime) -> Contact | None:
        """A customer in own names; None for our own people, who left, and who has no address."""
        if user.is_staff or not user.email or not user.is_active or user.is_suspended:
            return None
        organisation = self._world.people.organisation(user.organisation_id)
        held = {
            "organization": organisation.fields if organisation else {},
            "user": user.fields,
        }
        references = {own: ref.partition(".") for own, ref in self._names.fields.items()}
        return Contact(
            email=user.email,
            as_of=now,
            name=user.name,
            person_id=str(user.user_id),
            organisation=organisation.name if organisation else None,
            language=user.locale[:2].casefold(),
            fields={
                own: held[holder].get(key)
                for own, (holder, _, key) in references.items()
                if holder in held
            },
        )

    def comments(self, audit: Audit, own_key: str | None) -> list[CommentAdded]:
        """The comments that an audit brought."""
        ticket = self._world.desk.ticket(audit.number)
        is_birth = any(change.kind == "Create" for change in audit.changes)
        return [
            CommentAdded(
                number=audit.number,
                comment_id=str(comment.comment_id),
                author=_person(self._world.people.user(comment.author_id)) or Person(),
                actor=self._actor(comment.author_id, ticket, comment.via.channel),
                is_public=comment.is_public,
                body=comment.body,
                is_first=is_birth,
                own_key=own_key,
            )
            for comment in audit.comments
        ]

    def changes(self, audit: Audit, own_key: str | None) -> list[FieldChanged]:
        """The changes of an audit in own names; a ticket's first values are no changes."""
        ticket = self._world.desk.ticket(audit.number)
        actor = self._actor(audit.author_id, ticket, audit.via.channel)
        found: list[FieldChanged] = []
        for change in audit.changes:
            own = self._own_name(change.name)
            if change.kind != "Change" or own is None:
                continue
            old, new = self._told(own, change.previous), self._told(own, change.value)
            person = str(audit.author_id)
            found.append(FieldChanged(audit.number, own, old, new, actor, person, own_key))
        return found

    def values(
        self, ticket: DeskTicket, update: TicketUpdate
    ) -> tuple[dict[str, FieldValue], dict[int, FieldValue]]:
        """An update in the helpdesk's names: values by the API's name, custom fields by id."""
        values, fields = self.values_of(update)
        if update.add_tags or update.remove_tags:
            tags = (set(ticket.tags) | update.add_tags) - update.remove_tags
            values["tags"] = tuple(sorted(tags))
        return values, fields

    def values_of(
        self, update: TicketUpdate
    ) -> tuple[dict[str, FieldValue], dict[int, FieldValue]]:
        """The same without tags, as for a ticket that is yet to be made."""
        values: dict[str, FieldValue] = {}
        if update.priority:
            values["priority"] = self._names.priorities.get(update.priority, update.priority)
        if update.group:
            name = self._names.groups.get(update.group, update.group)
            group = self._world.people.group_named(name)
            values["group_id"] = group.group_id if group else None
        own = dict(update.fields)
        if update.category:
            theirs = self._names.categories.get(update.category, update.category)
            own["category"] = theirs
        fields = {self._fields[name]: value for name, value in own.items() if name in self._fields}
        return values, {key: value for key, value in fields.items() if key is not None}

    def _field_id(self, theirs: str) -> int | None:
        if "." in theirs:
            return None
        found = self._world.people.field_titled(theirs)
        return found.field_id if found else int(theirs) if theirs.isdecimal() else None

    def _value(self, own: str, ticket: DeskTicket) -> str | None:
        theirs = self._names.fields[own]
        holder, _, key = theirs.partition(".")
        if holder == "organization":
            organisation = self._world.people.organisation(ticket.organization_id)
            return organisation.fields.get(key) if organisation else None
        if holder == "user":
            user = self._world.people.user(ticket.requester_id)
            return user.fields.get(key) if user else None
        value = ticket.fields.get(self._fields[own] or 0)
        return None if value is None else str(value)

    def _category(self, ticket: DeskTicket) -> str | None:
        value = ticket.fields.get(self._fields.get("category") or 0)
        return self._own_categories.get(str(value), str(value)) if value else None

    def _group(self, name: str) -> str:
        return self._own_groups.get(name, name)

    def _own_name(self, theirs: str) -> str | None:
        if theirs.isdecimal():
            return self._own.get(int(theirs))
        return _RENAMED.get(theirs, theirs) if theirs in _TOLD else None

    def _told(self, own: str, value: FieldValue) -> str | None:
        if value is None or value == ():
            return None
        if isinstance(value, tuple):
            return " ".join(sorted(value))
        people = self._world.people
        match own:
            case "group" if isinstance(value, int) and (group := people.group(value)):
                return self._group(group.name)
            case "assignee" if isinstance(value, int) and (user := people.user(value)):
                return user.email
            case "organisation" if isinstance(value, int) and (found := people.organisation(value)):
                return found.name
            case "priority":
                return self._own_priorities.get(str(value), str(value))
            case "category":
                return self._own_categories.get(str(value), str(value))
        return str(value)

    def _actor(self, author_id: int, ticket: DeskTicket | None, channel: str) -> Actor:
        if author_id == self._world.daemon.user_id:
            return Actor.SELF
        if channel == "rule":
            return Actor.SYSTEM
        author = self._world.people.user(author_id)
        is_requester = ticket is not None and author_id == ticket.requester_id
        is_staff = author is not None and author.is_staff
        return Actor.AGENT if is_staff and not is_requester else Actor.REQUESTER


def _person(user: User | None) -> Person | None:
    return None if user is None else Person(str(user.user_id), user.name, user.email)
