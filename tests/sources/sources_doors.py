# SPDX-License-Identifier: GPL-3.0-or-later
"""A signed sender for the HTTP doors, and readers and helpdesks that answer as they are told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.ports import Finding, Outcome, Page, Probe, Trouble
from bot.rules.actions import TicketUpdate
from bot.rules.events import Actor, Event, FieldChanged
from bot.rules.probes import Verdict
from bot.rules.ticket import Snapshot
from bot.sandbox.world_courier import Carried, carry, signature

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRETS = {"/webhooks/zendesk": "hook", "/webhooks/zendesk/trigger": "trig", "/events": "out"}


def stamp(at: datetime = NOW) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(
    path: str, body: bytes, *, at: datetime = NOW, secret: str | None = None
) -> dict[str, str]:
    """The two headers of an honest sender."""
    prefix = "X-Deskmate" if path == "/events" else "X-Zendesk-Webhook-Signature"
    names = (
        ("X-Deskmate-Timestamp", "X-Deskmate-Signature")
        if path == "/events"
        else (f"{prefix}-Timestamp", prefix)
    )
    value = signature(secret or SECRETS[path], stamp(at), body)
    return {names[0]: stamp(at), names[1]: value, "Content-Type": "application/json"}


def post(url: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Carried:
    """POST with an honest signature unless headers are given."""
    sent = signed(path, body) if headers is None else headers
    return carry(url + path, body, sent, timeout=10)


def alert(event_id: str = "a-1", state: str = "firing", **more: object) -> bytes:
    """An outside event as monitoring sends it."""
    detail = {"state": state, "name": "Disk full", "source": "prometheus", **more}
    return json.dumps({"id": event_id, "type": "alert", "at": stamp(), "detail": detail}).encode()


def priority(number: int, value: str, key: str) -> Event:
    """A change of a ticket's priority, as a webhook's reader gives it."""
    fact = FieldChanged(number, "priority", None, value, Actor.AGENT)
    return Event(key, f"ticket/{number}", NOW, "webhook", fact)


def read_simply(body: bytes, now: datetime) -> Sequence[Event]:
    """A reader of `{"ticket": 7, "priority": "p1"}`."""
    sent = json.loads(body)
    if "bug" in sent:
        raise LookupError("a bug in reading")
    if "ticket" not in sent:
        raise ValueError("no ticket")
    return (priority(sent["ticket"], sent["priority"], f"w/{sent['ticket']}/{sent['priority']}"),)


class ScriptedHelpdesk:
    """A helpdesk whose answers stand in lists, oldest first; it notes what it was asked."""

    def __init__(self) -> None:
        self.tickets: list[Page | Trouble] = []
        self.changes: list[Page | Trouble] = []
        self.asked: list[tuple[str, str | None]] = []
        self.read = Probe(Verdict.OK, 0.1)
        self.counters: list[int] = []

    def tickets_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        self.asked.append(("tickets", cursor))
        return self.tickets.pop(0)

    def changes_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        self.asked.append(("changes", cursor))
        return self.changes.pop(0)

    def probe_edge(self) -> Probe:
        return Probe(Verdict.OK, 0.1)

    def probe_read(self) -> Probe:
        return self.read

    def probe_write(self, counter: int) -> Probe:
        self.counters.append(counter)
        return Probe(Verdict.OK, 0.1)

    def ticket(self, number: int) -> Snapshot | Trouble:
        raise NotImplementedError

    def update(self, updates: Mapping[str, TicketUpdate]) -> Mapping[str, Outcome]:
        raise NotImplementedError

    def was_applied(self, key: str, update: TicketUpdate) -> Outcome:
        raise NotImplementedError

    def examine(self) -> Sequence[Finding]:
        raise NotImplementedError


def page(cursor: str, *events: Event, is_last: bool = True) -> Page:
    return Page(events, cursor, is_last)


MINUTE = timedelta(seconds=60)
