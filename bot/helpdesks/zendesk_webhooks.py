# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads Zendesk's two kinds of webhooks into events, without asking Zendesk anything.

Subscribed to events: a fixed schema in which every id is a text and enums are upper-case. Connected
to triggers: a body that the desk's administrator writes after docs/zendesk.md. Both only bring
the news sooner than the export; what they do not say is left to it, never filled with nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.helpdesks.zendesk_changes import told
from bot.helpdesks.zendesk_names import OwnNames
from bot.helpdesks.zendesk_people import Directory
from bot.helpdesks.zendesk_probes import canary_seen
from bot.helpdesks.zendesk_tickets import held_fields, instant
from bot.rules.events import (
    CommentAdded,
    Event,
    Fact,
    FieldChanged,
    TicketGone,
    TicketSeen,
    change_key,
    comment_key,
)
from bot.rules.ticket import Actor, Person, Snapshot, Status

Json = Mapping[str, Any]
WEBHOOK = "webhook"
PREFIX = "zen:event-type:ticket."
_CHANGED = {
    "status_changed": "status",
    "priority_changed": "priority",
    "subject_changed": "subject",
    "agent_assignment_changed": "assignee_id",
    "group_assignment_changed": "group_id",
    "organization_changed": "organization_id",
}
_GONE = {
    "soft_deleted": "deleted",
    "permanently_deleted": "scrubbed",
    "merged": "merged",
}
_LEFT_TO_THE_EXPORT = frozenset(
    "custom_status_changed type_changed description_changed comment_made_private comment_redacted "
    "attachment_linked_to_comment attachment_redacted_from_comment requester_changed "
    "submitter_changed brand_changed form_changed external_id_changed email_ccs_changed "
    "followers_changed problem_link_changed task_due_at_changed marked_as_spam undeleted "
    "schedule_changed sla_policy_changed ola_policy_changed next_sla_breach_changed csat_requested "
    "csat_received".split()
)
"""Known types that say nothing a decision needs before the export says it."""


