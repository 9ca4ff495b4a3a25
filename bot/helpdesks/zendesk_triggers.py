# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a Zendesk trigger sends: a body that the administrator writes after docs/zendesk.md.

Placeholders are filled in unescaped, so a customer's quotation mark may break the JSON; such a body
is searched for the names that we need. A trigger names present values, never what changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.helpdesks.zendesk_changes import told
from bot.helpdesks.zendesk_names import OwnNames
from bot.helpdesks.zendesk_people import Directory
from bot.helpdesks.zendesk_tickets import instant
from bot.helpdesks.zendesk_webhooks import actor_of, as_id, as_object, change_event
from bot.rules.events import Event, FieldChanged
from bot.rules.ticket import Status

Json = Mapping[str, Any]
_STATUSES = {"on-hold": "hold", "on hold": "hold"}
_PRIORITIES = frozenset({"low", "normal", "high", "urgent"})
_PAIR = re.compile(r'"(\w+)"\s*:\s*"?([^",\r\n}]*)')


class TriggerReader:
    """Reads bodies with what the adapter remembers; safe to share between threads."""

    def __init__(self, names: OwnNames, people: Directory) -> None:
        """`names` and `people` are the adapter's."""
        self._names = names
        self._people = people

    def events(self, body: bytes, now: datetime) -> Sequence[Event]:
        """Status and priority as the delivery names them; raises ValueError if it names no ticket.

        Whether a value is news, only the store knows: `old` is left empty here.
        """
        sent = _lenient(body)
        number = as_id(sent.get("ticket_id"))
        if number is None:
            raise ValueError("the body names no ticket_id")
        if number == self._names.canary or self._people.own_id is None:
            return ()
        at = instant(str(sent["updated_at"])) if sent.get("updated_at") else now
        values = {"status": _status(sent), "priority": _priority(sent)}
        person = str(sent.get("actor_id") or "") or None
        actor = actor_of(self._people, person, number)
        return tuple(
            change_event(FieldChanged(number, own, None, self._told(own, value), actor, person), at)
            for own, value in values.items()
            if value is not None
        )

    def _told(self, own: str, value: str) -> str | None:
        return told(own, value, self._names, self._people)


def _lenient(body: bytes) -> Json:
    text = body.decode("utf-8", "replace")
    try:
        return as_object(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        found: dict[str, str] = {}
        for name, value in _PAIR.findall(text):
            found.setdefault(name, value.strip())
        return found


def _status(sent: Json) -> str | None:
    """A status as a placeholder writes it (`Open`, `On-hold`); None for a word we do not know."""
    text = str(sent.get("status") or "").strip().lower()
    text = _STATUSES.get(text, text)
    return text if text in set(Status) - {Status.DELETED} else None


def _priority(sent: Json) -> str | None:
    text = str(sent.get("priority") or "").strip().lower()
    return text if text in _PRIORITIES else None
