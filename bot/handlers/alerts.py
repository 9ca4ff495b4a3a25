# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles what else comes from beside the helpdesk: announced works."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.handled import Handled
from bot.handlers.portal_notices import end_of_works, publish
from bot.handlers.sending import send
from bot.handlers.silences import handle_silence
from bot.handlers.tickets import last_told
from bot.rules.actions import Notice, NoticeKind
from bot.rules.consequences import Consequences, consequences_of
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy, RulesDecision, decide
from bot.rules.events import Event, MaintenanceAnnounced, Occasion, SilenceOrdered
from bot.rules.situation import Situation
from bot.rules.text import prepare
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.store.transaction import Transaction


def handle_maintenance(
    event: Event,
    news: MaintenanceAnnounced,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    works: str = "",
) -> Handled:
    """Try the rules on announced works; `works` is what a person calls them."""
    ticket = _outside(event, "Announced works", news.text)
    situation = _situation(event, news, ticket, tx, compiled)
    decision = decide(compiled, situation)
    beside = consequences_of(decision, situation, compiled)
    publish(beside.publish, situation, tx, compiled, now=now, works=works)
    return _tell_of(event, situation, decision, beside, tx, compiled, now=now)


def announce_works(
    event: Event, order: SilenceOrdered, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> Handled:
    """Take up an order; works that begin are announced works to the rules as well."""
    done = handle_silence(event, order, tx, compiled, now=now)
    end_of_works(order.name, event, tx, compiled, now=now)
    if order.is_maintenance and order.end > now:
        news = MaintenanceAnnounced(event.at, order.start or event.at, order.end, order.because)
        handle_maintenance(event, news, tx, compiled, now=now, works=order.name)
    return done


def _situation(
    event: Event,
    news: MaintenanceAnnounced,
    ticket: Ticket,
    tx: Transaction,
    compiled: CompiledPolicy,
) -> Situation:
    return Situation(
        ticket=ticket,
        occasion=Occasion.MAINTENANCE_ANNOUNCED,
        at=event.at,
        key=event.key,
        message=prepare(ticket.subject, ticket.description),
        actor=Actor.SYSTEM,
        maintenance=news,
        known={"maintenance.emergency": str(news.is_emergency).lower()},
        last_told=last_told(tx, compiled),
    )


def _tell_of(
    event: Event,
    situation: Situation,
    decision: RulesDecision,
    beside: Consequences,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    ticket, policy = situation.ticket, compiled.policy
    found = [each.text or each.code.replace("_", " ")
             for each in (*beside.violations, *beside.warnings)]  # fmt: skip
    for told in decision.told:
        fired = next(each for each in decision.fired if each.rule.rule_id == told.rule_id)
        notice = Notice(
            kind=NoticeKind.ALERT,
            thread=event.stream.replace("/", ":", 1),
            at=event.at,
            title=ticket.subject,
            category=decision.category if "category" not in decision.defaults else None,
            quote=ticket.description,
            reason="; ".join([*found, *fired.evidence][:3]),
            language=policy.language,
            zone=policy.zone,
            buttons=("acknowledge",),
        )
        key = f"rule/{told.rule_id}/{event.key}"
        rows = tell(told.names, notice, compiled, key=key, now=now, urgency=told.urgency)
        send(rows, tx, compiled, now=now)
    tx.journal.add(
        at=now,
        subject=event.stream,
        event_key=event.key,
        policy_hash=policy.digest,
        reasons=decision.reasons(),
        summary=f"{situation.occasion}: told "
        + (", ".join(name for told in decision.told for name in told.names) or "nobody")
        + "".join(f"; {each}" for each in found),
    )
    return Handled(f"told {len(decision.told)}")


def _outside(event: Event, subject: str, text: str) -> Ticket:
    """Announced works as rules look at them: no ticket of anybody's."""
    return Ticket(
        ticket_id=event.stream,
        origin=Origin.ALERT,
        created_at=event.at,
        updated_at=event.at,
        status=Status.NEW,
        subject=subject,
        description=text,
        via="alert",
    )
