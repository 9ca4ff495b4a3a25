# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches what may fail while the helpdesk can be read, and tells it once each way."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.handled import Handled
from bot.handlers.outage_notices import part_messages
from bot.rules.degraded import Degraded, Part, after_round, after_seen, from_row, to_row
from bot.rules.engine import CompiledPolicy
from bot.rules.outage_overlays import is_turned_away
from bot.rules.outage_state import OutageState, Phase
from bot.rules.probes import CanarySeen, ProbeRound
from bot.store.transaction import Reader, Transaction

STATE = "degraded"


def watch_parts(
    probes: ProbeRound,
    counter: int,
    outage: OutageState,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Count what a round of probes says of writing; `counter` is what its canary was written."""
    before = load_parts(tx)
    # What fails during announced maintenance is no news.
    is_up = outage.phase is Phase.HEALTHY and outage.works_until is None
    after = after_round(
        before,
        probes,
        counter,
        now,
        is_up=is_up,
        is_turned_away=is_turned_away(outage, now),
    )
    carry_out_parts(before, after, probes.detail, tx, compiled, now)


def handle_canary(
    seen: CanarySeen, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> Handled:
    """The canary's counter came back, by webhook or in the list."""
    part = Part.WEBHOOKS if seen.way == "webhook" else Part.LISTS
    before = load_parts(tx)
    after = after_seen(before, part, seen.counter)
    carry_out_parts(before, after, "", tx, compiled, now)
    return Handled(", ".join(after.told) or f"{part}: {seen.counter}")


def load_parts(reader: Reader) -> Degraded:
    """How every part stands."""
    return from_row(reader.states.load(STATE))


def carry_out_parts(
    before: Degraded,
    after: Degraded,
    detail: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    now: datetime,
) -> None:
    """Keep how the parts stand, and tell what changed."""
    if after.parts != before.parts:
        tx.states.save(STATE, to_row(after))
    for code in after.told:
        for row in part_messages(code, compiled, detail=detail, now=now):
            tx.outbox.add(row, now)
        tx.journal.add(
            at=now,
            subject="helpdesk",
            event_key="",
            policy_hash=compiled.policy.digest,
            reasons=(),
            summary=f"{code.replace('_', ' ')} {detail[:200]}".strip(),
        )
