# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles news of tickets: loads what is known, asks the rules, commits all that follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.cards import renew_card
from bot.handlers.firings import firings_of
from bot.handlers.handled import Handled, NeedsTicket
from bot.handlers.ladders import close_ladders, take_ladders
from bot.handlers.reminders import set_reminders
from bot.handlers.ticket_effects import commit_decision
from bot.rules.actions import Timer, ticket_of
from bot.rules.conditions import Count
from bot.rules.engine import CompiledPolicy, decide, for_ticket
from bot.rules.escalation_values import TakenBy
from bot.rules.events import CommentAdded, Event, FieldChanged, Occasion, TicketSeen
from bot.rules.history import Change, ChangeKind
from bot.rules.layers import parts_of
from bot.rules.situation import Recent, Situation
from bot.rules.text import Message, machine_verdict, prepare
from bot.rules.ticket import Actor, Snapshot, Status, Ticket
from bot.rules.ticket_clocks import BREACHED, WARNING, clocks_of, timers_of
from bot.rules.ticket_facts import facts_of_history, known_facts, on_duty_now, with_fingerprints
from bot.rules.ticket_news import TicketNews, after_event, born
from bot.store.portal_notices import forget_occasions
from bot.store.transaction import Transaction

CLOCK_TIMERS = (WARNING, BREACHED)
ANSWERED = (Occasion.AGENT_REPLY, Occasion.REOPENED)
"""After these "I have it" has been honoured: the next promise warns again."""


def handle_ticket_event(
    event: Event,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    picture: Snapshot | None = None,
) -> Handled | NeedsTicket:
    """Take one event of a ticket; `picture` is what a read brought after `NeedsTicket`."""
    number = _number(event)
    ticket = tx.tickets.by_number(number)
    if ticket is None:
        snapshot = picture or _whole_picture(event)
        if snapshot is None:
            return NeedsTicket(number) if _wants_picture(event) else Handled("of an unknown ticket")
        if _recognised(snapshot, tx):
            return handle_ticket_event(event, tx, compiled, now=now)
        first = with_fingerprints(born(tx.tickets.new_id(), snapshot), compiled)
        ticket_id = take_news(first, event, tx, compiled, now=now)
        if not isinstance(event.fact, TicketSeen):
            return handle_ticket_event(event, tx, compiled, now=now)
        return Handled("created", ticket_id)
    if isinstance(event.fact, TicketSeen) and _whole_picture(event) is None:
        return Handled("known already", ticket.ticket_id)
    news = after_event(ticket, event, tx.tickets.history(ticket.ticket_id))
    if news.change is None and news.ticket == ticket:
        return Handled("known already", ticket.ticket_id)
    take_news(news, event, tx, compiled, now=now)
    return Handled(news.occasion or "noted", ticket.ticket_id)


def _recognised(snapshot: Snapshot, tx: Transaction) -> bool:
    """Whether the helpdesk shows a ticket that we made: it gets its number there."""
    if snapshot.external_id is None:
        return False
    made = ticket_of(snapshot.external_id)
    ours = tx.tickets.load(made) if made else tx.tickets.by_reference(snapshot.external_id)
    if ours is None or ours.number is not None or ours.status is Status.DELETED:
        return False
    tx.tickets.save(replace(ours, number=snapshot.number))
    return True


