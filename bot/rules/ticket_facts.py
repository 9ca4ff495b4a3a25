# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts that rules may ask for beside a ticket's fields, as the daemon knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.rules.engine import CompiledPolicy
from bot.rules.fingerprints import fingerprints_of
from bot.rules.history import Change, ChangeKind
from bot.rules.presence import roster_now
from bot.rules.text import prepare
from bot.rules.ticket import Actor, Ticket
from bot.rules.ticket_news import TicketNews


def known_facts(ticket: Ticket, outage: Mapping[str, Any], at: datetime) -> dict[str, str | None]:
    """Every further fact by its full name; one that no field brings is not in it, so unknown.

    `org.x` and `requester.x` come from the desk's own fields of that name (`helpdesk.fields`).
    """
    found: dict[str, str | None] = {}
    for name, value in ticket.fields.items():
        if "." in name:
            found[name] = value
        else:
            found[f"org.{name}"] = value
            found[f"requester.{name}"] = value
    for name in ("escalation_level", "escalated_at", "hold_until"):
        found[name] = ticket.fields.get(name)
    found["problem.id"] = ticket.fields.get("problem")
    since = outage.get("since")
    if outage.get("phase") == "down" and isinstance(since, str):
        down_for = at - datetime.fromisoformat(since)
        found["helpdesk.down_for"] = str(max(0, int(down_for.total_seconds())))
    return found


def facts_of_history(history: Iterable[Change]) -> dict[str, str | None]:
    """Who spoke last in public, and whether anybody of ours ever did."""
    spoken = [
        change.actor
        for change in history
        if change.is_public and change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT)
    ]
    has_answered = "true" if Actor.AGENT in spoken else "false"
    return {
        "last_public": spoken[-1].value if spoken else None,
        "answered": has_answered,
        "first_responded": has_answered,
    }


def on_duty_now(compiled: CompiledPolicy, at: datetime) -> dict[str, tuple[str, ...]]:
    """Who of each roster is on duty."""
    return {name: roster_now(name, compiled, at) for name in compiled.policy.rosters}


def with_fingerprints(news: TicketNews, compiled: CompiledPolicy) -> TicketNews:
    """A new ticket with what makes it the same fault as another."""
    ticket = news.ticket
    if not compiled.policy.fingerprints:
        return news
    message = prepare(ticket.subject, ticket.description)
    found = fingerprints_of(message, compiled.policy.fingerprints)
    return replace(news, ticket=replace(ticket, fields={**ticket.fields, **found}))
