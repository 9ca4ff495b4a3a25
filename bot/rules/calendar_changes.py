# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars that a command closed or opened, beside the hours that the policy writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.rules.business_time import Switch, calendars_of
from bot.rules.engine import CompiledPolicy
from bot.rules.events import CalendarSwitched


@dataclass(frozen=True, slots=True)
class NamedSwitch:
    """One closing or opening of a calendar, with who ordered it and why."""

    calendar: str
    switch: Switch
    by: str

    def __str__(self) -> str:
        """In words, for the journal."""
        verb = "open" if self.switch.is_open else "closed"
        start, end = self.switch.start.isoformat(), self.switch.end.isoformat()
        return f"{self.calendar} {verb} from {start} until {end} by {self.by}: {self.switch.reason}"


def after_switch(
    known: Sequence[NamedSwitch], wanted: CalendarSwitched, now: datetime
) -> tuple[NamedSwitch, ...]:
    """The switches with one more; the usual hours again (`is_open` None) end all of a calendar."""
    if wanted.is_open is None:
        return tuple(
            _ended(each, now) if each.calendar == wanted.calendar else each
            for each in known
            if each.calendar != wanted.calendar or each.switch.start < now
        )
    switch = Switch(wanted.start, wanted.end, wanted.is_open, wanted.reason)
    return (*known, NamedSwitch(wanted.calendar, switch, wanted.by))


def with_switches(compiled: CompiledPolicy, switches: Iterable[NamedSwitch]) -> CompiledPolicy:
    """The policy with exactly these switches; the same object where they are what it has."""
    wanted: dict[str, list[Switch]] = {}
    for each in switches:
        wanted.setdefault(each.calendar, []).append(each.switch)
    specs = {
        name: replace(spec, switches=tuple(wanted.get(name, ())))
        for name, spec in compiled.policy.calendars.items()
    }
    if specs == compiled.policy.calendars:
        return compiled
    policy = replace(compiled.policy, calendars=specs)
    return replace(compiled, policy=policy, calendars=calendars_of(specs))


def to_state(switches: Iterable[NamedSwitch]) -> dict[str, Any]:
    """The switches as the store keeps them."""
    return {
        "switches": [
            {
                "calendar": each.calendar,
                "start": each.switch.start.isoformat(),
                "end": each.switch.end.isoformat(),
                "is_open": each.switch.is_open,
                "reason": each.switch.reason,
                "by": each.by,
            }
            for each in switches
        ]
    }


def from_state(state: Mapping[str, Any] | None) -> tuple[NamedSwitch, ...]:
    """The switches that `to_state` wrote; none where nothing was ever switched."""
    return tuple(
        NamedSwitch(
            row["calendar"],
            Switch(
                datetime.fromisoformat(row["start"]),
                datetime.fromisoformat(row["end"]),
                row["is_open"],
                row["reason"],
            ),
            row["by"],
        )
        for row in (state or {}).get("switches", ())
    )


def _ended(each: NamedSwitch, now: datetime) -> NamedSwitch:
    if each.switch.end <= now:
        return each
    return replace(each, switch=replace(each.switch, end=now))
