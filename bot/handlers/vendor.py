# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what the helpdesk's vendor says of itself: for people to read, and never to decide by."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.handled import Handled
from bot.handlers.outage_notices import vendor_messages
from bot.rules.engine import CompiledPolicy
from bot.rules.outage_state import OutageState, Phase
from bot.rules.probes import VendorSaid
from bot.store.transaction import Reader, Transaction

STATE = "vendor"
TIMELINE = "vendor_said"
"""The kind of its entries in an incident's timeline."""


def handle_vendor(
    said: VendorSaid,
    outage: OutageState,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Keep it, put it into a running incident's timeline, and note once what we do not see."""
    told = set((tx.states.load(STATE) or {}).get("told", ()))
    words = words_of(said)
    fresh = [each for each in said.incidents if each.is_outage and each.incident_id not in told]
    if outage.phase in (Phase.DOWN, Phase.RECOVERING):
        tx.incidents.add(outage.incident, now, TIMELINE, {"seen": words})
    elif fresh:
        for row in vendor_messages(compiled, detail=words, now=now):
            tx.outbox.add(row, now)
    # What the page forgot while it could not be read is not told again.
    names = {each.incident_id for each in said.incidents if each.is_outage}
    kept = told | names if not said.is_known else names
    tx.states.save(STATE, {"words": words, "at": now.isoformat(), "told": sorted(kept)})
    return Handled(words or "the vendor's status is not known")


def vendor_words(reader: Reader) -> str:
    """What the vendor says now, for people; empty where that is not known."""
    return str((reader.states.load(STATE) or {}).get("words", ""))


def words_of(said: VendorSaid) -> str:
    """The incidents in one line; their titles are somebody else's words."""
    if not said.is_known:
        return ""
    if not said.incidents:
        return "the vendor's status page says nothing"
    shown = (
        f"{each.title} ({'outage' if each.is_outage else 'degraded'}"
        + (f" since {each.started_at:%Y-%m-%d %H:%M} UTC)" if each.started_at else ")")
        for each in said.incidents
    )
    return f"the vendor's status page says: {'; '.join(shown)}"
