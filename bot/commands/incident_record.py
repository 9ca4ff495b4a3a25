# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers all that the store knows of one outage; nothing is asked outside, nothing is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.commands.incident_mails import ARRIVED, MailFate, mail_fates, mails_of
from bot.handlers.outage_notices import UNNUMBERED
from bot.rules.actions import Notice
from bot.rules.mail import Fate
from bot.rules.outage_report import (
    Availability,
    Away,
    Happened,
    availability,
    away_in,
    began_in,
    is_over,
    of_this_incident,
)
from bot.store.outages import IncidentEntry
from bot.store.queues import OutboxRow
from bot.store.transaction import Reader

BANNER = "portal"
CLOCK, BREACH = "clock/", "/breach"
"""How the keys of told breaches begin and end (`rules/ticket_clocks.py`)."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the outage: to whom by which way, why, and when it arrived."""

    destination: str
    because: str
    decided_at: datetime
    arrived_at: datetime | None
    state: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that broke while the helpdesk was away, and when that was told."""

    ticket: str
    customer: str
    clock: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """Everything a report says of one outage."""

    number: int
    is_over: bool
    began: datetime
    ended: datetime
    timeline: tuple[Happened, ...]
    away: tuple[Away, ...]
    told: tuple[Told, ...]
    mails: tuple[MailFate, ...]
    fates: Mapping[str, int]
    breaches: tuple[Breach, ...]
    availability: Availability

    @property
    def away_for(self) -> timedelta:
        """How long it was away, without the times in between."""
        return sum((span.end - span.start for span in self.away), timedelta())

    @property
    def undecided(self) -> int:
        """Mails that have no fate yet."""
        return self.fates.get(Fate.WAITING, 0)


def read_record(
    number: int, reader: Reader, now: datetime, *, promised: float
) -> IncidentRecord | None:
    """The record of one outage, None where there never was one of that number."""
    timeline = of_this_incident(_happened(reader.incidents.of(number)))
    away = away_in(timeline, now, announced=True)
    began = began_in(timeline, away)
    if began is None:
        return None
    ended = timeline[-1].at if is_over(timeline) else now
    mails = mails_of(number, began, ended, reader)
    every = [
        span
        for each in range(1, (reader.incidents.latest() or 0) + 1)
        for span in away_in(of_this_incident(_happened(reader.incidents.of(each))), now)
    ]
    return IncidentRecord(
        number=number,
        is_over=is_over(timeline),
        began=began,
        ended=ended,
        timeline=timeline,
        away=away,
        told=_told(number, began, ended, reader),
        mails=mail_fates(mails, reader),
        fates=dict(sorted(Counter(row.fate.value for row in mails).items())),
        breaches=_breaches(away, reader),
        availability=availability(every, ended, promised=promised),
    )


def _happened(entries: Sequence[IncidentEntry]) -> tuple[Happened, ...]:
    return tuple(
        Happened(
            each.at,
            each.kind,
            str(each.detail.get("seen", "")),
            _instant(each.detail.get("began")),
            _instant(each.detail.get("answered")),
        )
        for each in entries
    )


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _told(number: int, began: datetime, ended: datetime, reader: Reader) -> tuple[Told, ...]:
    """What was told of an outage, and that our credentials are refused, which is of no number."""
    refused = [
        _message(row)
        for row in reader.outbox.of_thread(UNNUMBERED)
        if began <= row.created_at <= ended
    ]
    rows = (*refused, *told_rows(f"outage:{number}", began, reader))
    return tuple(sorted(rows, key=lambda each: each.decided_at))


def told_rows(thread: str, began: datetime, reader: Reader) -> tuple[Told, ...]:
    """Messages to people, those that took another way too, and the banner's comings and goings."""
    rows = {row.row_id: row for row in reader.outbox.of_thread(thread)}
    prefix = f"{thread}/banner/"
    banners = [r for r in reader.outbox.decided_since(began) if r.outgoing.key.startswith(prefix)]
    rows |= {row.row_id: row for row in banners if _is_turn(row, banners)}
    return tuple(_message(row) for _, row in sorted(rows.items()))


def _is_turn(row: OutboxRow, banners: Sequence[OutboxRow]) -> bool:
    """Whether this banner shows or withdraws it, and does not merely renew it."""
    place = banners.index(row)
    return place == 0 or _verb(banners[place - 1]) != _verb(row)


def _verb(row: OutboxRow) -> str:
    return row.outgoing.key.split("/")[2].partition("@")[0]


def _message(row: OutboxRow) -> Told:
    message = row.outgoing.message
    because = f"banner_{_verb(row)}" if row.outgoing.destination == BANNER else ""
    if isinstance(message, Notice):
        because = message.reason.partition(":")[0] or message.kind.value
    arrived = row.settled_at if row.state in ARRIVED else None
    return Told(
        row.outgoing.destination, because, row.created_at, arrived, row.state.value, row.attempts
    )


def _breaches(away: Sequence[Away], reader: Reader) -> tuple[Breach, ...]:
    found = []
    for key, told in reader.alerts.starting(CLOCK).items():
        at = _instant(told.get("told_at"))
        if not key.endswith(BREACH) or at is None or not _is_within(at, away):
            continue
        _, ticket_id, clock, *_ = key.split("/")
        ticket = reader.tickets.load(ticket_id)
        if ticket is not None:
            named = ticket.reference or f"#{ticket.number}"
            whose = ticket.organisation or ticket.requester.name or ""
            found.append(Breach(named, whose, clock, at))
    return tuple(sorted(found, key=lambda each: each.told_at))


def _is_within(at: datetime, away: Sequence[Away]) -> bool:
    return any(span.start <= at <= span.end for span in away)


def staff_were_told_at(record: IncidentRecord) -> datetime | None:
    """When the first of our people was reached."""
    arrived = [each.arrived_at for each in record.told
               if each.arrived_at and each.destination != BANNER]  # fmt: skip
    return min(arrived, default=None)
