# SPDX-License-Identifier: GPL-3.0-or-later
"""Fires what fell due: warnings and breaches of clocks, and the outage machine's own instants.

A timer is only a reason to look: the clock is recomputed first, so that an answer which came
meanwhile silences it. After downtime each clock tells only the highest of what it missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.alarms import fire_count, fire_held
from bot.handlers.backfill import fire_backfill
from bot.handlers.cards import fire_card, renew_card
from bot.handlers.case_notices import fire_storm
from bot.handlers.digests import fire_digest
from bot.handlers.grouping import fire_group
from bot.handlers.incidents import fire_incident
from bot.handlers.ladders import fire_ladder, open_ladder
from bot.handlers.outage import handle_outage_timer
from bot.handlers.portal_notices import fire_portal_notices
from bot.handlers.presses import end_snooze
from bot.handlers.refused_notes import fire_refused_note
from bot.handlers.reminders import fire_reminder
from bot.handlers.sending import send
from bot.handlers.silences import fire_silence
from bot.handlers.spam_notices import fire_spam
from bot.handlers.storms import renew_storm
from bot.handlers.ticket_effects import commit_decision, notice_of
from bot.handlers.tickets import set_clocks, situation_of
from bot.rules.actions import NoticeKind, Reason, Timer, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy, decide, for_ticket
from bot.rules.events import Occasion
from bot.rules.reminders import REMINDER
from bot.rules.ticket import Ticket
from bot.rules.ticket_clocks import BREACHED, WARNING, TicketClock, clocks_of
from bot.store.transaction import Transaction

ONE_SECOND = timedelta(seconds=1)


def fire(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Do what one due timer is for, within `tx`; says what that was, for the log.

    Something may have stopped or moved it since it was looked up; then it has nothing to do now.
    """
    if not tx.timers.mark_fired(timer.key, now):
        return "stopped or moved meanwhile"
    match timer.kind:
        case "outage":
            news = handle_outage_timer(tx, compiled, now=now)
            return ", ".join(news.steps) or "nothing due"
        case "digest":
            return fire_digest(timer, tx, compiled, now=now)
        case "mail_storm":
            return fire_storm(timer, tx, compiled, now=now)
        case "spam_held":
            return fire_spam(tx, compiled, now=now)
        case "snoozed":
            return end_snooze(timer, tx, compiled, now=now)
        case "storm":
            return renew_storm(timer, tx, compiled, now=now)
        case "group":
            return fire_group(timer, tx, compiled, now=now)
        case "silence":
            return fire_silence(timer, tx, compiled, now=now)
        case "backfill":
            return fire_backfill(timer, tx, compiled, now=now)
        case "alarm_count":
            return fire_count(timer, tx, compiled, now=now)
        case "alarm_held":
            return fire_held(timer, tx, compiled, now=now)
        case "incident":
            return fire_incident(timer, tx, compiled, now=now)
        case "refused_note":
            return fire_refused_note(timer, tx, compiled, now=now)
        case "portal_notices":
            return fire_portal_notices(tx, compiled, now=now)
        case "card":
            return fire_card(timer, tx, compiled, now=now)
    done = _fire_of_ticket(timer, tx, compiled, now=now)
    if timer.ticket_id is not None:
        renew_card(timer.ticket_id, tx, compiled, now=now)
    return done


