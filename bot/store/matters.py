# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what a message speaks of still waits for somebody."""

from __future__ import annotations

from bot.rules.actions import Notice
from bot.store.transaction import Reader


def still_waits(notice: Notice, reader: Reader) -> bool:
    """True while its ticket is open and nobody has taken it; what is no ticket always waits."""
    if notice.ticket_id is None:
        return True
    ticket = reader.tickets.load(notice.ticket_id)
    if ticket is None or ticket.status.is_done:
        return False
    return reader.alerts.load(f"taken/{notice.ticket_id}") is None
