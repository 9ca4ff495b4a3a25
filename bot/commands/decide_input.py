# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one line of `deskmate decide` into the situation that the rules see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.commands.decide_context import (
    alert_of,
    announced,
    known_facts,
    present_people,
    prior_alerts,
    prior_tickets,
    recent_incidents,
)
from bot.commands.decide_values import BadLine, instant, object_of, plain, text_of, texts_of
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
    current, context = object_of(given, "current"), object_of(given, "context")
    instant(current, "escalated_at", where="current.")
    instant(object_of(context, "sla", where="context."), "breached_at", where="context.sla.")
    occasion = _occasion(given)
    ticket = _ticket(given, current, created_at, at)
    for changed in _changes(given, current):
        if not _is_wish(changed, compiled):
            ticket = with_value(ticket, changed, at)
    is_thread = occasion is Occasion.MAILBOX and bool(mail_id(given, "in_reply_to"))
    is_reply = is_thread or occasion in (Occasion.REQUESTER_REPLY, Occasion.AGENT_REPLY)
    verdict = machine_verdict(
        headers={str(k): str(v) for k, v in object_of(given, "headers").items()} or None,
        sender=ticket.requester.email,
        subject=ticket.subject,
        tags=ticket.tags,
    )
    message = None
    prints: dict[str, str] = {}
    if given.get("subject") is not None or given.get("body") is not None:
        message = prepare(
            text_of(given, "subject") or "", text_of(given, "body") or "", is_reply=is_reply,
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
        form={str(k): plain(v) for k, v in object_of(given, "fields").items()},
        recent_alerts=prior_alerts(context, at),
        maintenance=announced(context),
        on_duty=present_people(context, compiled),
    )
    return Asked(given.get("id"), situation, created_at, current, context)


def mail_id(given: Mapping[str, Any], key: str) -> str:
    """`message_id` or `in_reply_to` of a mail, else what its headers say; empty for none."""
    wanted = key.replace("_", "-")
    headers = object_of(given, "headers").items()
    written = next((each for name, each in headers if str(name).casefold() == wanted), "")
    return str(given.get(key) or written or "").strip(" <>")


def _ticket(
    given: Mapping[str, Any], current: Mapping[str, Any], created_at: datetime, at: datetime
) -> Ticket:
    fields: dict[str, str | None] = {
        name: None if value is None else str(value)
        for name, value in object_of(given, "fields").items()
    }
    form_priority = fields.pop("priority", None)
    for name in PLAIN_FIELDS:
        if name in given:
            fields[name] = plain(given[name])
    for name, value in current.items():
        if name not in STANDING and not isinstance(value, list | dict):
            fields.setdefault(str(name), plain(value))
    requester = text_of(given, "requester")
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
        subject=text_of(given, "subject") or "",
        description=text_of(given, "body") or "",
        priority=priority,
        category=plain(current.get("category")),
        group=plain(current.get("group")),
        tags=frozenset(texts_of(current, "tags", where="current.")),
        requester=Person(None, requester, requester if requester and "@" in requester else None),
        organisation=text_of(given, "organisation"),
        language=text_of(given, "language"),
        via=text_of(given, "via"),
        fields=fields,
        set_by=setters,
    )


def _status(current: Mapping[str, Any]) -> Status:
    try:
        return Status(str(current.get("status") or "new"))
    except ValueError:
        raise BadLine(f"current.status: {current.get('status')!r} is no status") from None


def _occasion(given: Mapping[str, Any]) -> Occasion:
    text = text_of(given, "event")
    if text is None:
        is_mail = str(given.get("via") or "").startswith("email:")
        return Occasion.MAILBOX if is_mail else Occasion.CREATED
    try:
        return Occasion(text)
    except ValueError:
        raise BadLine(f"event: {text!r} is not known") from None


def _changes(given: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[FieldChanged, ...]:
    change = object_of(given, "change")
    actor = _by(change) or Actor.AGENT
    found = []
    for name, value in object_of(change, "fields", where="change.").items():
        old = plain(current.get(name))
        found.append(FieldChanged(0, str(name), old, plain(value), actor))
    added = texts_of(change, "tags_added", where="change.")
    if added:
        before = texts_of(current, "tags", where="current.")
        old, new = " ".join(sorted(before)), " ".join(sorted({*before, *added}))
        found.append(FieldChanged(0, "tags", old, new, actor))
    return tuple(found)


def _is_wish(changed: FieldChanged, compiled: CompiledPolicy) -> bool:
    """Whether a requester sets a priority that counts for nothing: what was decided stays."""
    trusts = compiled.policy.trusts_requester_priority
    return changed.field == "priority" and changed.actor is Actor.REQUESTER and not trusts


def _by(change: Mapping[str, Any]) -> Actor | None:
    by = text_of(change, "by")
    if by is None:
        return None
    try:
        return Actor(by)
    except ValueError:
        raise BadLine(f"change.by: {by!r} is none of agent, requester, system") from None


def _actor(given: Mapping[str, Any], occasion: Occasion) -> Actor:
    by = _by(object_of(given, "change"))
    if by is not None:
        return by
    if occasion in (Occasion.AGENT_REPLY, Occasion.INTERNAL_NOTE):
        return Actor.AGENT
    return Actor.REQUESTER


def _unknown(given: Mapping[str, Any], compiled: CompiledPolicy) -> frozenset[str]:
    """Facts that the policy reads and the line does not tell are unknown, not absent."""
    known = {"organisation", *PLAIN_FIELDS}
    return frozenset(
        name for name in (*known, *compiled.policy.facts) if name in known and name not in given
    )
