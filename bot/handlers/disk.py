# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells our people that a disk is nearly full, and that it no longer is; each once."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.handled import Handled
from bot.handlers.outage_notices import part_messages
from bot.rules.engine import CompiledPolicy
from bot.rules.events import DiskChanged
from bot.store.transaction import Transaction

STATE = "disk"


def handle_disk(
    changed: DiskChanged, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> Handled:
    """Keep how it stands, and tell a change; the same news twice is said once."""
    was_low = bool((tx.states.load(STATE) or {}).get("is_low"))
    shown = f"{changed.folder}, {changed.free:.0%} free"
    tx.states.save(STATE, {"is_low": changed.is_low, "shown": shown, "at": now.isoformat()})
    if was_low == changed.is_low:
        return Handled("known already")
    code = "disk_low" if changed.is_low else "disk_over"
    for row in part_messages(code, compiled, detail=shown, now=now):
        tx.outbox.add(row, now)
    return Handled(f"{code}: {shown}")
