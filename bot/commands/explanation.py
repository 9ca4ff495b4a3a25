# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries the rules once more on a stored ticket's event and keeps everything that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands.past import Past
from bot.rules.consequences import Consequences, consequences_of
from bot.rules.engine import CompiledPolicy, RulesDecision, decide
from bot.rules.history import Change, ChangeKind
from bot.rules.presence import PolicyCover
from bot.rules.replay import PastEvent, occasions
from bot.rules.situation import Situation
from bot.rules.ticket import Actor, Ticket
from bot.rules.ticket_clocks import TicketClock, clocks_of
from bot.rules.tracing import RuleTrace, trace
from bot.store.journal import Entry
from bot.store.transaction import Reader


@dataclass(frozen=True, slots=True)
class Explanation:
    """One event of a ticket, tried again: every rule, and what would follow.

    `total` counts the ticket's events; `then` is what was written down when it was decided.
    """

    past: PastEvent
    total: int
    situation: Situation
    traces: tuple[RuleTrace, ...]
    decision: RulesDecision
    beside: Consequences
    clocks: tuple[TicketClock, ...]
    then: Entry | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of an opened ladder, from 1: when it is told, and whom."""

    ladder: str
    number: int
    at: datetime
    tell: tuple[str, ...]


def explanation_of(
    name: str, number: int | None, reader: Reader, compiled: CompiledPolicy
) -> Explanation | str:
    """Everything about one event of a ticket, or a sentence that says what there is not."""
    ticket = _ticket(name, reader)
    if ticket is None:
        return f"ticket {name} is not known here"
    total = len(occasions(ticket, reader.tickets.history(ticket.ticket_id)))
    past_tickets = Past(reader, compiled, since=ticket.created_at)
    past = past_tickets.event(ticket, number)
    if past is None:
        return f"ticket {name} has {total} event{'s' if total != 1 else ''} that rules are tried on"
    situation = past_tickets.situation(past)
    decision = decide(compiled, situation)
    return Explanation(
        past=past,
        total=total,
        situation=situation,
        traces=trace(compiled, situation),
        decision=decision,
        beside=consequences_of(decision, situation, compiled),
        clocks=clocks_after(past, decision, compiled),
        then=_then(past, reader),
    )


def ladder_levels(found: Explanation, compiled: CompiledPolicy) -> tuple[Rung, ...]:
    """Who is told when by the ladders that the event opens, as long as nobody has it."""
    cover, at = PolicyCover(compiled), found.past.at
    return tuple(
        Rung(name, number, due, level.tell)
        for name in found.beside.pages
        for number, level in enumerate(compiled.policy.ladders[name].levels, start=1)
        if (due := cover.due(at, level.after, level.hours)) is not None
    )


def clocks_after(
    past: PastEvent, decision: RulesDecision, compiled: CompiledPolicy
) -> tuple[TicketClock, ...]:
    """The ticket's clocks as they would stand right after the event."""
    ticket, at = past.ticket, past.at
    added = tuple(
        Change(f"now/{name}", at, ChangeKind.FIELD, Actor.SELF, field=name, old=old, new=new)
        for name in ("priority", "category", "group")
        if (old := getattr(ticket, name)) != (new := getattr(decision, name)) and new is not None
    )
    after = replace(ticket, priority=decision.priority, category=decision.category)
    return clocks_of(after, (*past.history, *added), compiled, at)


def _ticket(name: str, reader: Reader) -> Ticket | None:
    text = name.removeprefix("#")
    found = reader.tickets.by_number(int(text)) if text.isdecimal() else None
    return found or reader.tickets.load(text)


def _then(past: PastEvent, reader: Reader) -> Entry | None:
    """What the journal says of the event; a ticket's first entry is its creation's."""
    entries = reader.journal.of(f"ticket:{past.ticket.ticket_id}")
    if past.number == 1:
        return next((each for each in entries if each.summary.startswith(past.occasion)), None)
    return next((each for each in entries if each.event_key == past.change.key), None)
