# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one line of `deskmate decide` into the situation that the rules see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.rules.engine import CompiledPolicy
from bot.rules.events import AlertReceived, AlertState, FieldChanged, Occasion
from bot.rules.situation import Recent, Situation
from bot.rules.text import machine_verdict, prepare
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.rules.ticket_news import with_value

FACTS = (
    "requester_registered", "org_management_agreement", "org_first_line", "org_support_via",
)  # fmt: skip
PLAIN_FIELDS = ("plan", "region")
GREATEST_COUNT = 10_000
"""Tickets that `recent_incidents` may stand for."""


class BadLine(Exception):  # noqa: N818 - it names the line, which is at fault
    """A line that lacks what it needs, with what that is."""


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
    at = _instant(given, "at") or _instant(given, "created_at")
    if at is None:
        raise BadLine("at (or created_at) is missing: write an instant such as "
                      "2026-03-10T13:20:00+01:00")  # fmt: skip
    created_at = _instant(given, "created_at") or at
    current, context = _object(given, "current"), _object(given, "context")
    occasion = _occasion(given)
    ticket = _ticket(given, current, created_at, at)
    for changed in _changes(given, current):
        ticket = with_value(ticket, changed, at)
    is_reply = occasion in (Occasion.REQUESTER_REPLY, Occasion.AGENT_REPLY)
    verdict = machine_verdict(
        headers={str(k): str(v) for k, v in _object(given, "headers").items()} or None,
        sender=ticket.requester.email,
        subject=ticket.subject,
        tags=ticket.tags,
    )
    situation = Situation(
        ticket=ticket,
        occasion=occasion,
        at=at,
        key=f"decide/{given.get('id')}",
        message=prepare(
            _text(given, "subject"), _text(given, "body"), is_reply=is_reply,
            is_machine=verdict.is_machine,
        ),
        changes=_changes(given, current),
        actor=_actor(given, occasion),
        alert=_alert(context),
        recent=_recent(context, ticket, at),
        helpdesk_state=str(context.get("helpdesk") or "up"),
        unknown=_unknown(given, compiled),
    )  # fmt: skip
    return Asked(given.get("id"), situation, created_at, current, context)


def _ticket(
    given: Mapping[str, Any], current: Mapping[str, Any], created_at: datetime, at: datetime
) -> Ticket:
    fields: dict[str, str | None] = {
        name: None if value is None else str(value)
        for name, value in _object(given, "fields").items()
    }
    form_priority = fields.pop("priority", None)
    for name in (*PLAIN_FIELDS, *FACTS):
        if name in given:
            value = given[name]
            fields[name.removeprefix("org_")] = _plain(value)
    requester = _text(given, "requester")
    priority = _plain(current.get("priority"))
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
        category=_plain(current.get("category")),
        group=_plain(current.get("group")),
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
        old = _plain(current.get(name))
        found.append(FieldChanged(0, str(name), old, _plain(value), actor))
    added = [str(tag) for tag in change.get("tags_added") or ()]
    if added:
        before = [str(tag) for tag in current.get("tags") or ()]
        old, new = " ".join(sorted(before)), " ".join(sorted({*before, *added}))
        found.append(FieldChanged(0, "tags", old, new, actor))
    return tuple(found)


def _actor(given: Mapping[str, Any], occasion: Occasion) -> Actor:
    by = _object(given, "change").get("by")
    if by in set(Actor):
        return Actor(by)
    if occasion in (Occasion.AGENT_REPLY, Occasion.INTERNAL_NOTE):
        return Actor.AGENT
    return Actor.REQUESTER


def _alert(context: Mapping[str, Any]) -> AlertReceived | None:
    alert = context.get("alert")
    if not isinstance(alert, Mapping):
        return None
    is_over = alert.get("state") in ("resolved", "ok")
    return AlertReceived(
        state=AlertState.RESOLVED if is_over else AlertState.FIRING,
        name=str(alert.get("name") or ""),
        source=str(alert.get("source") or ""),
        integration=_plain(alert.get("integration")),
        host=_plain(alert.get("host")),
        service=_plain(alert.get("service")),
        line=_plain(alert.get("line")),
        severity=_plain(alert.get("severity")),
    )


def _recent(context: Mapping[str, Any], ticket: Ticket, at: datetime) -> tuple[Recent, ...]:
    """`recent_incidents` counts this one too; the others are told apart by their customers."""
    counted = context.get("recent_incidents")
    if not isinstance(counted, Mapping):
        return ()
    count = min(GREATEST_COUNT, int(counted.get("count") or 0))
    customers = max(1, int(counted.get("organisations") or 1))
    spread = timedelta(minutes=float(counted.get("minutes") or 0)) / max(1, count)
    own = ticket.organisation or "customer 0"
    names = [own, *(f"customer {n}" for n in range(1, customers))]
    return tuple(
        Recent(f"recent {n}", at - spread * n, "incident", names[n % len(names)])
        for n in range(1, count)
    )


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


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _instant(given: Mapping[str, Any], key: str) -> datetime | None:
    value = given.get(key)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadLine(f"{key}: {value!r} is no instant") from None
    if at.tzinfo is None:
        raise BadLine(f"{key}: {value!r} has no offset such as +01:00")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadLine(f"{key}: {value!r} lies outside the calendar") from None
