# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a decision of the rules into the store: ticket, history, outbox, journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.handlers.case_words import is_case
from bot.handlers.consequences import (
    commit_consequences,
    kept_notes,
    notes_of,
    with_own_fields,
)
from bot.handlers.firings import keep_firings, tell_of_spent
from bot.handlers.follow_ups import open_follow_ups
from bot.handlers.incidents import see_incidents
from bot.handlers.sending import send
from bot.rules.actions import (
    Notice,
    NoticeKind,
    Outgoing,
    TicketCreation,
    TicketUpdate,
    Urgency,
    note_alone,
    opened_as,
)
from bot.rules.consequences import FOLLOWED, consequences_of
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy, RulesDecision, Told
from bot.rules.history import Change, ChangeKind
from bot.rules.situation import Situation
from bot.rules.text import prepare
from bot.rules.ticket import Actor, Ticket
from bot.rules.ticket_news import OWN
from bot.store.transaction import Transaction

OWN_FIELDS = ("priority", "category", "group")


def commit_decision(
    decision: RulesDecision,
    situation: Situation,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    opening: TicketCreation | None = None,
) -> Ticket:
    """Write down everything that one decision changes; returns the ticket after it.

    With `opening` the helpdesk does not have the ticket yet: it gets it as it was decided.
    """
    ticket = situation.ticket
    beside = consequences_of(decision, situation, compiled)
    notes = (*notes_of(beside, ticket, compiled), *kept_notes(decision, ticket))
    decision = replace(decision, comments=(*decision.comments, *notes))
    changed = _changed(decision, situation)
    own_fields = with_own_fields(ticket, beside, decision, situation)
    followed = open_follow_ups(beside.follow_ups, ticket, tx, at=situation.at, now=now)
    own_fields.update({FOLLOWED + text: ticket_id for text, ticket_id in followed.items()})
    after = replace(
        ticket,
        priority=decision.priority,
        category=decision.category,
        group=decision.group,
        tags=(ticket.tags | decision.add_tags) - decision.remove_tags,
        fields={**own_fields, **decision.fields},
        set_by={**ticket.set_by, **dict.fromkeys([*changed, *decision.fields], Actor.SELF)},
        fired=dict(decision.holding),
    )
    tx.tickets.save(after)
    for name, (old, new) in changed.items():
        tx.tickets.add_change(ticket.ticket_id, _own_change(situation, name, old, new))
    update = _update(decision, changed, after, compiled)
    if opening is not None:
        tx.outbox.add(_to_helpdesk(opened_as(opening, update), situation), now)
        update = note_alone(update)
    if update is not None and is_case(after):
        _keep_note(update, situation, tx)
    elif update is not None:
        tx.outbox.add(_to_helpdesk(update, situation), now)
    for told in decision.told:
        _tell(told, decision, after, situation, tx, compiled, now=now)
    notice = notice_of(after, NoticeKind.RULE, compiled, situation.at)
    commit_consequences(beside, decision, situation, notice, tx, compiled, now=now)
    heard = {name for each in decision.told for name in each.names}
    see_incidents(beside, replace(situation, ticket=after), heard, tx, compiled, now=now)
    keep_firings(decision, situation, tx)
    tell_of_spent(decision, situation, notice, tx, compiled, now=now)
    _write_journal(decision, changed, situation, tx, compiled, now=now)
    return after


def _keep_note(update: TicketUpdate, situation: Situation, tx: Transaction) -> None:
    """The helpdesk does not have a case yet: its values stand in it, its note in its history."""
    if update.comment is not None:
        note = Change(
            key=f"own/{situation.key}/note",
            at=situation.at,
            kind=ChangeKind.COMMENT,
            actor=Actor.SELF,
            is_public=update.is_public,
            body=update.comment,
        )
        tx.tickets.add_change(update.ticket_id, note)


