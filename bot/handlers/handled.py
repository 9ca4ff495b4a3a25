# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler says of an event."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of an event, for the log and the inbox."""

    outcome: str
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class NeedsTicket:
    """The event speaks of a ticket that nobody has shown us: read it, then handle again."""

    number: int
