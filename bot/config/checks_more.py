# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a whole policy on a day: rules that cannot fire, dates that run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bot.config.checks_events import check_events
from bot.config.checks_rosters import check_cover
from bot.config.contradictions import contradiction
from bot.config.places import place_of
from bot.config.problems import Problem
from bot.rules.business_time import CalendarSpec
from bot.rules.policy import Policy
from bot.rules.rights import by_name_alone

A_YEAR = timedelta(days=365)


def check_more(policy: Policy, *, today: date) -> list[Problem]:
    """Warnings that a policy loads with all the same, some of which need a date."""
    return [
        *_never_firing(policy, today),
        *_without_target(policy),
        *_ending_calendars(policy, today),
        *check_cover(policy, today=today),
        *check_events(policy),
        *_rights_by_name(policy),
    ]


def _never_firing(policy: Policy, today: date) -> Iterator[Problem]:
    for rule in policy.rules:
        why = contradiction(rule.condition)
        if why is not None:
            what = f"rule {rule.rule_id!r} can never fire: {why}"
            yield Problem(rule.place, what, "remove one of the two", is_warning=True)
        if rule.until is not None and rule.until < today:
            what = f"rule {rule.rule_id!r} ended on {rule.until}"
            yield Problem(rule.place, what, "remove it, or its `until`", is_warning=True)


def _without_target(policy: Policy) -> Iterator[Problem]:
    """Priorities that no promise has a time for, where some promise has one for others."""
    targets = [target for each in policy.promises.values() for target in each.clock.targets]
    covered = {target.priority for target in targets}
    missing = [code for code in policy.priorities if code not in covered]
    if not targets or None in covered or not missing:
        return
    what = f"no promise has a time for {', '.join(missing)}"
    advice = "add a line under `within`, if one was promised"
    yield Problem(place_of(policy, "promises"), what, advice, is_warning=True)


def _rights_by_name(policy: Policy) -> Iterator[Problem]:
    """People with a right whom Slack can tell by their name only, where Slack is used at all."""
    found = by_name_alone(policy) if any(each.slack for each in policy.people.values()) else []
    if found:
        what = f"rights go by a name that anybody may take in Slack: {', '.join(found)}"
        advice = "write who it is under `people`, with their user id (`slack: U0123ABCD`)"
        yield Problem(place_of(policy, "rights"), what, advice, is_warning=True)


def _ending_calendars(policy: Policy, today: date) -> Iterator[Problem]:
    for name, spec in policy.calendars.items():
        place = place_of(policy, f"hours.{name}")
        if spec.closed_until is not None and spec.closed_until < today + A_YEAR:
            what = f"calendar {name!r} knows its holidays until {spec.closed_until} only"
            yield Problem(place, what, "name later ones under `closed`", is_warning=True)
        last = max(spec.shifts, default=None)
        if last is not None and _has_dates_only(spec) and last < today + A_YEAR:
            what = f"calendar {name!r} is open on no day after {last}"
            yield Problem(place, what, "add days, or weekly hours", is_warning=True)


def _has_dates_only(spec: CalendarSpec) -> bool:
    return not (
        spec.week
        or spec.monthly
        or spec.is_always_open
        or spec.union
        or spec.days_from
        or spec.days_by
    )
