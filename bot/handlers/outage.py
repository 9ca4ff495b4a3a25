# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles rounds of probes: asks the outage machine, tells staff and customers, holds and releases.

One transaction per round: state, incident, notices, banner, and whether helpdesk-bound rows wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.actions import Banner, Notice, NoticeKind, Outgoing, Reason, Timer, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.events import ProbeRound
from bot.rules.outage import OutageDecision, after_probe, after_time, next_due
from bot.rules.outage_state import OutageState, Step, from_row, to_row
from bot.store.transaction import Reader, Transaction

STATE = "outage"
TIMER = "outage"
HELPDESK = "helpdesk"


@dataclass(frozen=True, slots=True)
class OutageNews:
    """What one round changed, for the log: the phase after it and the steps carried out."""

    phase: str
    steps: tuple[str, ...]


def handle_probe(
    probes: ProbeRound, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> OutageNews:
    """Count a round of probes and carry out what follows, all within `tx`."""
    state = load_state(tx)
    decision = after_probe(state, probes, compiled.policy.outage, now)
    return _carry_out(decision, tx, compiled, detail=probes.detail, now=now)


def handle_outage_timer(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> OutageNews:
    """Do what fell due by time alone: the banner, a reminder, the end of the hold."""
    decision = after_time(load_state(tx), compiled.policy.outage, now)
    return _carry_out(decision, tx, compiled, detail="", now=now)


def load_state(reader: Reader) -> OutageState:
    """The machine's state as the store has it; the default before the first round."""
    return from_row(reader.states.load(STATE))


def admin_messages(compiled: CompiledPolicy, *, now: datetime) -> tuple[Outgoing, ...]:
    """One message to each who looks after Deskmate, by each of their ways; the sender fills it."""
    notice = _notice(
        NoticeKind.ADMIN, OutageState(), compiled, now, due_at=None, reason="undelivered"
    )
    return _tell_staff(Step.CREDENTIALS_REFUSED, replace(notice, thread="admin"), compiled, now)


def _carry_out(
    decision: OutageDecision,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    detail: str,
    now: datetime,
) -> OutageNews:
    state, outage = decision.state, compiled.policy.outage
    tx.states.save(STATE, to_row(state))
    due = next_due(state, outage)
    if due is None:
        tx.timers.stop(TIMER)
    else:
        tx.timers.set(Timer(key=TIMER, kind="outage", due_at=due))
    for step in decision.steps:
        if state.incident and step is not Step.RENEW_BANNER:
            began = (state.first_failure_at or now).isoformat()
            detail_of = {"began": began, "phase": state.phase.value, "seen": detail[:500]}
            tx.incidents.add(state.incident, now, step.value, detail_of)
        for outgoing in _outgoing(step, state, compiled, detail=detail, now=now):
            tx.outbox.add(outgoing, now)
        if step in (Step.DECLARED, Step.REOPENED, Step.RELAPSED):
            tx.outbox.hold(HELPDESK, f"the helpdesk is down (incident {state.incident})")
        if step is Step.RELEASE:
            tx.outbox.release(HELPDESK)
    if decision.steps:
        _write_journal(decision, tx, compiled, detail=detail, now=now)
    return OutageNews(state.phase, tuple(decision.steps))


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
        summary=f"{steps}; the helpdesk is {decision.state.phase}",
    )


def _outgoing(
    step: Step, state: OutageState, compiled: CompiledPolicy, *, detail: str, now: datetime
) -> tuple[Outgoing, ...]:
    match step:
        case Step.DECLARED | Step.REOPENED | Step.RELAPSED | Step.REMIND:
            return _tell_staff(
                step, _down_notice(step, state, compiled, detail, now), compiled, now
            )
        case Step.ANSWERING_AGAIN | Step.RECOVERED:
            return (
                *_tell_staff(step, _up_notice(step, state, compiled, now), compiled, now),
                *(_banner(False, state, compiled, now) if step is Step.RECOVERED else ()),
            )
        case Step.CREDENTIALS_REFUSED:
            return _tell_staff(step, _credentials_notice(compiled, detail, now), compiled, now)
        case Step.SHOW_BANNER | Step.RENEW_BANNER:
            return _banner(True, state, compiled, now)
        case _:
            return ()


def _tell_staff(
    step: Step, notice: Notice, compiled: CompiledPolicy, now: datetime
) -> tuple[Outgoing, ...]:
    """Tell the people of `helpdesk_down.tell`, and the escalation mailbox, which staff read."""
    outage = compiled.policy.outage
    key = f"{notice.thread}/{step}@{now.isoformat()}"
    rows = tell(outage.tell, notice, compiled, key=key, now=now, urgency=Urgency.CRITICAL)
    if not outage.mailbox:
        return rows
    destination = f"mail:{outage.mailbox}"
    if any(row.destination == destination for row in rows):
        return rows
    return (
        *rows,
        Outgoing(
            key=f"{key}/{destination}",
            destination=destination,
            order_key=f"{destination}/{notice.thread}",
            message=notice,
            urgency=Urgency.CRITICAL,
        ),
    )


def _down_notice(
    step: Step, state: OutageState, compiled: CompiledPolicy, detail: str, now: datetime
) -> Notice:
    began = state.first_failure_at or now
    codes = {
        Step.RELAPSED: "relapsed",
        Step.REOPENED: "reopened",
        Step.REMIND: "still_down",
    }
    mailbox = compiled.policy.outage.mailbox
    return _notice(
        NoticeKind.HELPDESK_DOWN,
        state,
        compiled,
        now,
        due_at=began,
        reason=codes.get(step, ""),
        quote=detail,
        next_step=f"mailbox:{mailbox}" if mailbox else "",
    )


def _up_notice(step: Step, state: OutageState, compiled: CompiledPolicy, now: datetime) -> Notice:
    began = state.first_failure_at or now
    reason = "answering_again" if step is Step.ANSWERING_AGAIN else "recovered"
    return _notice(NoticeKind.HELPDESK_UP, state, compiled, now, due_at=began, reason=reason)


def _credentials_notice(compiled: CompiledPolicy, detail: str, now: datetime) -> Notice:
    return _notice(
        NoticeKind.ADMIN,
        OutageState(),
        compiled,
        now,
        due_at=None,
        reason="credentials",
        quote=detail,
        next_step="check_online",
    )


def _notice(
    kind: NoticeKind,
    state: OutageState,
    compiled: CompiledPolicy,
    now: datetime,
    *,
    due_at: datetime | None,
    reason: str,
    quote: str = "",
    next_step: str = "",
) -> Notice:
    policy = compiled.policy
    return Notice(
        kind=kind,
        thread=f"outage:{state.incident}",
        at=now,
        due_at=due_at,
        reason=reason,
        quote=quote,
        next_step=next_step,
        language=policy.language,
        zone=policy.zone,
    )


def _banner(
    is_shown: bool, state: OutageState, compiled: CompiledPolicy, now: datetime
) -> tuple[Outgoing, ...]:
    outage = compiled.policy.outage
    if not outage.banner:
        return ()
    texts: Mapping[str, str] = outage.banner_texts
    verb = "shown" if is_shown else "withdrawn"
    return (
        Outgoing(
            key=f"outage:{state.incident}/banner/{verb}@{now.isoformat()}",
            destination="portal",
            order_key="portal",
            message=Banner(
                is_shown=is_shown,
                texts=texts,
                since=state.first_failure_at or now,
                valid_until=now + outage.banner_valid,
            ),
            urgency=Urgency.CRITICAL,
        ),
    )
