# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles a new policy or a switched calendar: recomputes the clocks of every open ticket and
writes down what moved."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial

from bot.handlers.cards import renew_card
from bot.handlers.digests import set_digests
from bot.handlers.silences import set_windows
from bot.handlers.tickets import set_clocks
from bot.rules.actions import Reason
from bot.rules.engine import CompiledPolicy
from bot.store.store import Store
from bot.store.transaction import Transaction

STATE = "policy"


def take_policy(store: Store, compiled: CompiledPolicy, *, now: datetime) -> int:
    """Apply a policy or calendars that differ from the last to open tickets; how many clocks moved.

    One transaction per ticket, so that everything else goes on meanwhile; after a crash in the
    middle the next start finishes, because the policy counts as taken only at the end.
    """
    digest, calendars = compiled.policy.digest, _calendars(compiled)
    with store.read() as reader:
        known = reader.states.load(STATE) or {}
        is_new = (known.get("digest"), known.get("calendars", "")) != (digest, calendars)
        tickets = reader.tickets.open_tickets() if is_new else ()
    cause = "the policy changed" if known.get("digest") != digest else "a calendar was switched"
    moved = 0
    for ticket in tickets:
        moved += store.write(partial(_recompute, ticket.ticket_id, compiled, cause, now))
    store.write(lambda tx: set_digests(tx, compiled, now=now))
    store.write(lambda tx: set_windows(tx, compiled, now=now))
    if is_new:
        state = {"digest": digest, "calendars": calendars, "at": now.isoformat()}
        store.write(lambda tx: tx.states.save(STATE, state))
    return moved


def _calendars(compiled: CompiledPolicy) -> str:
    """What tells switched calendars from others; empty while none is."""
    switches = {
        name: spec.switches for name, spec in compiled.policy.calendars.items() if spec.switches
    }
    return hashlib.sha256(repr(switches).encode()).hexdigest()[:16] if switches else ""


def _recompute(
    ticket_id: str, compiled: CompiledPolicy, cause: str, now: datetime, tx: Transaction
) -> int:
    ticket = tx.tickets.load(ticket_id)
    if ticket is None or ticket.status.is_done:
        return 0
    before = tx.tickets.clocks(ticket_id)
    set_clocks(ticket, tx.tickets.history(ticket_id), tx, compiled, now=now)
    renew_card(ticket_id, tx, compiled, now=now)
    after = tx.tickets.clocks(ticket_id)
    moved = [
        f"{name}: due {_due(before.get(name))} before, {_due(after.get(name))} now"
        for name in dict.fromkeys([*before, *after])
        if _due(before.get(name)) != _due(after.get(name))
    ]
    if moved:
        tx.journal.add(
            at=now,
            subject=f"ticket:{ticket_id}",
            event_key=f"policy/{compiled.policy.digest}",
            policy_hash=compiled.policy.digest,
            reasons=(Reason("policy", evidence=tuple(moved)),),
            summary=f"{cause}: {'; '.join(moved)}",
        )
    return len(moved)


def _due(clock: dict[str, object] | None) -> str:
    return str(clock["due_at"]) if clock and clock.get("due_at") else "nothing"
