# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `context` of a line of `deskmate decide`: what is known beside the ticket itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.commands.decide_values import day_of, instant, number_of, object_of, objects_of, plain
from bot.rules.business_time import calendars_of
from bot.rules.calendar_days import WHOLE_DAY
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AlertReceived, AlertState, MaintenanceAnnounced
from bot.rules.fingerprints import fingerprints_of
from bot.rules.situation import Recent, RecentAlert
from bot.rules.text import prepare
from bot.rules.ticket import Ticket

GREATEST_COUNT = 10_000
"""Tickets or alerts that a number in the context may stand for."""
LONGEST_MINUTES = 60 * 24 * 3660.0
"""Ten years; a longer while is taken for that."""
AWAY = frozenset({"absent", "away", "off", "offline", "sick", "unavailable", "on_leave", "out"})
"""States of a manager who is not there; any other state is there."""
HELPDESK_FACTS = ("teams", "slack", "mail")


def known_facts(
    given: Mapping[str, Any], current: Mapping[str, Any], context: Mapping[str, Any], at: datetime
) -> dict[str, str | None]:
    """Every further fact of a line by its full name; what the line does not tell is not in it."""
    found: dict[str, str | None] = {}
    changed = object_of(object_of(given, "change"), "fields", where="change.")
    for name, value in given.items():
        for prefix, full in (("org_", "org."), ("requester_", "requester.")):
            if name.startswith(prefix):
                found[full + name.removeprefix(prefix)] = plain(value)
    for name in ("escalation_level", "first_responded", "acked", "escalated_at", "hold_until"):
        for told in (current, context, changed):
            if name in told:
                found[name] = plain(told[name])
    for kind in HELPDESK_FACTS:
        if kind in context:
            found[f"{kind}.state"] = plain(context[kind])
    for name, key in (("usage.minutes_this_month", "usage_minutes_this_month"),
                      ("contacts", "contact_count_after")):  # fmt: skip
        if key in context:
            found[name] = plain(context[key])
    for group in ("problem", "sla", "maintenance"):
        value = context.get(group)
        if isinstance(value, Mapping):
            found.update({f"{group}.{key}": plain(each) for key, each in value.items()})
    since = instant(context, "helpdesk_down_since")
    if since is not None:
        found["helpdesk.down_for"] = str(max(0, int((at - since).total_seconds())))
    return found


def alert_of(context: Mapping[str, Any]) -> AlertReceived | None:
    """The alert that the line is about."""
    alert = context.get("alert")
    if not isinstance(alert, Mapping):
        return None
    is_over = alert.get("state") in ("resolved", "ok")
    return AlertReceived(
        state=AlertState.RESOLVED if is_over else AlertState.FIRING,
        name=str(alert.get("name") or ""),
        source=str(alert.get("source") or ""),
        integration=plain(alert.get("integration")),
        host=plain(alert.get("host")),
        service=plain(alert.get("service")),
        line=plain(alert.get("line")),
        severity=plain(alert.get("severity")),
    )


def recent_incidents(
    context: Mapping[str, Any], ticket: Ticket, at: datetime
) -> tuple[Recent, ...]:
    """`recent_incidents` counts this one too; the others are told apart by their customers."""
    counted = context.get("recent_incidents")
    if not isinstance(counted, Mapping):
        return ()
    where = "context.recent_incidents."
    count = int(min(GREATEST_COUNT, number_of(counted, "count", 0, where=where)))
    customers = int(min(count, number_of(counted, "organisations", 1, where=where)))
    minutes = min(LONGEST_MINUTES, number_of(counted, "minutes", 0, where=where))
    spread = _spread(timedelta(minutes=minutes), count - 1)
    own = ticket.organisation or "customer 0"
    names = [own, *(f"customer {n}" for n in range(1, customers))]
    return tuple(
        Recent(f"recent {n}", at - spread * n, "incident", names[n % len(names)])
        for n in range(1, count)
    )


def _spread(whole: timedelta, count: int) -> timedelta:
    """The distance of so many that came before this one, the oldest just within the whole time."""
    return max(timedelta(), whole - timedelta(microseconds=1)) // max(1, count)


def prior_tickets(
    context: Mapping[str, Any], compiled: CompiledPolicy, ticket: Ticket, at: datetime
) -> tuple[Recent, ...]:
    """`prior_tickets`, each with the fingerprints of its words; of this customer unless it says."""
    found = []
    for prior in objects_of(context, "prior_tickets", where="context."):
        message = prepare(plain(prior.get("subject")), plain(prior.get("body")) or "")
        prints = fingerprints_of(message, compiled.policy.fingerprints)
        created_at = instant(prior, "created_at") or at
        organisation = plain(prior.get("organisation", ticket.organisation))
        category = plain(prior.get("category"))
        found.append(Recent(str(prior.get("id")), created_at, category, organisation, prints))
    return tuple(found)


def prior_alerts(context: Mapping[str, Any], at: datetime) -> tuple[RecentAlert, ...]:
    """`prior_alerts`: so many of the same integration before this one, within so many days."""
    counted, alert = context.get("prior_alerts"), alert_of(context)
    if not isinstance(counted, Mapping) or alert is None:
        return ()
    where = "context.prior_alerts."
    count = int(min(GREATEST_COUNT, number_of(counted, "same_integration", 0, where=where)))
    days = min(LONGEST_MINUTES / 1440, number_of(counted, "within_days", 1, where=where))
    spread = _spread(timedelta(days=days), count)
    return tuple(
        RecentAlert(at - spread * n, alert.integration, alert.name, alert.source, alert.host,
                    alert.service)
        for n in range(1, count + 1)
    )  # fmt: skip


def announced(context: Mapping[str, Any]) -> MaintenanceAnnounced | None:
    """The works that the line announces."""
    works = context.get("maintenance")
    if not isinstance(works, Mapping):
        return None
    announced_at, starts_at = instant(works, "announced_at"), instant(works, "starts_at")
    if announced_at is None or starts_at is None:
        return None
    return MaintenanceAnnounced(announced_at, starts_at, instant(works, "ends_at"), "")


def present_people(
    context: Mapping[str, Any], compiled: CompiledPolicy
) -> dict[str, tuple[str, ...]]:
    """Who of a roster is there: `managers` lists the people of the roster of that name."""
    if "managers" not in context:
        return {}
    managers = objects_of(context, "managers", where="context.")
    there = (each for each in managers if plain(each.get("state")) not in AWAY)
    present = tuple(str(each.get("id")) for each in there)
    return {"managers": present}


def with_event_days(compiled: CompiledPolicy, context: Mapping[str, Any]) -> CompiledPolicy:
    """The policy with the days that the line's context lists (`days_from: event_days`)."""
    fed = {
        name: spec for name, spec in compiled.policy.calendars.items() if spec.days_from in context
    }
    if not fed:
        return compiled
    specs = dict(compiled.policy.calendars)
    for name, spec in fed.items():
        listed = context[spec.days_from or ""]
        days = (
            [day_of(each, where="context.event_days") for each in listed]
            if isinstance(listed, list)
            else []
        )
        whole = dict.fromkeys(days, (WHOLE_DAY,))
        specs[name] = replace(spec, shifts={**spec.shifts, **whole})
    policy = replace(compiled.policy, calendars=specs)
    return replace(compiled, policy=policy, calendars=calendars_of(specs))
