# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules decided of one event, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.rules.actions import Reason, Urgency
from bot.rules.policy import Rule


class Fired:
    """A rule that held: its statements, what was seen, and whether it acts (`is_edge`) now.

    What was seen is worked out when it is first read.
    """

    def __init__(self, rule: Rule, see: Callable[[], tuple[str, ...]], *, is_edge: bool) -> None:
        """`see` must give the same evidence whenever it is asked."""
        self.rule = rule
        self.is_edge = is_edge
        self._see = see

    @cached_property
    def evidence(self) -> tuple[str, ...]:
        """What was seen."""
        return self._see()

    def __eq__(self, other: object) -> bool:
        """The same rule with the same evidence and effect."""
        return isinstance(other, Fired) and (self.rule, self.evidence, self.is_edge) == (
            other.rule,
            other.evidence,
            other.is_edge,
        )

    def __repr__(self) -> str:
        """For a failing test."""
        return f"Fired({self.rule.rule_id!r}, {self.evidence!r}, is_edge={self.is_edge})"


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
