# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes two incidents one: tickets, services and the next update go over, calls of the one end."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.incident_steps import Said, carry_out
from bot.handlers.incident_tickets import move_tickets
from bot.rules.engine import CompiledPolicy
from bot.rules.incident_values import Incident
from bot.rules.incidents import after_merge, severity_of
from bot.store.transaction import Transaction


def merge_incidents(
    joining: Incident,
    into: Incident,
    by: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    key: str,
    now: datetime,
) -> str:
    """Make one part of the other; who hears it of the one does not hear it of the other as well."""
    settings = compiled.policy.incidents
    decision = after_merge(joining, into, settings, compiled.calendars, now)
    count = move_tickets(joining, into, by, tx, key=key, now=now)
    told = severity_of(joining, settings).tell
    # The one that stays goes first: between the two banners nothing is left out.
    carry_out(decision.into, Said(by, key, joining.name, other=joining), tx, compiled,
              now=now, without=told)  # fmt: skip
    carry_out(decision.joined, Said(by, key, into.name, other=into), tx, compiled, now=now)
    return f"{joining.name} is part of {into.name}, {count} tickets"
