# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns Zendesk's tickets into snapshots in the desk's own names, and rows of the ticket export
into events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.helpdesks.zendesk_names import CATEGORY, OwnNames, plain
from bot.helpdesks.zendesk_people import Directory
from bot.rules.events import Event, TicketGone, TicketSeen
from bot.rules.ticket import Person, Snapshot, Status

Json = Mapping[str, Any]
EXPORT = "export"


def instant(text: str) -> datetime:
    """An instant as Zendesk writes it, with any number of fractional digits."""
    head, dot, rest = text.partition(".")
    if dot:
        digits = rest.rstrip("Zz")
        text = f"{head}.{digits[:6].ljust(6, '0')}Z"
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def snapshot_of(ticket: Json, names: OwnNames, people: Directory) -> Snapshot:
    """A ticket as the API shows it, in own names; raises KeyError or ValueError on nonsense."""
    values = {each["id"]: each.get("value") for each in ticket.get("custom_fields") or ()}
    requester = people.user(ticket.get("requester_id"))
    organisation = people.organisation(ticket.get("organization_id"))
    group = people.group(ticket.get("group_id"))
    return Snapshot(
        number=int(ticket["id"]),
        created_at=instant(ticket["created_at"]),
        updated_at=instant(ticket["updated_at"]),
        version=str(ticket["updated_at"]),
        status=Status(ticket["status"]),
        subject=ticket.get("subject") or "",
        description=ticket.get("description") or "",
        priority=names.own_priority(ticket.get("priority")),
        helpdesk_priority=ticket.get("priority"),
        category=names.own_category(_value(CATEGORY, values, names)),
        tags=frozenset(ticket.get("tags") or ()),
        group=names.own_group(group) if group else None,
        assignee=people.person(ticket.get("assignee_id")),
        requester=people.person(ticket.get("requester_id")) or Person(),
        organisation=organisation.name if organisation else None,
        language=(requester.locale or "")[:2] or None if requester else None,
        via=(ticket.get("via") or {}).get("channel"),
        external_id=ticket.get("external_id"),
        fields={
            **{own: _value(own, values, names) for own in names.own_fields()},
            **held_fields(ticket, names, people),
        },
    )


def event_of(row: Json, names: OwnNames, people: Directory) -> Event:
    """A row of the ticket export; the same state of a ticket always has the same key."""
    number, stream = int(row["id"]), f"ticket/{row['id']}"
    at = instant(row["updated_at"])
    moved = row.get("generated_timestamp", "")
    if row.get("status") == "deleted":
        how = "scrubbed" if row.get("subject") == "SCRUBBED" else "deleted"
        return Event(f"{stream}/gone/{how}@{moved}", stream, at, EXPORT, TicketGone(number, how))
    seen = TicketSeen(snapshot_of(row, names, people))
    return Event(f"{stream}/seen@{moved}/{at.isoformat()}", stream, at, EXPORT, seen)


def held_fields(ticket: Json, names: OwnNames, people: Directory) -> dict[str, str | None]:
    """The mapped fields that stand with the organisation or the requester, as far as known.

    `ticket` needs only `organization_id` and `requester_id`.
    """
    organisation = people.organisation(ticket.get("organization_id"))
    user = people.user(ticket.get("requester_id"))
    found: dict[str, str | None] = {}
    for own in names.own_fields():
        holder, _, key = (names.reference(own) or "").partition(".")
        known = {"organization": organisation, "user": user}.get(holder)
        if known is not None and key:
            found[own] = plain(known.fields.get(key))
    return found


def _value(own: str, values: Mapping[Any, object], names: OwnNames) -> str | None:
    field_id = names.field_id(own)
    return None if field_id is None else plain(values.get(field_id))
