# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at ways to people: mails that would become tickets, critical calls with no second way."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.places import place_of
from bot.config.problems import Problem
from bot.rules.actions import Urgency
from bot.rules.policy import Policy, Recipient


def check_ways(policy: Policy) -> Iterator[Problem]:
    """Addresses of the helpdesk's own intake, and Teams alone where somebody must hear."""
    yield from _intake(policy)
    yield from _teams_alone(policy)


def bare_address(address: str) -> str:
    """What a mail server delivers by: no `+part`, no capitals."""
    local, _, domain = address.strip().casefold().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _intake(policy: Policy) -> Iterator[Problem]:
    intake = {bare_address(each) for each in policy.helpdesk.intake}
    for person in policy.people.values():
        if person.mail is not None and bare_address(person.mail) in intake:
            what = f"people {person.name}: {person.mail} is the helpdesk's own intake"
            advice = "each message would open a ticket; name an address that people read"
            yield Problem(place_of(policy, f"people.{person.name}.mail"), what, advice)
    mailbox = policy.outage.mailbox
    if mailbox is not None and bare_address(mailbox) in intake:
        what = f"helpdesk_down: {mailbox} is the helpdesk's own intake"
        advice = "while the helpdesk is down nobody could read it; name another mailbox"
        yield Problem(place_of(policy, "helpdesk_down.mailbox"), what, advice)


def _teams_alone(policy: Policy) -> Iterator[Problem]:
    """A flow that fails says nothing, so a critical call by Teams needs another way as well."""
    called = _called_critically(policy)
    for person in policy.people.values():
        if person.name in called and _has_teams_alone(person):
            what = f"{person.name!r} is called by Teams alone where it is critical"
            advice = "add `mail`, `slack` or `sms`, or `else`: Teams never says that a flow failed"
            yield Problem(person.place, what, advice, is_warning=True)


def _called_critically(policy: Policy) -> frozenset[str]:
    by_urgency = [each.name for each in policy.people.values() if _is_critical(each.urgency)]
    by_rules = [
        name
        for rule in policy.rules
        if _is_critical(rule.effects.urgency)
        for name in rule.effects.tell
    ]
    by_breach = [name for each in policy.promises.values() for name in each.tell_at_breach]
    last_levels = [each.levels[-1] for each in policy.ladders.values() if each.levels]
    by_ladders = [name for level in last_levels for name in level.tell]
    return frozenset((*by_urgency, *by_rules, *by_breach, *by_ladders))


def _is_critical(urgency: Urgency | None) -> bool:
    return urgency is Urgency.CRITICAL


def _has_teams_alone(person: Recipient) -> bool:
    others = (person.slack, person.mail, person.sms, person.otherwise, person.nobody_took_it)
    return person.teams is not None and not any(others)
