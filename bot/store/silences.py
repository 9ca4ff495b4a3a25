# SPDX-License-Identifier: GPL-3.0-or-later
"""The silences there are, what each has hidden, and what a new one would have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.actions import Notice, Outgoing
from bot.rules.delivery import people_at
from bot.rules.engine import CompiledPolicy
from bot.rules.silences import ALERT_NAMES, NOTHING_NAMED, Silence, from_state, silenced_by
from bot.store.queues import OutboxRow
from bot.store.transaction import Reader

STATE = "silences"
"""The name under which the store keeps those by command."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Which messages a silence would have hidden, the newest last, of how many."""

    hidden: tuple[OutboxRow, ...]
    of: int


def silences_of(reader: Reader, compiled: CompiledPolicy) -> tuple[Silence, ...]:
    """Those of the policy and those by command."""
    return (*written(compiled), *from_state(reader.states.load(STATE)))


def written(compiled: CompiledPolicy) -> tuple[Silence, ...]:
    """Those of the policy, maintenance among them."""
    return (*compiled.policy.silences.values(), *compiled.policy.maintenance.values())


def hidden_by(silence: Silence, since: datetime, reader: Reader) -> tuple[OutboxRow, ...]:
    """What one has hidden since an instant."""
    return reader.outbox.silenced(f"{silence.label}: ", since)


def hidden_now(
    row: Outgoing, reader: Reader, compiled: CompiledPolicy, *, now: datetime
) -> Silence | None:
    """The silence that would hide a message if it were sent now."""
    return _over(silences_of(reader, compiled), row, reader, compiled, now=now)


def preview(
    silence: Silence,
    since: datetime,
    reader: Reader,
    compiled: CompiledPolicy,
    *,
    most: int | None = None,
) -> Preview:
    """What `silence` would have hidden of the messages since an instant, the newest `most`."""
    rows = [row for row in reader.outbox.decided_since(since, most) if not row.outgoing.is_edit]
    hidden = tuple(row for row in rows if _would_hide(silence, row, reader, compiled))
    return Preview(hidden, len(rows))


def named_in(notice: Notice, reader: Reader) -> Mapping[str, str]:
    """What monitoring named in the ticket of a message: its service, host, integration, alert."""
    ticket = reader.tickets.load(notice.ticket_id) if notice.ticket_id else None
    if ticket is None:
        return NOTHING_NAMED
    fields = {"alert": "alert.name", **{name: f"alert.{name}" for name in ALERT_NAMES[:-1]}}
    found = {name: ticket.fields.get(key) for name, key in fields.items()}
    return {name: value for name, value in found.items() if value}


def _would_hide(silence: Silence, row: OutboxRow, reader: Reader, compiled: CompiledPolicy) -> bool:
    before = row.created_at - timedelta(seconds=1)
    return _over((silence,), row.outgoing, reader, compiled, now=before) is not None


def _over(
    silences: Sequence[Silence],
    row: Outgoing,
    reader: Reader,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Silence | None:
    notice = row.message
    if not silences or not isinstance(notice, Notice):
        return None
    return silenced_by(
        silences,
        notice,
        people=people_at(row.destination, compiled),
        urgency=row.urgency,
        now=now,
        calendars=compiled.calendars,
        named=named_in(notice, reader),
    )