def notice_of(ticket: Ticket, kind: NoticeKind, compiled: CompiledPolicy, now: datetime) -> Notice:
    """What every notice of a ticket says of it."""
    policy = compiled.policy
    return Notice(
        kind=kind,
        thread=f"ticket:{ticket.ticket_id}",
        at=now,
        title=ticket.subject,
        ticket_id=ticket.ticket_id,
        number=ticket.number,
        reference=ticket.reference,
        priority=ticket.priority,
        category=ticket.category,
        customer=ticket.requester.name,
        organisation=ticket.organisation,
        owner=ticket.assignee.name if ticket.assignee else None,
        quote=prepare(ticket.subject, ticket.description).new_part,
        language=policy.language,
        zone=policy.zone,
        buttons=("acknowledge", "take", "snooze"),
        runbook=policy.runbooks.get(ticket.priority or "")
        or policy.runbooks.get(ticket.category or ""),
    )


def _changed(
    decision: RulesDecision, situation: Situation
) -> dict[str, tuple[str | None, str | None]]:
    """The own fields that the decision changes: name -> old and new value."""
    ticket = situation.ticket
    return {
        name: (getattr(ticket, name), getattr(decision, name))
        for name in OWN_FIELDS
        if getattr(decision, name) is not None and getattr(decision, name) != getattr(ticket, name)
    }


def _own_change(situation: Situation, name: str, old: str | None, new: str | None) -> Change:
    return Change(
        key=f"{OWN}{situation.key}/{name}",
        at=situation.at,
        kind=ChangeKind.FIELD,
        actor=Actor.SELF,
        field=name,
        old=old,
        new=new,
    )


def _update(
    decision: RulesDecision,
    changed: dict[str, tuple[str | None, str | None]],
    ticket: Ticket,
    compiled: CompiledPolicy,
) -> TicketUpdate | None:
    """The net change for the helpdesk, None where there is none.

    Where no rule decided a priority and the helpdesk has none, it is given the desk's default, so
    that no ticket of its own is without one.
    """
    priority = decision.priority if "priority" in changed else None
    if decision.priority is None and ticket.helpdesk_priority is None:
        priority = compiled.policy.default_priority
    update = TicketUpdate(
        ticket_id=ticket.ticket_id,
        number=ticket.number,
        priority=priority,
        category=decision.category if "category" in changed else None,
        group=decision.group if "group" in changed else None,
        add_tags=decision.add_tags,
        remove_tags=decision.remove_tags,
        fields=decision.fields,
        comment="\n\n".join(decision.comments) or None,
    )
    empty = TicketUpdate(ticket_id=ticket.ticket_id, number=ticket.number)
    return None if update == empty else update


def _to_helpdesk(update: TicketUpdate | TicketCreation, situation: Situation) -> Outgoing:
    what = "create" if isinstance(update, TicketCreation) else "update"
    return Outgoing(
        key=f"{what}/ticket:{update.ticket_id}/{situation.key}",
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{update.ticket_id}",
        message=update,
        urgency=Urgency.NORMAL,
        ticket_id=update.ticket_id,
    )


def _tell(
    told: Told,
    decision: RulesDecision,
    ticket: Ticket,
    situation: Situation,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    fired = next(each for each in decision.fired if each.rule.rule_id == told.rule_id)
    kind = NoticeKind.ALERT if situation.alert else NoticeKind.RULE
    notice = replace(
        notice_of(ticket, kind, compiled, situation.at), reason="; ".join(fired.evidence[:3])
    )
    key = f"rule/{told.rule_id}/ticket:{ticket.ticket_id}/{situation.key}"
    rows = tell(told.names, notice, compiled, key=key, now=now, urgency=told.urgency)
    send(rows, tx, compiled, now=now)
    if fired.rule.effects.once_per is not None:
        tx.states.save(f"once_per/{told.rule_id}", {"at": situation.at.isoformat()})


def _write_journal(
    decision: RulesDecision,
    changed: dict[str, tuple[str | None, str | None]],
    situation: Situation,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    parts = [f"{name} {new}" for name, (_, new) in changed.items()]
    parts += [f"tag {tag}" for tag in sorted(decision.add_tags)]
    parts += [f"told {', '.join(told.names)}" for told in decision.told]
    parts += [f"kept what a person set against {kept}" for kept in decision.kept]
    parts += [f"rules do not agree on {conflict}" for conflict in decision.conflicts]
    tx.journal.add(
        at=now,
        subject=f"ticket:{situation.ticket.ticket_id}",
        event_key=situation.key,
        policy_hash=compiled.policy.digest,
        reasons=decision.reasons(),
        summary=f"{situation.occasion}: {'; '.join(parts) or 'nothing to do'}",
    )
