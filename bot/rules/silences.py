# SPDX-License-Identifier: GPL-3.0-or-later
"""Silences and maintenance: what is not told for a while, by whom, why, and until when.

A silence hides messages, never clocks or records. Maintenance is a silence of what is worked on,
with the mark of it on whatever is told meanwhile. What cannot be judged is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.rules.actions import Notice, NoticeKind, Urgency
from bot.rules.business_time import Calendar
from bot.rules.events import SilenceOrdered
from bot.rules.policy_parts import NOWHERE, Place

ALERT_NAMES = ("service", "host", "integration", "alert")
"""What monitoring names; `alert` is the alert's own name."""
ONLY = ("ticket", "organisation", "category", "priority", "person", *ALERT_NAMES)
"""What a silence may be limited to; all of them must fit."""
NEVER_SILENT = frozenset(
    {NoticeKind.HELPDESK_DOWN, NoticeKind.HELPDESK_UP, NoticeKind.ADMIN, NoticeKind.SILENCE,
     NoticeKind.MAINTENANCE}
)  # fmt: skip
SOON = timedelta(minutes=10)
"""How long before its end a silence says that it ends."""
LONGEST = timedelta(days=31)
NOTHING_NAMED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence; `during` is a calendar for those that come again, else it ends at `end`.

    `only` limits it (see `ONLY`). With `unless_critical` critical messages are told all the same.
    One with `is_maintenance` is announced works; with `tags` it marks and hides nothing, and
    with `of_helpdesk` it hides nothing either: the outage machine keeps calm (`rules/outage.py`).
    """

    name: str
    because: str
    by: str = ""
    start: datetime | None = None
    end: datetime | None = None
    during: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    unless_critical: bool = True
    is_maintenance: bool = False
    of_helpdesk: bool = False
    tags: bool = False
    place: Place = NOWHERE

    @property
    def label(self) -> str:
        """What it is and what it is called, as records name it."""
        return f"{'maintenance' if self.is_maintenance else 'silence'} {self.name}"

    @property
    def said(self) -> str:
        """Who wants it, and why."""
        return ", ".join(filter(None, (self.by, self.because)))

    def holds(self, now: datetime, calendars: Mapping[str, Calendar]) -> bool:
        """Whether it is in force; a calendar that is not there silences nothing."""
        if self.during is not None:
            calendar = calendars.get(self.during)
            return calendar is not None and calendar.is_open(now)
        return self.end is not None and (self.start is None or self.start <= now) and now < self.end


def silenced_by(
    silences: Iterable[Silence],
    notice: Notice,
    *,
    people: frozenset[str],
    urgency: Urgency,
    now: datetime,
    calendars: Mapping[str, Calendar],
    named: Mapping[str, str] = NOTHING_NAMED,
) -> Silence | None:
    """The first silence that hides a message, None where it is told.

    `people` are whom it goes to, `named` what monitoring names in its ticket (`ALERT_NAMES`).
    """
    if notice.kind in NEVER_SILENT:
        return None
    for each in silences:
        if each.tags or each.of_helpdesk or (each.unless_critical and urgency is Urgency.CRITICAL):
            continue
        if each.holds(now, calendars) and _fits(each, notice, people, named):
            return each
    return None


def worked_on(
    silences: Iterable[Silence],
    notice: Notice,
    *,
    people: frozenset[str],
    now: datetime,
    calendars: Mapping[str, Calendar],
    named: Mapping[str, str] = NOTHING_NAMED,
) -> Silence | None:
    """The maintenance that a message which is told belongs to, None where it belongs to none."""
    if notice.kind in NEVER_SILENT:
        return None
    for each in silences:
        is_window = each.is_maintenance and not each.of_helpdesk
        if is_window and each.holds(now, calendars) and _fits(each, notice, people, named):
            return each
    return None


def after_order(
    known: Iterable[Silence], order: SilenceOrdered, now: datetime
) -> tuple[Silence, ...]:
    """The silences by command after one more order; ended ones are forgotten after a month."""
    kept = [
        each
        for each in known
        if each.name != order.name and each.end is not None and each.end > now - LONGEST
    ]
    ended = next((each for each in known if each.name == order.name), None)
    if order.end <= now:
        return (*kept, replace(ended, end=now)) if ended is not None else tuple(kept)
    start = max(now, order.start or now)
    added = Silence(
        name=order.name,
        because=order.because,
        by=order.by,
        start=start,
        end=min(order.end, start + LONGEST),
        only=dict(order.only),
        unless_critical=order.unless_critical,
        is_maintenance=order.is_maintenance,
        of_helpdesk=order.of_helpdesk,
        tags=order.tags,
    )
    return (*kept, added)


def to_state(silences: Iterable[Silence]) -> dict[str, Any]:
    """The silences by command as the store keeps them."""
    return {
        "silences": [
            {
                "name": each.name,
                "because": each.because,
                "by": each.by,
                "start": each.start.isoformat() if each.start else None,
                "end": each.end.isoformat() if each.end else None,
                "only": dict(each.only),
                "unless_critical": each.unless_critical,
                "is_maintenance": each.is_maintenance,
                "of_helpdesk": each.of_helpdesk,
                "tags": each.tags,
            }
            for each in silences
        ]
    }


def from_state(state: Mapping[str, Any] | None) -> tuple[Silence, ...]:
    """The silences that `to_state` wrote."""
    return tuple(
        Silence(
            name=row["name"],
            because=row["because"],
            by=row["by"],
            start=datetime.fromisoformat(row["start"]) if row["start"] else None,
            end=datetime.fromisoformat(row["end"]) if row["end"] else None,
            only=row["only"],
            unless_critical=row["unless_critical"],
            is_maintenance=row.get("is_maintenance", False),
            of_helpdesk=row.get("of_helpdesk", False),
            tags=row.get("tags", False),
        )
        for row in (state or {}).get("silences", ())
    )


def _fits(
    silence: Silence, notice: Notice, people: frozenset[str], named: Mapping[str, str]
) -> bool:
    """Whether a message is about what a silence is limited to."""
    facts: dict[str, Iterable[str]] = {
        "ticket": {str(notice.number or ""), notice.ticket_id or ""},
        "organisation": {notice.organisation or ""},
        "category": {notice.category or ""},
        "priority": {notice.priority or ""},
        "person": people,
        **{name: {named.get(name, "")} for name in ALERT_NAMES},
    }
    return all(
        wanted.casefold() in {each.casefold() for each in facts.get(name, ())}
        for name, wanted in silence.only.items()
    )
