# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for a way that no setting opens: it refuses at once, so that the next way is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ports import Finding, Outcome, Refused
from bot.rules.actions import Outgoing


class UnsetChannel:
    """Refuses everything with what to set; see `ports.Channel`."""

    def __init__(self, what: str, advice: str) -> None:
        """`what` is missing, `advice` says how to have it."""
        self._what = what
        self._advice = advice

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Never, until somebody sets it."""
        return Refused(self._what, self._advice)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """Nothing was ever sent this way."""
        return Refused(self._what, self._advice)

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """One finding, whatever the policy wanted to send there."""
        return (Finding(self._what, False, "the policy names it", self._advice),)