def set_clocks(
    ticket: Ticket,
    history: tuple[Change, ...],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Recompute a ticket's clocks and let exactly their timers run."""
    clocks = clocks_of(ticket, history, compiled, now)
    wanted = timers_of(ticket.ticket_id, clocks)
    keys = {timer.key for timer in wanted}
    for running in tx.timers.of_ticket(ticket.ticket_id):
        if running.kind in CLOCK_TIMERS and running.key not in keys:
            tx.timers.stop(running.key)
    for timer in _not_told(ticket.ticket_id, wanted, tx):
        tx.timers.set(timer)
    set_reminders(ticket, history, tx, compiled)
    states = {
        clock.state.name: {
            "phase": clock.state.phase.value,
            "cycle": clock.state.cycle,
            "due_at": _iso(clock.state.due_at),
            "started_at": _iso(clock.state.started_at),
            "breached_at": _iso(clock.state.breached_at),
            "achieved_at": _iso(clock.state.achieved_at),
            "target": clock.state.target,
            "calendar": clock.state.calendar,
        }
        for clock in clocks
    }
    tx.tickets.save_clocks(ticket.ticket_id, states)


def take_news(
    news: TicketNews, event: Event, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> str:
    """Save the news and, where rules are tried on it, what they decide."""
    ticket = news.ticket
    compiled = for_ticket(compiled, ticket)
    tx.tickets.save(ticket)
    if news.change is not None:
        tx.tickets.add_change(ticket.ticket_id, news.change)
    is_tried = not ticket.status.is_done or news.occasion is Occasion.SOLVED
    if news.occasion is not None and is_tried:
        situation = _situation(news, event, news.occasion, tx, compiled)
        decision = decide(compiled, situation)
        ticket = commit_decision(decision, situation, tx, compiled, now=now)
    _tell_ladders(news, ticket, tx, now=now)
    if news.occasion in ANSWERED:
        tx.alerts.delete(f"taken/{ticket.ticket_id}")
    if ticket.status.is_done:
        close_ladders(f"ticket:{ticket.ticket_id}", tx)
        forget_occasions(f"ticket:{ticket.ticket_id}", tx)
        reason = f"the ticket is {ticket.status}"
        tx.outbox.supersede(now=now, reason=reason, ticket_id=ticket.ticket_id)
    set_clocks(ticket, tx.tickets.history(ticket.ticket_id), tx, compiled, now=now)
    renew_card(ticket.ticket_id, tx, compiled, now=now)
    return ticket.ticket_id


def _tell_ladders(news: TicketNews, ticket: Ticket, tx: Transaction, *, now: datetime) -> None:
    """Real work says "I have it" too: a public reply, an assignee."""
    change, thread = news.change, f"ticket:{ticket.ticket_id}"
    if change is None or change.actor is not Actor.AGENT:
        return
    by = change.person_id or "an agent"
    if news.occasion is Occasion.AGENT_REPLY:
        take_ladders(thread, by, TakenBy.PUBLIC_REPLY, tx, now=now)
    if change.field == "assignee" and change.new:
        take_ladders(thread, change.new, TakenBy.ASSIGNED, tx, now=now)


def _situation(
    news: TicketNews,
    event: Event,
    occasion: Occasion,
    tx: Transaction,
    compiled: CompiledPolicy,
) -> Situation:
    fact = event.fact
    at = news.change.at if news.change else event.at
    situation = situation_of(news.ticket, occasion, tx, compiled, at=at, key=event.key)
    return replace(
        situation,
        message=message_of(news, tx.tickets.history(news.ticket.ticket_id)),
        changes=(fact,) if isinstance(fact, FieldChanged) else (),
        actor=news.change.actor if news.change else Actor.REQUESTER,
    )


def situation_of(
    ticket: Ticket,
    occasion: Occasion,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    at: datetime,
    key: str,
) -> Situation:
    """Everything known about a ticket at an instant, with the customer's latest words."""
    history = tx.tickets.history(ticket.ticket_id)
    outage = tx.states.load("outage") or {}
    is_taken = tx.alerts.load(f"taken/{ticket.ticket_id}") is not None
    return Situation(
        ticket=ticket,
        occasion=occasion,
        at=at,
        key=key,
        message=message_of(TicketNews(ticket), history),
        actor=Actor.SYSTEM,
        recent=_recent(tx, compiled, at),
        helpdesk_state="down" if outage.get("phase") in ("down", "recovering") else "up",
        last_told=last_told(tx, compiled),
        known={
            **known_facts(ticket, outage, at),
            **facts_of_history(history),
            "acked": "true" if is_taken else "false",
        },
        form=ticket.form,
        on_duty=on_duty_now(compiled, at),
        firings=firings_of(ticket.ticket_id, tx),
    )


def message_of(news: TicketNews, history: tuple[Change, ...]) -> Message | None:
    """The text that rules search: a reply's own words, else the customer's latest ones.

    Looking back at the opening words after a later message would make every change an edge.
    """
    ticket, change = news.ticket, news.change
    is_reply = news.occasion in (Occasion.REQUESTER_REPLY, Occasion.AGENT_REPLY)
    verdict = machine_verdict(
        headers=None,
        sender=ticket.requester.email,
        subject=None if is_reply else ticket.subject,
        tags=ticket.tags,
    )
    if is_reply and change is not None:
        body = change.body
        return prepare(ticket.subject, body, is_reply=True, is_machine=verdict.is_machine)
    for past in reversed(history):
        is_reply_of_theirs = past.kind is ChangeKind.COMMENT and past.actor is Actor.REQUESTER
        if is_reply_of_theirs and past.is_public:
            is_machine = verdict.is_machine
            return prepare(ticket.subject, past.body, is_reply=True, is_machine=is_machine)
    return prepare(ticket.subject, ticket.description, is_machine=verdict.is_machine)


def last_told(tx: Transaction, compiled: CompiledPolicy) -> dict[str, datetime]:
    """When each rule with `once_per` last told somebody."""
    found = {}
    for rule in compiled.policy.rules:
        if rule.effects.once_per is not None:
            state = tx.states.load(f"once_per/{rule.rule_id}")
            if state is not None:
                found[rule.rule_id] = datetime.fromisoformat(state["at"])
    return found


def _recent(tx: Transaction, compiled: CompiledPolicy, at: datetime) -> tuple[Recent, ...]:
    """The tickets of the longest counting window; none are read where no rule counts."""
    windows = [
        part.within
        for rule in compiled.policy.rules
        for part in parts_of(rule.condition)
        if isinstance(part, Count)
    ]
    if not windows:
        return ()
    since = at - max(windows, default=timedelta())
    return tuple(
        Recent(each.ticket_id, each.created_at, each.category, each.organisation, each.fields)
        for each in tx.tickets.created_since(since)
    )


def _not_told(ticket_id: str, wanted: Iterable[Timer], tx: Transaction) -> Iterable[Timer]:
    """Timers whose warning or breach was told before stay quiet."""
    told = tx.alerts.of_ticket(ticket_id)
    return (timer for timer in wanted if timer.key not in told)


def _whole_picture(event: Event) -> Snapshot | None:
    """The export shows whole tickets; a webhook's picture lacks the category and own fields."""
    if isinstance(event.fact, TicketSeen) and event.source != "webhook":
        return event.fact.snapshot
    return None


def _wants_picture(event: Event) -> bool:
    return isinstance(event.fact, TicketSeen | CommentAdded | FieldChanged)


def _number(event: Event) -> int:
    if isinstance(event.fact, TicketSeen):
        return event.fact.snapshot.number
    number = getattr(event.fact, "number", None)
    assert isinstance(number, int), f"{type(event.fact).__name__} is no news of a ticket"
    return number


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
