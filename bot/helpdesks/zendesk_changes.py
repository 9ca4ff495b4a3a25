# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns rows of the ticket-events export into events: every reply, note and change of a field.

A row is one audit with its child events. A ticket's first values (`Create`) are no changes; the
comment that came with them opened the ticket.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.helpdesks.zendesk_names import OwnNames, plain
from bot.helpdesks.zendesk_people import Directory
from bot.helpdesks.zendesk_tickets import EXPORT, instant
from bot.rules.events import CommentAdded, Event, FieldChanged, change_key, comment_key
from bot.rules.ticket import Actor, Person

Json = Mapping[str, Any]
OWN_KEY = "deskmate_key"
"""Where our outbox keys stand in an audit's custom metadata."""
_AUTOMATIC = ("rule", "automation", "trigger", "sla")
_NO_FIELDS = frozenset(
    "id via via_reference_id event_type previous_value added_tags removed_tags type".split()
)


def events_of(row: Json, names: OwnNames, people: Directory) -> Iterator[Event]:
    """The events of one audit; raises KeyError or ValueError on nonsense."""
    number, at = int(row["ticket_id"]), instant(row["created_at"])
    children = row.get("child_events") or ()
    is_birth = any(child.get("event_type") == "Create" for child in children)
    reader = _AuditReader(row, names, people, own_key(row))
    for child in children:
        if child.get("event_type") == "Comment":
            added = reader.comment(child, is_first=is_birth)
            key = comment_key(number, added.comment_id)
            yield Event(key, f"ticket/{number}", at, EXPORT, added)
    for child in children:
        if child.get("event_type") == "Change":
            yield from reader.changes(child, at)


def mentioned_users(row: Json) -> Iterator[object]:
    """Everybody whose role or address the events of a row depend on."""
    yield row.get("updater_id")
    for child in row.get("child_events") or ():
        yield child.get("author_id")
        if "assignee_id" in child:
            yield _number(child.get("assignee_id"))
            yield _number(child.get("previous_value"))


def own_key(row: Json) -> str | None:
    """The outbox key that we left in an audit, the first one of several; None without one."""
    return next(iter(own_keys(row)), None)


def own_keys(shown: Json) -> tuple[str, ...]:
    """Every outbox key in the metadata of an audit, of its comment, or of an export's row."""
    for each in (shown, *(shown.get("child_events") or ())):
        metadata = each.get("metadata")
        custom = metadata.get("custom") if isinstance(metadata, Mapping) else None
        kept = custom.get(OWN_KEY) if isinstance(custom, Mapping) else None
        if isinstance(kept, str):
            return (kept,)
        if isinstance(kept, list):
            return tuple(str(key) for key in kept)
    return ()


def told(own: str, value: object, names: OwnNames, people: Directory) -> str | None:
    """A field's value in own words, the same from the export and from a webhook."""
    match own:
        case "group":
            group = people.group(_number(value))
            return names.own_group(group) if group else plain(value)
        case "assignee":
            person = people.person(_number(value))
            return (person.email or person.person_id) if person else None
        case "organisation":
            organisation = people.organisation(_number(value))
            return organisation.name if organisation else plain(value)
        case "priority":
            text = plain(value)
            # A code the desk has no word for is told as it is: the change happened.
            return names.own_priority(text) or text
        case "category":
            return names.own_category(plain(value))
        case "tags" if isinstance(value, str):
            return plain(value.split())
    return plain(value)


class _AuditReader:
    """Reads the children of one row."""

    def __init__(self, row: Json, names: OwnNames, people: Directory, key: str | None) -> None:
        self._row = row
        self._number = int(row["ticket_id"])
        self._names = names
        self._people = people
        self._key = key

    def comment(self, child: Json, *, is_first: bool) -> CommentAdded:
        author = child.get("author_id", self._row.get("updater_id"))
        body = child.get("plain_body") or child.get("body") or ""
        return CommentAdded(
            number=self._number,
            comment_id=str(child["id"]),
            author=self._people.person(author) or Person(),
            actor=self._actor(author, child),
            is_public=bool(child.get("public", child.get("comment_public", False))),
            body=str(body),
            is_first=is_first,
            own_key=self._key,
        )

    def changes(self, child: Json, at: datetime) -> Iterator[Event]:
        updater = self._row.get("updater_id")
        actor = self._actor(updater, child)
        # A trigger that our own write set off is in our audit, and is not ours.
        key_of_ours = self._key if actor is not Actor.SYSTEM else None
        for theirs, value in _named_values(child):
            own = self._names.own_name(theirs)
            if own is None:
                continue
            new = told(own, value, self._names, self._people)
            old = told(own, child.get("previous_value"), self._names, self._people)
            person = str(updater) if updater is not None else None
            fact = FieldChanged(self._number, own, old, new, actor, person, key_of_ours)
            key = change_key(self._number, own, new, at)
            yield Event(key, f"ticket/{self._number}", at, EXPORT, fact)

    def _actor(self, user_id: object, child: Json) -> Actor:
        automatic = _is_automatic(child.get("via")) or _is_automatic(self._row.get("via"))
        return self._people.actor(user_id, self._number, is_automatic=automatic)


def _named_values(child: Json) -> Iterator[tuple[str, object]]:
    for name, value in child.items():
        if name in ("custom_ticket_fields", "custom_fields") and isinstance(value, Mapping):
            yield from ((str(key), each) for key, each in value.items())
        elif name not in _NO_FIELDS:
            yield name, value


def _is_automatic(via: object) -> bool:
    name = via.get("channel") if isinstance(via, Mapping) else via
    return isinstance(name, str) and name.lower().startswith(_AUTOMATIC)


def _number(value: object) -> int | None:
    """Audits write ids as numbers, webhooks as texts."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None
