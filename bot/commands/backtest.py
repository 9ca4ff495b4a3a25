# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate backtest`: what the policy would have set, beside what people finally set."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.backtest_values import FIELDS, Backtest, Judged
from bot.commands.backtest_view import backtest_row, show_backtest
from bot.commands.past import Past
from bot.commands.stored import load_compiled, since_of, stored
from bot.commands.unusable import Unusable
from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy, RulesDecision, decide
from bot.rules.history import Change
from bot.rules.policy import Policy
from bot.rules.ticket import Actor, Ticket


def show(folder: Path, *, since: str, as_json: bool) -> int:
    """Print the matrices, the differing tickets and the alerts; 0, or 2 for what is unusable."""
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    try:
        compiled = load_compiled(folder, clock)
        found = backtest(compiled, since=since, clock=clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps(backtest_row(found, compiled.policy), ensure_ascii=False))  # noqa: T201
    else:
        show_backtest(console, found, compiled.policy)
    return 0


def backtest(compiled: CompiledPolicy, *, since: str, clock: Clock) -> Backtest:
    """Decide the first event of every stored ticket, and look at what became of it."""
    now = clock.now()
    start = since_of(since, now)
    judged: list[Judged] = []
    alerts: Counter[date] = Counter()
    last_told: dict[str, datetime] = {}
    tried = 0
    with stored(clock) as reader:
        past_tickets = Past(reader, compiled, since=start)
        tickets = reader.tickets.created_since(start)
        for ticket in sorted(tickets, key=lambda each: each.created_at):
            past = past_tickets.event(ticket, 1)
            if past is None:
                continue
            tried += 1
            situation = replace(past_tickets.situation(past), last_told=last_told)
            decision = decide(compiled, situation)
            last_told.update({each.rule_id: past.at for each in decision.told})
            history = reader.tickets.history(ticket.ticket_id)
            judged += _judged(ticket, decision, history, compiled.policy)
            day = local_time(compiled.policy.zone, past.at).date()
            alerts[day] += len(decision.told)
    first = max(start, min((each.created_at for each in tickets), default=start))
    return Backtest(tried, tuple(judged), +alerts, max(1, (now - first).days))


def _judged(
    ticket: Ticket, decision: RulesDecision, history: Sequence[Change], policy: Policy
) -> list[Judged]:
    """A priority that nobody decides is the desk's default, in our answer as in the helpdesk."""
    name = f"#{ticket.number}" if ticket.number else ticket.ticket_id
    found = []
    for field in FIELDS:
        ours: str | None = getattr(decision, field)
        by_people = [each.new for each in history if each.field == field and _is_agents(each)]
        final = by_people[-1] if by_people else getattr(ticket, field)
        if field == "priority":
            ours, final = ours or policy.default_priority, final or policy.default_priority
        found.append(Judged(name, field, ours, final, bool(by_people)))
    return found


def _is_agents(change: Change) -> bool:
    return change.actor is Actor.AGENT
