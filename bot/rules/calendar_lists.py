# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars that list a customer's dates, from the policy or from a field of the ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.rules.business_time import Calendar, calendars_of
from bot.rules.calendar_days import WHOLE_DAY, CalendarSpec
from bot.rules.ticket import Ticket

MOST_DATES = 400
"""How many dates of one field are read."""
_DATE = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


def calendars_for(
    specs: Mapping[str, CalendarSpec], calendars: Mapping[str, Calendar], ticket: Ticket
) -> Mapping[str, Calendar]:
    """The calendars as they are for this ticket's customer; the same object where none differs."""
    fed = {
        name: days
        for name, spec in specs.items()
        if (spec.days_from or spec.days_by) and (days := days_of(spec, ticket))
    }
    if not fed:
        return calendars
    changed = dict(specs)
    for name, days in fed.items():
        whole = dict.fromkeys(days, (WHOLE_DAY,))
        changed[name] = replace(specs[name], shifts={**specs[name].shifts, **whole})
    return calendars_of(changed)


def days_of(spec: CalendarSpec, ticket: Ticket) -> tuple[date, ...]:
    """The whole days that a calendar is open for this ticket's customer alone."""
    own = spec.days_by.get(ticket.organisation or "", ())
    listed = ticket.fields.get(spec.days_from) if spec.days_from else None
    return tuple(dict.fromkeys((*own, *dates_in(listed or ""))))


def dates_in(text: str) -> tuple[date, ...]:
    """The dates of a field, `2026-06-12, 2026-06-13`, whatever stands between them."""
    found = []
    for match in _DATE.findall(text)[:MOST_DATES]:
        try:
            found.append(date.fromisoformat(match))
        except ValueError:
            continue  # The thirtieth of February.
    return tuple(found)