def _fire_of_ticket(
    timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> str:
    """What falls due for one ticket: a level, a reminder, a warning, a breach."""
    ticket = tx.tickets.load(timer.ticket_id or "")
    compiled = compiled if ticket is None else for_ticket(compiled, ticket)
    if timer.kind == "ladder":
        return fire_ladder(timer, tx, compiled, now=now)
    if ticket is None or ticket.status.is_done:
        return "the ticket is done"
    if timer.kind == REMINDER:
        return fire_reminder(timer, ticket, tx, compiled, now=now)
    history = tx.tickets.history(ticket.ticket_id)
    clocks = clocks_of(ticket, history, compiled, now)
    clock = next((each for each in clocks if each.state.name == timer.detail["clock"]), None)
    if clock is None or not _still_holds(timer, clock):
        set_clocks(ticket, history, tx, compiled, now=now)
        return "answered meanwhile"
    if timer.kind == WARNING and clock.state.breached_at is not None:
        return "the breach is told instead"
    if timer.kind == WARNING and _later_is_due(timer, tx, now):
        return "a later warning is told instead"
    _tell(timer, clock, ticket, tx, compiled, now=now)
    if _try_rules(timer, ticket, tx, compiled):
        changed = tx.tickets.load(ticket.ticket_id) or ticket
        set_clocks(changed, tx.tickets.history(ticket.ticket_id), tx, compiled, now=now)
    return timer.kind


def _later_is_due(timer: Timer, tx: Transaction, now: datetime) -> bool:
    """After downtime only the highest of several warnings of one clock is told."""
    return any(
        other.kind == WARNING
        and timer.due_at < other.due_at <= now
        and other.detail["clock"] == timer.detail["clock"]
        and other.detail["cycle"] == timer.detail["cycle"]
        for other in tx.timers.of_ticket(timer.ticket_id or "")
    )


def _still_holds(timer: Timer, clock: TicketClock) -> bool:
    """Whether the clock still runs in the same cycle and has come as far as the timer says."""
    state = clock.state
    if not state.is_open or str(state.cycle) != timer.detail["cycle"]:
        return False
    if timer.kind == BREACHED:
        return state.breached_at is not None
    if state.breached_at is not None:
        return True
    return any(due.at <= timer.due_at for due in clock.due)


def _tell(
    timer: Timer,
    clock: TicketClock,
    ticket: Ticket,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Tell the people of the promise, at most once per timer, by the instant it was due."""
    is_breach = timer.kind == BREACHED
    promise = clock.promise
    names: Sequence[str] = promise.tell_at_breach if is_breach else promise.tell_at_warning
    kind = NoticeKind.SLA_BREACHED if is_breach else NoticeKind.SLA_WARNING
    happened_at = clock.state.due_at if is_breach else timer.due_at
    notice = replace(
        notice_of(ticket, kind, compiled, happened_at or now),
        clock=clock.state.name,
        due_at=clock.state.due_at,
    )
    urgency = Urgency.CRITICAL if is_breach else None
    rows = tell(
        names, notice, compiled, key=timer.key, now=now, urgency=urgency,
        is_obsolete_when_done=not is_breach,
    )  # fmt: skip
    is_taken = _is_taken(ticket, tx)
    if not is_taken or is_breach:
        send(rows, tx, compiled, now=now)
    if is_breach and promise.page_at_breach is not None:
        ladder = compiled.policy.ladders[promise.page_at_breach]
        since = min(timer.due_at, now)
        open_ladder(ladder, notice, tx, compiled, occasion=timer.key, now=now, since=since)
    tx.alerts.save(timer.key, {"told_at": now.isoformat()}, ticket_id=ticket.ticket_id)
    tx.journal.add(
        at=now,
        subject=f"ticket:{ticket.ticket_id}",
        event_key=timer.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason(f"promise {clock.state.name}", promise.because, _evidence(clock)),),
        summary=f"{timer.kind}: told {', '.join(names) or 'nobody'}"
        + (" (taken already: no warning)" if is_taken and not is_breach else ""),
    )


def _evidence(clock: TicketClock) -> tuple[str, ...]:
    state = clock.state
    due = state.due_at.isoformat() if state.due_at else "not"
    return (f"{state.elapsed} s of {state.target} s used in {state.calendar}, due {due}",)


def _is_taken(ticket: Ticket, tx: Transaction) -> bool:
    state = tx.alerts.load(f"taken/{ticket.ticket_id}")
    return state is not None


def _try_rules(timer: Timer, ticket: Ticket, tx: Transaction, compiled: CompiledPolicy) -> bool:
    """Whether any rule is tried on this occasion, and may have changed the ticket."""
    occasion = Occasion.SLA_BREACHED if timer.kind == BREACHED else Occasion.SLA_WARNING
    if not any(occasion in rule.occasions for rule in compiled.policy.rules):
        return False
    situation = situation_of(ticket, occasion, tx, compiled, at=timer.due_at, key=timer.key)
    metric = {"sla.metric": timer.detail["clock"], "sla.ticket": ticket.ticket_id}
    situation = replace(situation, known={**situation.known, **metric})
    commit_decision(decide(compiled, situation), situation, tx, compiled, now=timer.due_at)
    return True
