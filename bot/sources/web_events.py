# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what comes in at the door of outside events: alerts and announced maintenance.

A body is `{"id", "type": "alert" | "maintenance_announced", "at", "detail"}`. What cannot be
understood becomes an `Unreadable` event, so that a person can look at it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.rules.events import (
    AlertReceived,
    AlertState,
    Event,
    MaintenanceAnnounced,
    Unreadable,
)

DOOR = "door"
KEPT_OF_BODY = 16_384
"""Characters of an unreadable body that are kept; enough to see what it was."""


class NotUnderstood(ValueError):  # noqa: N818
    """A verified body that makes no event; the text says what is wrong with it."""


def unreadable(source: str, reason: str, body: bytes, now: datetime) -> Event:
    """The event that keeps a body nobody understood; the same body twice is one event."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    text = body[: KEPT_OF_BODY * 4].decode("utf-8", "replace")[:KEPT_OF_BODY]
    fact = Unreadable(source=source, reason=reason, body=text)
    return Event(f"unreadable/{source}/{digest}", "desk", now, source, fact)


def read_outside_event(body: bytes, now: datetime) -> Event:
    """The event of one delivery; raises `NotUnderstood` with the reason."""
    sent = json_object(body)
    event_id = _text(sent, "id")
    at = _instant(sent.get("at"), "at") if sent.get("at") else now
    detail = sent.get("detail")
    if not isinstance(detail, Mapping):
        raise NotUnderstood("detail must be an object")
    match sent.get("type"):
        case "alert":
            alert = _alert(detail)
            return Event(f"door/{event_id}", _alert_stream(alert), at, DOOR, alert)
        case "maintenance_announced":
            return Event(f"door/{event_id}", "desk", at, DOOR, _maintenance(detail, at))
        case other:
            raise NotUnderstood(f"type {other!r} is not known")


def json_object(body: bytes) -> Mapping[str, object]:
    """The body as a JSON object; raises `NotUnderstood`."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"no JSON: {error}") from error
    if not isinstance(value, Mapping):
        raise NotUnderstood("not a JSON object")
    return value


def _alert(detail: Mapping[str, object]) -> AlertReceived:
    try:
        state = AlertState(str(detail.get("state")).lower())
    except ValueError:
        raise NotUnderstood("detail.state must be firing or resolved") from None
    return AlertReceived(
        state=state,
        name=_text(detail, "name"),
        source=_text(detail, "source"),
        integration=_maybe_text(detail, "integration"),
        host=_maybe_text(detail, "host"),
        service=_maybe_text(detail, "service"),
        line=_maybe_text(detail, "line"),
        severity=_maybe_text(detail, "severity"),
        organisation=_maybe_text(detail, "organisation"),
    )


def _alert_stream(alert: AlertReceived) -> str:
    """One stream per alert, so that its firing and its resolving are handled in order."""
    named = [alert.source, alert.name, alert.integration, alert.host, alert.service]
    if alert.organisation:
        named.append(alert.organisation)
    digest = hashlib.sha256("\x1f".join(each or "" for each in named).encode()).hexdigest()
    return f"alert/{digest[:16]}"


def _maintenance(detail: Mapping[str, object], at: datetime) -> MaintenanceAnnounced:
    ends = detail.get("ends_at")
    announced = detail.get("announced_at")
    return MaintenanceAnnounced(
        announced_at=_instant(announced, "detail.announced_at") if announced else at,
        starts_at=_instant(detail.get("starts_at"), "detail.starts_at"),
        ends_at=_instant(ends, "detail.ends_at") if ends else None,
        text=_text(detail, "text"),
        is_emergency=detail.get("emergency") is True,
    )


def _text(sent: Mapping[str, object], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value.strip():
        raise NotUnderstood(f"{name} must be a text")
    return value


def _maybe_text(sent: Mapping[str, object], name: str) -> str | None:
    value = sent.get(name)
    return None if value in (None, "") else str(value)


def _instant(value: object, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise NotUnderstood(f"{name} is no instant: write 2026-03-02T09:00:00Z") from None
    if at.tzinfo is None:
        raise NotUnderstood(f"{name} names no zone: write 2026-03-02T09:00:00Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise NotUnderstood(f"{name} lies outside the calendar") from None
