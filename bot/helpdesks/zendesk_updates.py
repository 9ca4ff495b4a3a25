# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges updates per ticket and puts them into Zendesk's words; pure.

Of several values for one field the last one counts; a tag that is added and removed again is
neither. A write holds one comment, so a second comment on a ticket begins a second write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.helpdesks.zendesk_changes import OWN_KEY
from bot.helpdesks.zendesk_names import CATEGORY, OwnNames, plain
from bot.helpdesks.zendesk_people import Directory
from bot.rules.actions import TicketUpdate

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TicketWrite:
    """Everything that one write changes in one ticket, and the outbox keys it carries out."""

    number: int
    keys: tuple[str, ...]
    update: TicketUpdate


@dataclass(frozen=True, slots=True)
class Worded:
    """A write in Zendesk's words: values by the API's names, and the tags it adds and removes."""

    values: dict[str, Any] = field(default_factory=dict)
    custom_fields: dict[int, str | None] = field(default_factory=dict)
    add_tags: frozenset[str] = frozenset()
    remove_tags: frozenset[str] = frozenset()
    comment: dict[str, Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True when carrying it out would change nothing."""
        changes = (self.values, self.custom_fields, self.add_tags, self.remove_tags)
        return self.comment is None and not any(changes)


def merged(updates: Mapping[str, TicketUpdate]) -> tuple[tuple[TicketWrite, ...], ...]:
    """The writes in rounds; within a round every ticket stands once, later rounds come after.

    All updates need their `number`.
    """
    queues: dict[int, list[TicketWrite]] = {}
    for key, update in updates.items():
        assert update.number is not None, "only tickets that the helpdesk has can be updated"
        queue = queues.setdefault(update.number, [])
        if queue and not (queue[-1].update.comment is not None and update.comment is not None):
            queue[-1] = _joined(queue[-1], key, update)
        else:
            queue.append(TicketWrite(update.number, (key,), update))
    length = max((len(queue) for queue in queues.values()), default=0)
    return tuple(
        tuple(queue[place] for queue in queues.values() if place < len(queue))
        for place in range(length)
    )


def _joined(earlier: TicketWrite, key: str, later: TicketUpdate) -> TicketWrite:
    first = earlier.update
    adds, removes = later.add_tags - later.remove_tags, later.remove_tags
    both = replace(
        first,
        priority=later.priority or first.priority,
        category=later.category or first.category,
        group=later.group or first.group,
        assignee_email=later.assignee_email or first.assignee_email,
        add_tags=(first.add_tags - removes) | adds,
        remove_tags=(first.remove_tags - adds) | removes,
        fields={**first.fields, **later.fields},
        comment=first.comment if later.comment is None else later.comment,
        is_public=first.is_public if later.comment is None else later.is_public,
        is_solved=later.is_solved or (first.is_solved and not later.is_reopened),
        is_reopened=later.is_reopened or (first.is_reopened and not later.is_solved),
        mail=first.mail if later.comment is None else later.mail,
    )
    return TicketWrite(earlier.number, (*earlier.keys, key), both)


def worded(write: TicketWrite, names: OwnNames, people: Directory) -> Worded | str:
    """The write in Zendesk's words, or what in it has none: a text for people."""
    update = write.update
    values: dict[str, Any] = {}
    if update.priority is not None:
        values["priority"] = names.their_priority(update.priority)
    if update.assignee_email is not None:
        values["assignee_email"] = update.assignee_email
    if update.is_solved:
        # Zendesk solves no ticket that nobody has.
        values |= {"status": "solved", "assignee_id": people.own_id}
    if update.is_reopened:
        values["status"] = "open"
    if update.group is not None:
        theirs = names.their_group(update.group)
        group_id = people.group_id(theirs)
        if group_id is None:
            return f"the helpdesk has no group {theirs!r}"
        values["group_id"] = group_id
    own = dict(update.fields)
    if update.category is not None:
        own[CATEGORY] = names.their_category(update.category)
    custom: dict[int, str | None] = {}
    for name, value in own.items():
        field_id = names.field_id(name)
        if field_id is None:
            return f"{name!r} is no ticket field of the helpdesk"
        custom[field_id] = value
    key: str | list[str] = write.keys[0] if len(write.keys) == 1 else list(write.keys)
    return Worded(
        values=values,
        custom_fields=custom,
        add_tags=update.add_tags - update.remove_tags,
        remove_tags=update.remove_tags,
        comment=_comment(update),
        metadata={OWN_KEY: key},
    )


def with_files(wanted: Worded, tokens: Sequence[str]) -> Worded:
    """The same write, with files on its comment that were left there just before."""
    if wanted.comment is None or not tokens:
        return wanted
    return replace(wanted, comment={**wanted.comment, "uploads": list(tokens)})


def without_known(wanted: Worded, present: Json) -> Worded:
    """What is left to change in a ticket that looks like `present`."""
    tags = frozenset(present.get("tags") or ())
    shown = {each["id"]: plain(each.get("value")) for each in present.get("custom_fields") or ()}
    return replace(
        wanted,
        values={k: v for k, v in wanted.values.items() if k not in present or present[k] != v},
        custom_fields={
            key: value
            for key, value in wanted.custom_fields.items()
            if key not in shown or shown[key] != plain(value)
        },
        add_tags=wanted.add_tags - tags,
        remove_tags=wanted.remove_tags & tags,
    )


def single_payload(wanted: Worded, present: Json) -> dict[str, Any]:
    """The body of a safe single update: whole tags, refused if the ticket changed since."""
    payload = _payload(wanted)
    if wanted.add_tags or wanted.remove_tags:
        payload["tags"] = sorted(_tags_after(wanted, present))
    payload["safe_update"] = True
    payload["updated_stamp"] = present["updated_at"]
    return payload


def bulk_payload(wanted: Worded, number: int) -> dict[str, Any]:
    """One item of a bulk job, which adds and removes tags without knowing the others."""
    payload = {"id": number, **_payload(wanted)}
    if wanted.add_tags:
        payload["additional_tags"] = sorted(wanted.add_tags)
    if wanted.remove_tags:
        payload["remove_tags"] = sorted(wanted.remove_tags)
    return payload


def _payload(wanted: Worded) -> dict[str, Any]:
    payload: dict[str, Any] = {**wanted.values, "metadata": wanted.metadata}
    if wanted.custom_fields:
        payload["custom_fields"] = [
            {"id": key, "value": value} for key, value in wanted.custom_fields.items()
        ]
    if wanted.comment is not None:
        payload["comment"] = wanted.comment
    return payload


def _tags_after(wanted: Worded, present: Json) -> set[str]:
    """The whole list of tags; a drop-down's value is a tag too and must follow it."""
    tags = set(present.get("tags") or ())
    for each in present.get("custom_fields") or ():
        old = each.get("value")
        if each["id"] in wanted.custom_fields and isinstance(old, str) and old in tags:
            tags.discard(old)
            new = wanted.custom_fields[each["id"]]
            tags |= {new} if new else set()
    return (tags | wanted.add_tags) - wanted.remove_tags


def _comment(update: TicketUpdate) -> dict[str, Any] | None:
    if update.comment is None:
        return None
    # Without `public` the ticket's own default would decide who reads it.
    return {"body": update.comment, "public": update.is_public}


def chunks(writes: Sequence[TicketWrite], size: int) -> Sequence[Sequence[TicketWrite]]:
    """The writes in groups of at most `size`."""
    return [writes[start : start + size] for start in range(0, len(writes), size)]
