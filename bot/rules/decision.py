# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules decided of one event, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.rules.actions import Reason, Urgency
from bot.rules.policy import Rule


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that held: its statements, what was seen, and whether it acts (`is_edge`) now."""

    rule: Rule
    evidence: tuple[str, ...]
    is_edge: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a rule tells, and how urgent it is."""

    rule_id: str
    names: tuple[str, ...]
    urgency: Urgency | None


@dataclass(frozen=True, slots=True)
class RulesDecision:
    """What the rules decided of one event.

    `priority` and `category` hold the values after it, None for none; `defaults` names the fields
    that got the desk's default because no rule decided. `kept` are proposals that a person's
    decision stood against, `conflicts` the fields for which rules proposed different values,
    `spent` the rules that held and had acted too often on this ticket.
    `holding` are the rules that hold now, for the next edge. Until `held_until` nobody is told;
    then the rules are tried again.
    """

    priority: str | None
    category: str | None
    group: str | None
    add_tags: frozenset[str] = frozenset()
    remove_tags: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    fired: tuple[Fired, ...] = ()
    unknown: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    spent: tuple[Rule, ...] = ()
    holding: Mapping[str, str] = field(default_factory=dict)
    held_until: datetime | None = None

    def reasons(self) -> tuple[Reason, ...]:
        """Why, for the journal."""
        found = [Reason(each.rule.rule_id, each.rule.because, each.evidence) for each in self.fired]
        if self.defaults:
            found.append(Reason("default", evidence=self.defaults))
        if self.conflicts:
            found.append(Reason("conflict", evidence=self.conflicts))
        if self.spent:
            stopped = tuple(f"{rule.rule_id} acted too often" for rule in self.spent)
            found.append(Reason("budget", evidence=stopped))
        if self.unknown:
            found.append(Reason("unknown", evidence=self.unknown))
        return tuple(found)
