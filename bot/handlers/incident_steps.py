# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what was decided of an incident: state, timeline, journal, messages, the banner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.handlers.follow_ups import follow_incident
from bot.handlers.incident_notices import banner_row, incident_messages, incident_notice
from bot.handlers.ladders import close_ladders, open_ladder
from bot.handlers.sending import send
from bot.rules.actions import Reason, Timer
from bot.rules.engine import CompiledPolicy
from bot.rules.incident_values import Incident, IncidentDecision, Phase, Step
from bot.rules.incidents import next_due, severity_of
from bot.store.incidents import save_incident
from bot.store.outages import PRODUCT
from bot.store.transaction import Transaction

INCIDENT = "incident"
"""The kind of an incident's timer; its key is the incident's thread."""
_ENDS_CALLS = frozenset({Step.SENT, Step.TOLD, Step.CLOSED, Step.JOINED, Step.MISSED})
"""Steps that end the ladder of an earlier miss, and "I have it" with it."""
_TURNS = frozenset({Step.OPENED, Step.REOPENED, Step.RAISED, Step.WIDENED})


@dataclass(frozen=True, slots=True)
class Said:
    """Who or what caused a step, in which words, because of which event.

    `other` is the incident that this one becomes one with.
    """

    by: str
    key: str
    text: str = ""
    at: datetime | None = None
    other: Incident | None = None


def carry_out(
    decision: IncidentDecision,
    said: Said,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    without: Iterable[str] = (),
) -> None:
    """Save the incident and do each step; `without` have heard of it already."""
    incident, settings = decision.incident, compiled.policy.incidents
    save_incident(incident, tx)
    due = next_due(incident, settings)
    if due is None:
        tx.timers.stop(incident.thread)
    else:
        detail = {"incident": str(incident.number)}
        tx.timers.set(Timer(incident.thread, INCIDENT, due, detail=detail))
    for step in decision.steps:
        _do(step, incident, said, tx, compiled, now=now, without=without)
    if decision.steps and decision.steps != (Step.BANNER_RENEWED,):
        tx.journal.add(
            at=now,
            subject=incident.thread,
            event_key=said.key,
            policy_hash=compiled.policy.digest,
            reasons=(_reason(incident, said, compiled),),
            summary=", ".join(each.replace("_", " ") for each in decision.steps),
        )


def _reason(incident: Incident, said: Said, compiled: CompiledPolicy) -> Reason:
    because = severity_of(incident, compiled.policy.incidents).because
    return Reason(said.by, because, evidence=(said.other.name,) if said.other else ())


def _do(
    step: Step,
    incident: Incident,
    said: Said,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    without: Iterable[str],
) -> None:
    if step is not Step.BANNER_RENEWED:
        _write_down(step, incident, said, tx, compiled, now=now)
    if step in _ENDS_CALLS:
        close_ladders(incident.thread, tx)
        tx.alerts.delete(f"taken/{incident.thread.partition(':')[2]}")
    if step is Step.CLOSED and compiled.policy.incidents.follow_up:
        follow_incident(compiled.policy.incidents.follow_up, incident, tx, now=now)
    ladder = compiled.policy.ladders.get(
        severity_of(incident, compiled.policy.incidents).missed or ""
    )
    detail = _detail(step, incident, said)
    if step is Step.MISSED and ladder is not None:
        notice = incident_notice(step, incident, compiled, detail=detail, now=now)
        open_ladder(ladder, notice, tx, compiled, occasion=said.key, now=now)
        return
    rows = incident_messages(
        step, incident, compiled, detail=detail, key=now.isoformat(), now=now, without=without
    )
    send(rows, tx, compiled, now=now)
    banner = banner_row(step, incident, compiled, tx, now=now)
    if banner is not None:
        tx.outbox.add(banner, now)


def _detail(step: Step, incident: Incident, said: Said) -> str:
    """What stands in a step's sentence: who, by which way, in how many tickets."""
    match step:
        case Step.SENT | Step.NOTED:
            return said.text.partition(" ")[0]
        case Step.TOLD:
            return said.text
        case Step.DRAFTED | Step.REMINDED:
            return incident.name
        case Step.MISSED:
            return str(incident.missed)
        case Step.MERGED | Step.JOINED:
            return f"{said.text} ({said.by})"
        case _:
            return said.by.removeprefix("rule ")


def _write_down(
    step: Step,
    incident: Incident,
    said: Said,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Add to the timeline; a turn keeps what an interruption is reckoned from."""
    detail: dict[str, object] = {"by": said.by, "text": said.text[:2_000]}
    if step in _TURNS:
        began = incident.began_at if step is Step.OPENED else min(said.at or now, now)
        severity = severity_of(incident, compiled.policy.incidents)
        # What is only watched works: a late mail that makes it worse interrupts nothing.
        interrupts = severity.interrupts and incident.phase is Phase.OPEN
        detail |= {"services": list(incident.services), "severity": incident.severity,
                   "since": began.isoformat(), "interrupts": interrupts}  # fmt: skip
    if step is Step.MERGED and said.other is not None:
        # Of what this one was, nothing begins anew; of the other what its own severity says.
        severity = severity_of(said.other, compiled.policy.incidents)
        interrupts = severity.interrupts and said.other.phase is Phase.OPEN
        detail |= {"services": list(said.other.services), "severity": incident.severity,
                   "since": now.isoformat(), "interrupts": interrupts}  # fmt: skip
    if step in (Step.RESTORED, Step.CLOSED, Step.JOINED):
        detail["since"] = (incident.restored_at or now).isoformat()
    tx.incidents.add(incident.number, now, step.value, detail, matter=PRODUCT)
