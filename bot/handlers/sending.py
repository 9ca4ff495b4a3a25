# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts messages to people into the outbox, past silences and storms; every handler sends by this.

What a silence or a storm holds back is written down as well, with the reason, and counted in the
next message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers.card_rooms import are_told_elsewhere, keep, may_show
from bot.handlers.grouping import wait_for_group
from bot.handlers.silences import mark_of
from bot.handlers.storms import SINGLE, through_storm
from bot.rules.actions import Notice, Outgoing
from bot.rules.delivery import people_at
from bot.rules.engine import CompiledPolicy
from bot.rules.silences import NOTHING_NAMED, Silence, silenced_by, worked_on
from bot.store.queues import OutboxState
from bot.store.silences import named_in, silences_of
from bot.store.transaction import Transaction


def send(
    rows: Iterable[Outgoing], tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Send each row, or write down what held it back."""
    rows = tuple(rows)
    silences: tuple[Silence, ...] | None = None
    for row in rows:
        notice = row.message
        if not isinstance(notice, Notice):
            tx.outbox.add(row, now)
            continue
        if silences is None:
            silences = silences_of(tx, compiled)
        people = people_at(row.destination, compiled)
        named = named_in(notice, tx) if silences else NOTHING_NAMED
        silence = silenced_by(
            silences, notice, people=people, urgency=row.urgency, now=now,
            calendars=compiled.calendars, named=named,
        )  # fmt: skip
        if silence is not None:
            reason = f"{silence.label}: {silence.because}"
            tx.outbox.add(row, now, untold=(OutboxState.SILENCED, reason))
            continue
        works = worked_on(
            silences, notice, people=people, now=now, calendars=compiled.calendars, named=named
        )
        if works is not None:
            notice = replace(notice, works=mark_of(works, compiled, now=now))
            row = replace(row, message=notice)
        if notice.kind not in SINGLE or (
            through_storm(row, notice, tx, compiled, now=now)
            and not _waits_for_group(row, notice, people, tx, compiled, now=now)
        ):
            _show(row, notice, rows, tx, compiled, now=now)


def _waits_for_group(
    row: Outgoing,
    notice: Notice,
    people: frozenset[str],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> bool:
    """Let a message wait for others of its group, where its recipient wants that."""
    recipients = (compiled.policy.people[name] for name in sorted(people))
    spec = next((each.grouping for each in recipients if each.grouping), None)
    if spec is None:
        return False
    return wait_for_group(row, notice, spec, named_in(notice, tx), tx, now=now)


def _show(
    row: Outgoing,
    notice: Notice,
    rows: Sequence[Outgoing],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Send a row unless its room keeps it for a summary; then a call goes its next way."""
    if tx.outbox.by_key(row.key) is not None:
        return
    is_told = are_told_elsewhere(row, rows, compiled)
    has_other_way = bool(row.fallback) or is_told
    if may_show(row, notice, tx, now=now, has_other_way=has_other_way):
        tx.outbox.add(row, now)
    else:
        keep(row, notice, tx, now, is_told_elsewhere=is_told)
