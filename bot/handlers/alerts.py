# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles what else comes from beside the helpdesk: announced works, pressed buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.handlers.case_words import is_case
from bot.handlers.handled import Handled
from bot.handlers.ladders import take_ladders
from bot.handlers.sending import send
from bot.handlers.tickets import last_told, set_clocks
from bot.rules.actions import Notice, NoticeKind, Outgoing, Reason, TicketUpdate
from bot.rules.consequences import consequences_of
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy, RulesDecision, decide
from bot.rules.escalation_values import TakenBy
from bot.rules.events import ButtonPressed, Event, MaintenanceAnnounced, Occasion
from bot.rules.history import Change, ChangeKind
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
) -> Handled:
    """Try the rules on announced works: notice, hours, whatever the policy asks of them."""
    ticket = _outside(event, "Announced works", news.text)
    situation = _situation(event, news, ticket, tx, compiled)
    return _tell_of(event, situation, decide(compiled, situation), tx, compiled, now=now)


def handle_button(
    event: Event,
    pressed: ButtonPressed,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Somebody has it: no more warnings, a note on the ticket, and everybody who was told knows."""
    kind, _, subject = pressed.subject.partition(":")
    taken = f"taken/{subject}"
    if tx.alerts.load(taken) is not None:
        return Handled("taken already")
    state = {"by": pressed.person, "via": pressed.via, "at": event.at.isoformat()}
    ticket = tx.tickets.load(subject) if kind == "ticket" else None
    tx.alerts.save(taken, state, ticket_id=ticket.ticket_id if ticket else None)
    take_ladders(pressed.subject, pressed.person, _how(pressed.via), tx, now=now)
    if ticket is not None:
        added = Change(event.key, event.at, ChangeKind.TAKEN, Actor.AGENT, new=pressed.person)
        tx.tickets.add_change(ticket.ticket_id, added)
        history = tx.tickets.history(ticket.ticket_id)
        set_clocks(ticket, history, tx, compiled, now=now)
        reason = f"{pressed.person} has it"
        tx.outbox.supersede(now=now, reason=reason, ticket_id=ticket.ticket_id)
        if not is_case(ticket):
            tx.outbox.add(_note(ticket, pressed, event), now)
    else:
        reason = f"{pressed.person} has it"
        tx.outbox.supersede(now=now, reason=reason, thread=pressed.subject)
    for row in _acknowledgements(pressed, ticket, event, tx):
        tx.outbox.add(row, now)
    tx.journal.add(
        at=now,
        subject=pressed.subject,
        event_key=event.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason("acknowledge", evidence=(f"{pressed.person}, by {pressed.via}",)),),
        summary=f"{pressed.person} has it",
    )
    return Handled("acknowledged", ticket.ticket_id if ticket else None)


def _how(via: str) -> TakenBy:
    """A link and a mail are ways of their own, chat is pressing a button."""
    return {"link": TakenBy.LINK, "mail": TakenBy.MAIL}.get(via, TakenBy.BUTTON)


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
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    ticket, policy = situation.ticket, compiled.policy
    beside = consequences_of(decision, situation, compiled)
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


def _note(ticket: Ticket, pressed: ButtonPressed, event: Event) -> Outgoing:
    update = TicketUpdate(
        ticket_id=ticket.ticket_id,
        number=ticket.number,
        comment=f"{pressed.person} has it (by {pressed.via}).",
    )
    return Outgoing(
        key=f"acknowledge/ticket:{ticket.ticket_id}/{event.key}",
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{ticket.ticket_id}",
        message=update,
        ticket_id=ticket.ticket_id,
    )


def _acknowledgements(
    pressed: ButtonPressed,
    ticket: Ticket | None,
    event: Event,
    tx: Transaction,
) -> list[Outgoing]:
    """One per chat destination that heard of the matter: the message there is edited in place.

    It says what the first message said, because the edit takes its place.
    """
    heard = (
        tx.outbox.of_ticket(ticket.ticket_id)
        if ticket is not None
        else tx.outbox.of_thread(pressed.subject)
    )
    first: dict[str, Notice] = {}
    for row in heard:
        if isinstance(row.outgoing.message, Notice):
            first.setdefault(row.outgoing.destination, row.outgoing.message)
    return [
        Outgoing(
            key=f"acknowledged/{pressed.subject}/{destination}",
            destination=destination,
            order_key=f"{destination}/{pressed.subject}",
            message=replace(
                notice,
                kind=NoticeKind.ACKNOWLEDGED,
                at=event.at,
                owner=pressed.person,
                buttons=(),
                reason="",
            ),
            ticket_id=ticket.ticket_id if ticket else None,
        )
        for destination, notice in first.items()
        if destination.startswith("slack:")
    ]
