# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles incidents of the desk's own product: what rules see, people order and time demands.

One transaction each; what a decision does stands in `incident_steps.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.handlers.handled import Handled
from bot.handlers.incident_merging import merge_incidents
from bot.handlers.incident_steps import Said, carry_out
from bot.handlers.incident_tickets import link, write_updates
from bot.rules.actions import Timer
from bot.rules.consequences import SECURITY, Consequences
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event
from bot.rules.incident_orders import completed, objection
from bot.rules.incident_values import (
    Incident,
    IncidentDecision,
    IncidentOrdered,
    Phase,
    Step,
    Verb,
)
from bot.rules.incidents import (
    Wanted,
    after_order,
    after_seen,
    after_time,
    same_matter,
)
from bot.rules.situation import Situation
from bot.store.incidents import (
    incidents_of,
    lively_incidents,
    load_incident,
    next_number,
    unlink_ticket,
)
from bot.store.outages import PRODUCT
from bot.store.transaction import Transaction


def see_incidents(
    beside: Consequences,
    situation: Situation,
    told: Iterable[str],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Do what rules say of incidents with a ticket; `told` have heard of it from the rules."""
    ticket, policy = situation.ticket, compiled.policy
    for rule, effect in beside.incidents.items():
        # The rule's name, not the ticket's subject: customers' words end with their ticket.
        title = rule.replace("-", " ").replace("_", " ")
        wanted = Wanted(effect.services, effect.severity, title, situation.at,
                        is_confidential=SECURITY in ticket.tags)  # fmt: skip
        said = Said(f"rule {rule}", situation.key, at=situation.at)
        incident = _seen(wanted, said, tx, compiled, now=now, without=told)
        _link(incident, ticket.ticket_id, said, tx, now=now)
    for number in incidents_of(beside.link_to, tx) if beside.link_to else ():
        known = load_incident(number, tx)
        if known is not None and not known.is_closed:
            _link(known, ticket.ticket_id, Said("the same fault", situation.key), tx, now=now)
    if not beside.restored:
        return
    for known in lively_incidents(tx, now):
        if known.phase is Phase.OPEN and set(known.services) <= set(beside.restored):
            order = IncidentOrdered(Verb.RESTORED, "a rule", number=known.number, at=situation.at)
            decision = after_order(known, order, policy.incidents, compiled.calendars, now)
            said = Said("a rule", situation.key, at=decision.incident.restored_at)
            carry_out(decision, said, tx, compiled, now=now)


def handle_incident_order(
    event: Event,
    order: IncidentOrdered,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Take a person's word on an incident."""
    policy, order = compiled.policy, completed(order, compiled.policy)
    known = load_incident(order.number, tx) if order.verb is not Verb.OPEN else None
    into = load_incident(order.into, tx) if order.into else None
    refused = objection(order, known, policy, compiled.calendars, now, into=into)
    if refused:
        return Handled(refused[:200])
    said = Said(order.by, event.key, order.text)
    if known is None:
        wanted = Wanted(order.services, order.severity, order.text, order.at, is_persons=True)
        said = Said(order.by, event.key, at=order.at)
        incident = _seen(wanted, said, tx, compiled, now=now)
        for ticket_id in order.tickets:
            _link(incident, ticket_id, said, tx, now=now)
        return Handled(incident.name)
    if order.verb is Verb.MERGE and into is not None:
        return Handled(merge_incidents(known, into, order.by, tx, compiled, key=event.key, now=now))
    if order.verb in (Verb.ADD, Verb.REMOVE):
        return Handled(_change_tickets(known, order, said, tx, now=now))
    decision = after_order(known, order, policy.incidents, compiled.calendars, now)
    if order.verb is Verb.SEND:
        words = " | ".join(known.drafts.values())
        step, count = write_updates(known, order, tx, compiled, now=now)
        decision = _as_written(known, decision, step)
        said = Said(order.by, event.key, f"{count} tickets: {words}")
    if order.verb in (Verb.RESTORED, Verb.CLOSE):
        said = Said(order.by, event.key, order.text, decision.incident.restored_at)
    carry_out(decision, said, tx, compiled, now=now)
    return Handled(", ".join(decision.steps))


def fire_incident(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Remind of an update that is due, tell that one was missed, renew the banner."""
    incident = load_incident(int(timer.detail["incident"]), tx)
    if incident is None:
        return "no such incident"
    decision = after_time(incident, compiled.policy.incidents, compiled.calendars, now)
    said = Said("time", timer.due_at.isoformat())
    carry_out(decision, said, tx, compiled, now=now)
    return ", ".join(decision.steps) or "nothing due"


def _seen(
    wanted: Wanted,
    said: Said,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    without: Iterable[str] = (),
) -> Incident:
    settings = compiled.policy.incidents
    lively = lively_incidents(tx, now - settings.reopen_within)
    known = same_matter(lively, wanted.services, settings, now)
    decision = after_seen(known, wanted, settings, compiled.calendars, now, number=next_number(tx))
    carry_out(decision, said, tx, compiled, now=now, without=without)
    return decision.incident


def _as_written(known: Incident, decision: IncidentDecision, step: Step) -> IncidentDecision:
    """Words that reached no customer, or stand as notes: the draft and the rhythm stay."""
    return decision if step is Step.SENT else IncidentDecision(known, (step,))


def _link(
    incident: Incident, ticket_id: str, said: Said, tx: Transaction, *, now: datetime
) -> None:
    if link(incident, ticket_id, said.by, tx, key=said.key, now=now):
        detail = {"by": said.by, "ticket": ticket_id}
        tx.incidents.add(incident.number, now, Step.LINKED.value, detail, matter=PRODUCT)


def _change_tickets(
    incident: Incident, order: IncidentOrdered, said: Said, tx: Transaction, *, now: datetime
) -> str:
    for ticket_id in order.tickets:
        if order.verb is Verb.ADD:
            _link(incident, ticket_id, said, tx, now=now)
        elif unlink_ticket(incident.number, ticket_id, tx):
            detail = {"by": said.by, "ticket": ticket_id}
            tx.incidents.add(incident.number, now, Step.UNLINKED.value, detail, matter=PRODUCT)
    return f"{order.verb} {len(order.tickets)}"
