# SPDX-License-Identifier: GPL-3.0-or-later
"""What `deskmate --help` shows: the commands by what somebody wants, each in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typer.core import TyperGroup

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Begin": {
        "demo": "Show the whole product in two minutes, without accounts.",
        "init": "Ask a few questions and write a policy that loads.",
        "run": "Run the daemon beside the helpdesk.",
    },
    "Write and try a policy": {
        "check": "Find every mistake of a policy, with its line.",
        "test": "Run the policy's own tests on simulated time.",
        "decide": "Say what the policy would do with each event.",
        "diff": "List the tickets that a new policy decides otherwise.",
        "backtest": "Compare what a policy would set with what people set.",
        "suggest": "Say which articles answer a text, and how surely.",
        "drill": "Rehearse an outage with your own policy.",
    },
    "See how things stand": {
        "status": "Show open tickets, clocks, messages and the helpdesk.",
        "at-risk": "List the open tickets to look at now.",
        "oncall": "Say who is on duty now and next.",
        "report": "Count the promises of a month: kept and broken.",
    },
    "Understand a ticket": {
        "explain": "Say why each rule fired or kept quiet.",
        "clocks": "Explain its promises: each span that was counted.",
        "time": "Count in business time, and show what was skipped.",
    },
    "Step in": {
        "calendar": "Look at calendars; close and open them at once.",
        "silence": "Keep messages back for a while, and say why.",
        "maintenance": "Announce works on a service, a customer, the helpdesk.",
        "portal": "See what rules show to customers; take it down.",
        "inbox": "Look after events that failed too often.",
        "outbox": "Look after messages: waiting, sent and dead ones.",
    },
    "In an outage or an incident": {
        "outage": "Say whether the helpdesk is down; declare and clear it.",
        "case": "Work on the cases of an outage without the helpdesk.",
        "incident": "Work on incidents of your own product; write reports.",
    },
    "Look after the store": {
        "backup": "Copy the store while the daemon runs.",
        "restore": "Put a backup in the place of the store.",
        "keep": "Show what is kept, how long, and what goes when.",
        "forget": "Take a person out of the store, the spool, the journal.",
    },
}
"""Heading -> command -> what it is for."""
MORE = "More"


class Sections(TyperGroup):
    """The commands under their headings; one without a heading comes last, in its own words."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each heading with its commands; the types are click's, or typer's copy of it."""
        known = set(self.list_commands(ctx))
        placed = {name for lines in SECTIONS.values() for name in lines}
        for heading, lines in SECTIONS.items():
            self._write(formatter, heading, {name: lines[name] for name in lines if name in known})
        others = {name: self.commands[name].get_short_help_str() for name in known - placed}
        self._write(formatter, MORE, dict(sorted(others.items())))

    def _write(self, formatter: Any, heading: str, lines: Mapping[str, str]) -> None:
        if lines:
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(len("maintenance")), lines[name]) for name in lines]
                )
