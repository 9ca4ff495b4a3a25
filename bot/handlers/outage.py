# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles rounds of probes and people's orders: asks the outage machine, tells, holds, releases.

One transaction each: state, incident, notices, banner, and whether helpdesk-bound rows wait.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.handlers.degraded import watch_parts
from bot.handlers.handled import Handled
from bot.handlers.outage_cards import send_of_outage
from bot.handlers.outage_notices import Seen, outgoing, sight_thread
from bot.handlers.portal_notices import end_with_outage
from bot.handlers.vendor import vendor_words
from bot.rules.actions import Reason, Timer
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, OutageOrdered
from bot.rules.outage import after_probe
from bot.rules.outage_due import after_time, next_due
from bot.rules.outage_orders import after_order
from bot.rules.outage_state import (
    OutageDecision,
    OutageState,
    Phase,
    Step,
    Works,
    from_row,
    to_row,
)
from bot.rules.probes import ProbeRound
from bot.rules.windows import works_on_helpdesk
from bot.store.portal_notices import load_beside
from bot.store.silences import silences_of
from bot.store.transaction import Reader, Transaction

STATE = "outage"
TIMER = "outage"
HELPDESK = "helpdesk"
SEEN_UP = "seen_up"
AWAY = frozenset(
    {Step.DECLARED, Step.REOPENED, Step.RELAPSED, Step.MAINTENANCE, Step.MAINTENANCE_AGAIN}
)
"""Steps from which on what is meant for the helpdesk waits."""


@dataclass(frozen=True, slots=True)
class OutageNews:
    """What one round changed, for the log: the phase after it and the steps carried out."""

    phase: str
    steps: tuple[str, ...]


def handle_probe(
    probes: ProbeRound,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    asked_at: datetime,
    now: datetime,
) -> OutageNews:
    """Count a round of probes and carry out what follows, all within `tx`."""
    works = works_now(tx, compiled, now)
    decision = after_probe(load_state(tx), probes, compiled.policy.outage, now, works)
    counter = int(asked_at.timestamp())
    watch_parts(probes, counter, decision.state, tx, compiled, now=now)
    return _carry_out(decision, tx, compiled, Seen(probes.detail, flag=probes.flag), now=now)


def handle_outage_timer(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> OutageNews:
    """Do what fell due by time alone: the banner, a reminder, the end of a person's word."""
    works = works_now(tx, compiled, now)
    decision = after_time(load_state(tx), compiled.policy.outage, now, works)
    return _carry_out(decision, tx, compiled, Seen(), now=now)


def handle_order(
    event: Event, order: OutageOrdered, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> Handled:
    """Take a person's word that the helpdesk is down, or that it is back."""
    decision = after_order(load_state(tx), order, compiled.policy.outage, now)
    if not decision.steps:
        return Handled("the helpdesk is not declared down")
    detail = f"{event.source}, {order.by}: {order.because}"
    said = f"{order.by}, {order.because}"
    news = _carry_out(decision, tx, compiled, Seen(detail, said=said), now=now)
    return Handled(", ".join(news.steps))


def load_state(reader: Reader) -> OutageState:
    """The machine's state as the store has it; the default before the first round."""
    return from_row(reader.states.load(STATE))


def works_now(reader: Reader, compiled: CompiledPolicy, now: datetime) -> Works | None:
    """The announced maintenance of the helpdesk that holds now, by policy or by command."""
    return works_on_helpdesk(silences_of(reader, compiled), now, compiled.calendars)


def _carry_out(
    decision: OutageDecision,
    tx: Transaction,
    compiled: CompiledPolicy,
    seen: Seen,
    *,
    now: datetime,
) -> OutageNews:
    state, outage = decision.state, compiled.policy.outage
    if decision.steps and state.phase is Phase.DOWN:
        seen = replace(seen, detail="; ".join(filter(None, (seen.detail, vendor_words(tx)))))
    tx.states.save(STATE, to_row(state))
    due = next_due(state, outage)
    if due is None:
        tx.timers.stop(TIMER)
    else:
        tx.timers.set(Timer(key=TIMER, kind="outage", due_at=due))
    if Step.RECOVERED in decision.steps:
        end_with_outage(state, tx, compiled, now=now)
    for step in decision.steps:
        if state.incident and step is not Step.RENEW_BANNER:
            tx.incidents.add(state.incident, now, step.value, _detail(state, step, seen, now))
        beside = load_beside(tx, now)
        rows = outgoing(step, state, compiled, seen, now=now, beside=beside)
        if step is Step.SIGHT_BACK:
            # What did not go out through the dead line would be news of the past now.
            why = "our own line works again"
            tx.outbox.supersede(now=now, reason=why, thread=sight_thread(state))
        send_of_outage(step, rows, tx, compiled, now=now)
        if step in AWAY:
            why = f"the helpdesk is {state.standing} (incident {state.incident})"
            tx.outbox.hold(HELPDESK, why)
        if step is Step.RELEASE:
            tx.outbox.release(HELPDESK)
    if decision.steps:
        _write_journal(decision, tx, compiled, detail=seen.detail, now=now)
    return OutageNews(state.standing, tuple(decision.steps))


def _detail(state: OutageState, step: Step, seen: Seen, now: datetime) -> dict[str, str]:
    """What the timeline keeps of a step; `began` is the incident's first failure.

    `seen_up` is when it was last seen to be there before.
    """
    began = state.first_failure_at or now
    if step is Step.TAKES_IN and state.takes_in_since is not None:
        began = state.takes_in_since
    detail = {
        "began": began.isoformat(),
        "phase": state.phase.value,
        "seen": seen.detail[:500],
    }
    if state.seen_up_at is not None:
        detail[SEEN_UP] = state.seen_up_at.isoformat()
    if step is Step.ANSWERING_AGAIN and state.first_good_at is not None:
        detail["answered"] = state.first_good_at.isoformat()
    return detail


def _write_journal(
    decision: OutageDecision,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    detail: str,
    now: datetime,
) -> None:
    steps = ", ".join(step.replace("_", " ") for step in decision.steps)
    reason = Reason(source="outage", evidence=(detail,) if detail else ())
    tx.journal.add(
        at=now,
        subject=f"outage:{decision.state.incident}",
        event_key="",
        policy_hash=compiled.policy.digest,
        reasons=(reason,),
        summary=f"{steps}; the helpdesk is {decision.state.standing}",
    )
