# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles calendars that are closed or opened by command, and says which hold now."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.handlers.handled import Handled
from bot.rules.actions import Reason
from bot.rules.calendar_changes import (
    NamedSwitch,
    after_switch,
    from_state,
    to_state,
    with_switches,
)
from bot.rules.engine import CompiledPolicy
from bot.rules.events import CalendarSwitched, Event
from bot.store.transaction import Reader, Transaction

STATE = "calendar_switches"
KEPT = timedelta(days=400)
"""Clocks are recomputed from their beginning, so a switch is remembered as long as the journal."""


def handle_switch(
    event: Event,
    wanted: CalendarSwitched,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Write a switch down; the open clocks follow as soon as the calendars are made anew."""
    if wanted.calendar not in compiled.policy.calendars:
        return Handled(f"no calendar {wanted.calendar}")
    known = [each for each in switches_of(tx) if each.switch.end > now - KEPT]
    found = after_switch(known, wanted, event.at)
    tx.states.save(STATE, to_state(found))
    what = str(found[-1]) if wanted.is_open is not None else f"{wanted.calendar} as usual"
    tx.journal.add(
        at=now,
        subject=f"calendar:{wanted.calendar}",
        event_key=event.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason("command", evidence=(f"{wanted.by}: {wanted.reason}",)),),
        summary=what,
    )
    return Handled("switched")


def switches_of(reader: Reader) -> tuple[NamedSwitch, ...]:
    """Every switch that is remembered, the latest order last."""
    return from_state(reader.states.load(STATE))


def as_switched(compiled: CompiledPolicy, reader: Reader) -> CompiledPolicy:
    """The policy with the calendars as they were switched; itself where nothing changed."""
    return with_switches(compiled, switches_of(reader))
