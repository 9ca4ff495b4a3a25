# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one line of `deskmate decide` into the situation that the rules see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.commands.decide_context import (
    BadLine,
    alert_of,
    announced,
    instant,
    known_facts,
    plain,
    present_people,
    prior_alerts,
    prior_tickets,
    recent_incidents,
)
from bot.rules.engine import CompiledPolicy
from bot.rules.events import FieldChanged, Occasion
from bot.rules.fingerprints import fingerprints_of
from bot.rules.situation import Situation
from bot.rules.text import machine_verdict, prepare
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.rules.ticket_news import with_value

PLAIN_FIELDS = ("plan", "region")
STANDING = frozenset({"status", "priority", "category", "group", "tags"})
"""What `current` says of the ticket itself; its other values are the desk's own fields."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One line, understood: the situation, and what of the input the answer needs again."""

    line_id: Any
    situation: Situation
    created_at: datetime
    current: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


def read_line(given: Any, compiled: CompiledPolicy) -> Asked:
    """Understand one JSON object; raises `BadLine` with what it lacks."""
    if not isinstance(given, dict):
        raise BadLine("expected a JSON object")
    at = instant(given, "at") or instant(given, "created_at")
    if at is None:
        raise BadLine("at (or created_at) is missing: write an instant such as "
                      "2026-03-10T13:20:00+01:00")  # fmt: skip
    created_at = instant(given, "created_at") or at
    current, context = _object(given, "current"), _object(given, "context")
    occasion = _occasion(given)
    ticket = _ticket(given, current, created_at, at)
    for changed in _changes(given, current):
        if not _is_wish(changed, compiled):
            ticket = with_value(ticket, changed, at)
    is_thread = occasion is Occasion.MAILBOX and bool(mail_id(given, "in_reply_to"))
    is_reply = is_thread or occasion in (Occasion.REQUESTER_REPLY, Occasion.AGENT_REPLY)
    verdict = machine_verdict(
        headers={str(k): str(v) for k, v in _object(given, "headers").items()} or None,
        sender=ticket.requester.email,
        subject=ticket.subject,
        tags=ticket.tags,
    )
    message = None
    prints: dict[str, str] = {}
    if given.get("subject") is not None or given.get("body") is not None:
        message = prepare(
            _text(given, "subject") or "", _text(given, "body") or "", is_reply=is_reply,
            is_machine=verdict.is_machine,
        )  # fmt: skip
        prints = fingerprints_of(message, compiled.policy.fingerprints)
    ticket = replace(ticket, fields={**ticket.fields, **prints})
    situation = Situation(
        ticket=ticket,
        occasion=occasion,
        at=at,
        key=f"decide/{given.get('id')}",
        message=message,
        changes=_changes(given, current),
        actor=_actor(given, occasion),
        alert=alert_of(context),
        recent=(
            *recent_incidents(context, ticket, at),
            *prior_tickets(context, compiled, ticket, at),
        ),
        helpdesk_state=str(context.get("helpdesk") or "up"),
        unknown=_unknown(given, compiled),
        known=known_facts(given, current, context, at),
        form={str(k): plain(v) for k, v in _object(given, "fields").items()},
        recent_alerts=prior_alerts(context, at),
        maintenance=announced(context),
        on_duty=present_people(context, compiled),
    )
    return Asked(given.get("id"), situation, created_at, current, context)


def mail_id(given: Mapping[str, Any], key: str) -> str:
    """`message_id` or `in_reply_to` of a mail, else what its headers say; empty for none."""
    wanted = key.replace("_", "-")
    headers = _object(given, "headers").items()
    written = next((each for name, each in headers if str(name).casefold() == wanted), "")
    return str(given.get(key) or written or "").strip(" <>")


def _ticket(
    given: Mapping[str, Any], current: Mapping[str, Any], created_at: datetime, at: datetime
) -> Ticket:
    fields: dict[str, str | None] = {
        name: None if value is None else str(value)
        for name, value in _object(given, "fields").items()
    }
    form_priority = fields.pop("priority", None)
    for name in PLAIN_FIELDS:
        if name in given:
            fields[name] = plain(given[name])
    for name, value in current.items():
        if name not in STANDING and not isinstance(value, list | dict):
            fields.setdefault(str(name), plain(value))
    requester = _text(given, "requester")
    priority = plain(current.get("priority"))
    setters = {name: Actor.SELF for name in ("priority", "category") if current.get(name)}
    if priority is None and form_priority is not None:
        priority, setters = form_priority, {**setters, "priority": Actor.REQUESTER}
    return Ticket(
        ticket_id=str(given.get("id") or "line"),
        origin=Origin.MAILBOX
        if str(given.get("via", "")).startswith("email:")
        else Origin.HELPDESK,
        created_at=created_at,
        updated_at=at,
        status=_status(current),
        subject=_text(given, "subject") or "",
        description=_text(given, "body") or "",
        priority=priority,
        category=plain(current.get("category")),
        group=plain(current.get("group")),
        tags=frozenset(str(tag) for tag in current.get("tags") or ()),
        requester=Person(None, requester, requester if requester and "@" in requester else None),
        organisation=_text(given, "organisation"),
        language=_text(given, "language"),
        via=_text(given, "via"),
        fields=fields,
        set_by=setters,
    )


def _status(current: Mapping[str, Any]) -> Status:
    try:
        return Status(str(current.get("status") or "new"))
    except ValueError:
        raise BadLine(f"current.status: {current.get('status')!r} is no status") from None


def _occasion(given: Mapping[str, Any]) -> Occasion:
    text = given.get("event")
    if text is None:
        is_mail = str(given.get("via") or "").startswith("email:")
        return Occasion.MAILBOX if is_mail else Occasion.CREATED
    try:
        return Occasion(text)
    except ValueError:
        raise BadLine(f"event: {text!r} is not known") from None


def _changes(given: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[FieldChanged, ...]:
    change = _object(given, "change")
    actor = Actor(change["by"]) if change.get("by") in set(Actor) else Actor.AGENT
    found = []
    for name, value in (change.get("fields") or {}).items():
        old = plain(current.get(name))
        found.append(FieldChanged(0, str(name), old, plain(value), actor))
    added = [str(tag) for tag in change.get("tags_added") or ()]
    if added:
        before = [str(tag) for tag in current.get("tags") or ()]
        old, new = " ".join(sorted(before)), " ".join(sorted({*before, *added}))
        found.append(FieldChanged(0, "tags", old, new, actor))
    return tuple(found)


def _is_wish(changed: FieldChanged, compiled: CompiledPolicy) -> bool:
    """Whether a requester sets a priority that counts for nothing: what was decided stays."""
    trusts = compiled.policy.trusts_requester_priority
    return changed.field == "priority" and changed.actor is Actor.REQUESTER and not trusts


def _actor(given: Mapping[str, Any], occasion: Occasion) -> Actor:
    by = _object(given, "change").get("by")
    if by in set(Actor):
        return Actor(by)
    if occasion in (Occasion.AGENT_REPLY, Occasion.INTERNAL_NOTE):
        return Actor.AGENT
    return Actor.REQUESTER


def _unknown(given: Mapping[str, Any], compiled: CompiledPolicy) -> frozenset[str]:
    """Facts that the policy reads and the line does not tell are unknown, not absent."""
    known = {"organisation", *PLAIN_FIELDS}
    return frozenset(
        name for name in (*known, *compiled.policy.facts) if name in known and name not in given
    )


def _object(given: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = given.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadLine(f"{key}: expected an object")
    return value


def _text(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is None or isinstance(value, str):
        return value
    raise BadLine(f"{key}: expected a text")
