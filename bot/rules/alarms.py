# SPDX-License-Identifier: GPL-3.0-or-later
"""One alarm: everything monitoring says of one fault, over all its repeats; pure.

    (none) --firing--> firing --resolved, nothing fires any more--> over
                         ^ \\ firing: counted                          |
                         |  `-------'                                 |
                         `---- firing, its ticket still open ---------'   (soon after: counted)
    over, its ticket done --firing--> firing, with a new ticket

What is the same fault: the code in the log line where `fingerprints:` finds one, per integration
and customer; else the same source, name, integration, host and service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.events import AlertReceived, AlertState
from bot.rules.situation import FINGERPRINT
from bot.rules.ticket import Ticket

FLAPPING = timedelta(minutes=10)
"""An alarm that fires again so soon after it was over is the same one: its people know of it."""
FIRST_NOTE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=1)
"""Repeats are noted on the ticket after five minutes, then after twice as long each time."""
MOST_STREAMS = 500
"""Places whose firing is told apart; beyond that an alarm ends with the last known of them."""


class Step(StrEnum):
    """What one alert means for its alarm."""

    OPENED = "opened"
    AGAIN = "again"
    REPEATED = "repeated"
    FEWER = "fewer"
    ENDED = "ended"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Alarm:
    """How an alarm stands: how often it fired and where it still does.

    `noted` is how many of `count` its ticket says already; `wait` is until the next such note.
    """

    ticket_id: str
    count: int
    first_at: datetime
    last_at: datetime
    firing: tuple[str, ...] = ()
    noted: int = 1
    wait: timedelta = FIRST_NOTE
    ended_at: datetime | None = None

    @property
    def is_firing(self) -> bool:
        """True until it was resolved everywhere."""
        return bool(self.firing)


@dataclass(frozen=True, slots=True)
class AlarmNews:
    """An alarm after one alert, and what that was; no alarm where there was nothing to end."""

    step: Step
    alarm: Alarm | None


def alarm_key(alert: AlertReceived, stream: str, found: Mapping[str, str | None]) -> str:
    """The name under which an alert's alarm is kept; `found` are its ticket's own fields."""
    codes = sorted(
        f"{name}={value}" for name, value in found.items() if name.startswith(FINGERPRINT) and value
    )
    if not codes:
        return f"alarm/{stream}"
    parts = (*codes, alert.integration or "", alert.organisation or "")
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"alarm/code/{digest[:16]}"


def after_alert(
    alarm: Alarm | None,
    state: AlertState,
    *,
    stream: str,
    new_ticket_id: str,
    is_ticket_open: bool,
    at: datetime,
) -> AlarmNews:
    """The alarm after one alert of `stream`; `is_ticket_open` says how its ticket stands."""
    if state is AlertState.RESOLVED:
        return _resolved(alarm, stream, at)
    if alarm is None or not is_ticket_open:
        return AlarmNews(Step.OPENED, Alarm(new_ticket_id, 1, at, at, (stream,)))
    firing = tuple(dict.fromkeys((*alarm.firing, stream)))[:MOST_STREAMS]
    counted = replace(alarm, count=alarm.count + 1, last_at=at, firing=firing, ended_at=None)
    is_new = alarm.ended_at is not None and at - alarm.ended_at > FLAPPING
    return AlarmNews(Step.AGAIN if is_new else Step.REPEATED, counted)


def after_note(alarm: Alarm) -> Alarm:
    """The alarm once its ticket says how often it fired."""
    return replace(alarm, noted=alarm.count, wait=min(alarm.wait * 2, LONGEST_WAIT))


def _resolved(alarm: Alarm | None, stream: str, at: datetime) -> AlarmNews:
    if alarm is None or stream not in alarm.firing:
        return AlarmNews(Step.IGNORED, alarm)
    left = tuple(each for each in alarm.firing if each != stream)
    if left:
        return AlarmNews(Step.FEWER, replace(alarm, firing=left))
    return AlarmNews(Step.ENDED, replace(alarm, firing=(), ended_at=at))


def alert_of(ticket: Ticket) -> AlertReceived:
    """The alert that opened a ticket, as far as the ticket kept it; its log line is in the text."""
    kept = ("integration", "host", "service", "severity")
    return AlertReceived(
        AlertState.FIRING,
        ticket.fields.get("alert.name") or ticket.subject,
        ticket.fields.get("alert.source") or "",
        organisation=ticket.organisation,
        **{name: ticket.fields.get(f"alert.{name}") for name in kept},
    )


def told_facts(alert: AlertReceived) -> tuple[tuple[str, str], ...]:
    """What is known of an alert, in the words that people and rules read."""
    facts = (
        ("host", alert.host),
        ("service", alert.service),
        ("integration", alert.integration),
        ("severity", alert.severity),
        ("source", alert.source),
        ("line", alert.line),
    )
    return tuple((name, " ".join(value.split())) for name, value in facts if value)
