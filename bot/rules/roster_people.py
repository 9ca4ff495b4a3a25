# SPDX-License-Identifier: GPL-3.0-or-later
"""Who stands in any roster: the people who may be on duty, by name."""

from __future__ import annotations

from bot.rules.policy import Policy
from bot.rules.roster_values import RosterSpec


def people_of_rosters(policy: Policy) -> frozenset[str]:
    """Every person of every roster; a region's roster is no person."""
    found: set[str] = set()
    for roster in policy.rosters.values():
        found |= people_of(roster)
    return frozenset(found - set(policy.rosters))


def people_of(roster: RosterSpec) -> set[str]:
    """Everybody whom one roster names, regions included."""
    turns = set(roster.rotation.people) if roster.rotation else set()
    shifts = {shift.who for shift in roster.shifts}
    stretches = {each.who for each in (*roster.fixed, *roster.overrides)}
    return turns | shifts | stretches | {region.roster for region in roster.regions}
