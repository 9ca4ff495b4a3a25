# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a person's word on an incident can be taken, and why not, as a code that texts say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot.rules.audience import found_in
from bot.rules.incident_values import Incident, IncidentOrdered, Verb
from bot.rules.incidents import Calendars, after_order
from bot.rules.policy import Policy
from bot.rules.rights import may

GREATEST_TEXT = 4_000
_CODE = re.compile("[a-z]{2,3}")
_NEEDS_TEXT = frozenset({Verb.OPEN, Verb.UPDATE, Verb.TOLD})


def completed(order: IncidentOrdered, policy: Policy) -> IncidentOrdered:
    """The order with what goes without saying: the only severity there is, bounded words.

    A language is its code alone, as customers' languages are looked for: `sv` for `sv-SE`.
    """
    severities = list(policy.incidents.severities)
    severity = order.severity or (severities[0] if len(severities) == 1 else "")
    text, language = order.text.strip()[:GREATEST_TEXT], code_of(order.language)
    return replace(order, severity=severity, text=text, language=language)


def code_of(language: str) -> str:
    """The code of a language without its country, in small letters."""
    return language.strip().replace("_", "-").partition("-")[0].casefold()


def objection(
    order: IncidentOrdered,
    known: Incident | None,
    policy: Policy,
    calendars: Calendars,
    now: datetime,
    *,
    into: Incident | None = None,
) -> str:
    """Why the order is not taken, empty if it is; `known` is the incident of its number.

    `into` is the one that it is to be merged into.
    """
    settings = policy.incidents
    if not may(policy, "incident", order.by, order.user_id):
        return f"not_allowed:{', '.join(policy.rights.get('incident', ())) or '-'}"
    if order.verb in _NEEDS_TEXT and not order.text:
        return "how_to_incident"
    if order.verb is Verb.OPEN:
        if not order.services or not set(order.services) <= set(settings.services):
            return f"incident_services:{', '.join(settings.services) or '-'}"
        if order.severity not in settings.severities:
            return f"incident_severities:{', '.join(settings.severities) or '-'}"
        return ""
    if known is None:
        return f"unknown_incident:P{order.number}"
    if known.part_of:
        return f"incident_joined:{known.name} → P{known.part_of}"
    if order.verb is Verb.MERGE:
        return _no_merge(order, known, into)
    if order.verb is Verb.UPDATE:
        if order.language and not _CODE.fullmatch(order.language):
            return f"incident_language:{order.language[:20]}"
        forbidden = found_in(order.text, policy.audience.forbidden_words)
        if forbidden:
            return f"incident_words:{', '.join(forbidden)}"
    return after_order(known, order, settings, calendars, now).refusal


def _no_merge(order: IncidentOrdered, known: Incident, into: Incident | None) -> str:
    """Why two incidents do not become one; both have to be open, or watched."""
    if into is None:
        return f"unknown_incident:P{order.into}"
    if known.number == into.number:
        return "how_to_incident"
    closed = next((each for each in (known, into) if each.is_closed), None)
    return "" if closed is None else f"incident_closed:{closed.name}"
