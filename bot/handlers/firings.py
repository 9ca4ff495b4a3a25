# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps how often each rule acted on a ticket, and tells once which rule was stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.handlers.sending import send
from bot.rules.actions import Notice, NoticeKind
from bot.rules.budgets import Firing, Firings, after_firings, last_seen
from bot.rules.decision import RulesDecision
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Policy, Rule
from bot.rules.situation import Situation
from bot.store.transaction import Transaction

LONGEST_EVIDENCE = 200


def firings_of(ticket_id: str, tx: Transaction) -> Firings:
    """How often each rule acted on a ticket lately."""
    stored = tx.alerts.load(f"firings/{ticket_id}") or {}
    return {
        rule_id: tuple(
            Firing(datetime.fromisoformat(each["at"]), each["evidence"]) for each in several
        )
        for rule_id, several in stored.items()
    }


def keep_firings(decision: RulesDecision, situation: Situation, tx: Transaction) -> None:
    """Write down which rules act by this decision."""
    acting = {
        each.rule.rule_id: Firing(situation.at, "; ".join(each.evidence)[:LONGEST_EVIDENCE])
        for each in decision.fired
        if each.is_edge and not each.rule.is_watched
    }
    if not acting:
        return
    kept = after_firings(situation.firings, acting, situation.at)
    body = {
        rule_id: [{"at": each.at.isoformat(), "evidence": each.evidence} for each in several]
        for rule_id, several in kept.items()
    }
    ticket_id = situation.ticket.ticket_id
    tx.alerts.save(f"firings/{ticket_id}", body, ticket_id=ticket_id)


def tell_of_spent(
    decision: RulesDecision,
    situation: Situation,
    notice: Notice,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """One message per rule that was stopped: which, on which ticket, and what it saw last."""
    for rule in decision.spent:
        firings = situation.firings[rule.rule_id]
        first = firings[0].at.isoformat()
        key = f"spent/{rule.rule_id}/ticket:{situation.ticket.ticket_id}/{first}"
        if tx.states.load(key) is not None:
            continue
        tx.states.save(key, {"at": now.isoformat()})
        said = replace(
            notice,
            kind=NoticeKind.ADMIN,
            reason=f"rule {rule.rule_id} acted {len(firings)} times within 24 h and is stopped "
            f"on this ticket: {last_seen(firings)}",
            buttons=(),
        )
        send(tell(_who(rule, compiled.policy), said, compiled, key=key, now=now),
             tx, compiled, now=now)  # fmt: skip


def _who(rule: Rule, policy: Policy) -> Iterable[str]:
    """Those who look after Deskmate, else those whom the rule tells."""
    return policy.outage.tell or rule.effects.tell
