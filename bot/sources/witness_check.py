# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks each witness once: behind a closed firewall none answers, and no outage is ever seen."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ports import Finding
from bot.sources.prober import why_silent, witness

ADVICE = (
    "open the firewall to it, or name another in `helpdesk_down: {witnesses: ..}`: "
    "while two of three are silent no outage is declared"
)


def examine_witnesses(named: Iterable[str]) -> tuple[Finding, ...]:
    """A finding for each `host:port`, each waited for as long as the prober would."""
    return tuple(_finding(each) for each in named)


def _finding(named: str) -> Finding:
    why = why_silent(witness(named))
    return Finding(f"witness {named}", not why, why or "answers", ADVICE if why else "")