class WebhookReader:
    """Reads bodies with what the adapter remembers; safe to share between threads."""

    def __init__(self, names: OwnNames, people: Directory) -> None:
        """`names` and `people` are the adapter's."""
        self._names = names
        self._people = people

    def event(self, body: bytes, now: datetime) -> Sequence[Event]:
        """The events of one event-subscribed delivery; raises ValueError with the reason."""
        sent = as_object(json.loads(body))
        kind = str(sent.get("type", ""))
        if not kind.startswith(PREFIX):
            raise ValueError(f"event type {kind!r} is not known")
        name, detail = kind.removeprefix(PREFIX), as_object(sent.get("detail"))
        number = int(detail["id"])
        if number == self._names.canary and name == "external_id_changed":
            return canary_seen(detail.get("external_id"), "webhook", now)
        if number == self._names.canary or name in _LEFT_TO_THE_EXPORT:
            return ()
        at = instant(str(sent.get("time") or now.isoformat()))
        happened = sent.get("event")
        told_of = happened if isinstance(happened, Mapping) else {}
        return self._of_kind(name, number, at, detail, told_of)

    def _of_kind(
        self, name: str, number: int, at: datetime, detail: Json, happened: Json
    ) -> Sequence[Event]:
        if name in _GONE:
            key = f"ticket/{number}/gone/{_GONE[name]}@{at.isoformat()}"
            return (_event(key, number, at, TicketGone(number, _GONE[name])),)
        if self._people.own_id is None:
            # Not knowing who we are, we could take our own echo for somebody's: the export will do.
            return ()
        match name:
            case "created":
                return self._created(number, at, detail)
            case "comment_added":
                return self._commented(number, at, detail, as_object(happened.get("comment")))
            case "tags_changed":
                return self._tagged(number, at, detail, happened)
            case "custom_field_changed":
                field = as_object(happened.get("field"))
                return self._changed(str(field.get("id")), number, at, detail, happened)
            case _ if name in _CHANGED:
                return self._changed(_CHANGED[name], number, at, detail, happened)
        raise ValueError(f"event type {PREFIX + name!r} is not known")

    def _created(self, number: int, at: datetime, detail: Json) -> Sequence[Event]:
        if not detail.get("subject") or not detail.get("description"):
            return ()
        snapshot = self._snapshot(number, detail)
        key = f"ticket/{number}/born@{snapshot.created_at.isoformat()}"
        return (_event(key, number, at, TicketSeen(snapshot)),)

    def _commented(self, number: int, at: datetime, detail: Json, comment: Json) -> Sequence[Event]:
        author = as_object(comment.get("author"))
        person_id = str(author.get("id") or "")
        actor = actor_of(self._people, person_id, number)
        if actor in (Actor.REQUESTER, Actor.AGENT):
            is_requester = person_id == str(detail.get("requester_id"))
            is_agent = bool(author.get("is_staff")) and not is_requester
            actor = Actor.AGENT if is_agent else Actor.REQUESTER
        known = self._people.person(as_id(person_id))
        added = CommentAdded(
            number=number,
            comment_id=str(comment["id"]),
            author=known if known and known.name else Person(person_id, author.get("name")),
            actor=actor,
            is_public=bool(comment.get("is_public")),
            body=str(comment.get("body") or ""),
        )
        return (_event(comment_key(number, added.comment_id), number, at, added),)

    def _tagged(self, number: int, at: datetime, detail: Json, happened: Json) -> Sequence[Event]:
        tags = detail.get("tags")
        if not isinstance(tags, list):
            return ()
        added = happened.get("tags_added") or happened.get("added") or ()
        removed = happened.get("tags_removed") or happened.get("removed") or ()
        before = [each for each in tags if each not in added] + list(removed)
        event = {"current": tags, "previous": before}
        return self._changed("tags", number, at, detail, event)

    def _changed(
        self, theirs: str, number: int, at: datetime, detail: Json, happened: Json
    ) -> Sequence[Event]:
        own = self._names.own_name(theirs)
        if own is None or "current" not in happened:
            return ()
        current, previous = happened["current"], happened.get("previous")
        if not (self._is_tellable(own, current) and self._is_tellable(own, previous)):
            return ()
        if own in ("status", "priority"):
            current, previous = _lower(current), _lower(previous)
        new = told(own, current, self._names, self._people)
        old = told(own, previous, self._names, self._people)
        actor_id = detail.get("actor_id")
        actor = actor_of(self._people, actor_id, number, requester=detail.get("requester_id"))
        person = str(actor_id) if actor_id else None
        return (change_event(FieldChanged(number, own, old, new, actor, person), at),)

    def _is_tellable(self, own: str, value: object) -> bool:
        """An id whose name we do not know would get another key than the export's."""
        if as_id(value) is None:
            return True
        match own:
            case "group":
                return self._people.knows_group(as_id(value))
            case "assignee":
                return self._people.user(as_id(value)) is not None
            case "organisation":
                return self._people.knows_organisation(as_id(value))
        return True

    def _snapshot(self, number: int, detail: Json) -> Snapshot:
        """What the delivery of a created ticket shows: without its category and own fields."""
        people, names = self._people, self._names
        ids = {
            name: as_id(detail.get(name))
            for name in ("organization_id", "requester_id", "assignee_id", "group_id")
        }
        requester = people.user(ids["requester_id"])
        theirs = _lower(detail.get("priority"))
        group = people.group(ids["group_id"])
        organisation = people.organisation(ids["organization_id"])
        updated = str(detail.get("updated_at") or detail["created_at"])
        return Snapshot(
            number=number,
            created_at=instant(str(detail["created_at"])),
            updated_at=instant(updated),
            version=updated,
            status=Status(_lower(detail.get("status")) or "new"),
            subject=str(detail["subject"]),
            description=str(detail["description"]),
            priority=names.own_priority(theirs),
            helpdesk_priority=theirs,
            tags=frozenset(detail.get("tags") or ()),
            group=names.own_group(group) if group else None,
            assignee=people.person(ids["assignee_id"]),
            requester=people.person(ids["requester_id"]) or Person(),
            organisation=organisation.name if organisation else None,
            via=(detail.get("via") or {}).get("channel"),
            language=(requester.locale or "")[:2] or None if requester else None,
            external_id=detail.get("external_id") or None,
            fields=held_fields(ids, names, people),
        )


def actor_of(people: Directory, user_id: object, number: int, *, requester: object = None) -> Actor:
    """Who it was; somebody we never met is an agent unless the ticket is theirs.

    Customers reply and close; everything else is changed by agents.
    """
    wanted = as_id(user_id)
    if wanted is None or wanted <= 0:
        return Actor.SYSTEM
    if wanted == people.own_id:
        return Actor.SELF
    if wanted == as_id(requester) or people.is_requester(wanted, number):
        return Actor.REQUESTER
    known = people.user(wanted)
    return Actor.AGENT if known is None or known.is_staff else Actor.REQUESTER


def change_event(fact: FieldChanged, at: datetime) -> Event:
    """The event of a change, under the key that the export gives it too."""
    key = change_key(fact.number, fact.field, fact.new, at)
    return _event(key, fact.number, at, fact)


def _event(key: str, number: int, at: datetime, fact: Fact) -> Event:
    return Event(key, f"ticket/{number}", at, WEBHOOK, fact)


def as_object(value: object) -> Json:
    """The value as a JSON object; raises ValueError."""
    if not isinstance(value, Mapping):
        raise ValueError("not the object it should be")
    return value


def _lower(value: object) -> str | None:
    return str(value).lower() if value else None


def as_id(value: object) -> int | None:
    """An id as a number; webhooks write them as texts, "0" and "" for nobody."""
    if isinstance(value, bool):
        return None
    text = str(value).strip() if value is not None else ""
    return int(text) if text.lstrip("-").isdecimal() and text not in ("0", "-0") else None
