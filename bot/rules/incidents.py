# SPDX-License-Identifier: GPL-3.0-or-later
"""Incidents of the desk's own product: what an order, a rule or the time makes of one; pure.

    (none) --open--> OPEN --restored--> MONITORING --close--> CLOSED
                      ^  \\                  |                   |
                      |   `----close--------|------------------>|
                      `--open, by a person--'                   |
                      `--open within `reopen_within`: the same--'

While it is not closed customers should hear every `update_every` of its severity: people are
reminded before, and once it was missed. Only what was told to customers counts, never a draft.
One that is merged into another is closed, and is never the same matter again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.business_time import Calendar
from bot.rules.incident_values import (
    Incident,
    IncidentDecision,
    IncidentOrdered,
    IncidentPolicy,
    MergeDecision,
    Phase,
    Severity,
    Step,
    Verb,
)

GREATEST_TITLE = 120
Calendars = Mapping[str, Calendar]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An incident that a rule or a person sees.

    A person's word reopens what is only watched, and so does a service that was no part of it.
    """

    services: tuple[str, ...]
    severity: str
    title: str
    began_at: datetime | None = None
    is_persons: bool = False
    is_confidential: bool = False


def same_matter(
    incidents: tuple[Incident, ...],
    services: tuple[str, ...],
    policy: IncidentPolicy,
    now: datetime,
) -> Incident | None:
    """The incident that these services have already: not closed, or closed but for a while."""
    alike = [
        each
        for each in incidents
        if not each.part_of and not set(each.services).isdisjoint(services)
    ]
    open_ones = [each for each in alike if not each.is_closed]
    recent = [
        each
        for each in alike
        if each.closed_at is not None and now - each.closed_at < policy.reopen_within
    ]
    return max(open_ones or recent, key=lambda each: each.number, default=None)


def after_seen(
    known: Incident | None,
    wanted: Wanted,
    policy: IncidentPolicy,
    calendars: Calendars,
    now: datetime,
    *,
    number: int,
) -> IncidentDecision:
    """Open an incident under `number`, or bring the known one up to what is seen now."""
    if known is None:
        began = min(wanted.began_at or now, now)
        opened = Incident(number, wanted.services, wanted.severity,
                          wanted.title[:GREATEST_TITLE], now, began,
                          is_confidential=wanted.is_confidential)  # fmt: skip
        return _settled(_heard(opened, policy, calendars, now), (Step.OPENED,), policy, now)
    steps: list[Step] = []
    if wanted.is_confidential:
        known = replace(known, is_confidential=True)
    more = tuple(each for each in wanted.services if each not in known.services)
    is_news = wanted.is_persons or bool(more)
    if known.is_closed or (is_news and known.phase is Phase.MONITORING):
        steps.append(Step.REOPENED)
        known = replace(known, phase=Phase.OPEN, restored_at=None, closed_at=None)
        known = _heard(known, policy, calendars, now)
    if policy.is_worse(wanted.severity, than=known.severity):
        steps.append(Step.RAISED)
        known = _sooner(replace(known, severity=wanted.severity), policy, calendars, now)
    if more:
        steps.append(Step.WIDENED)
        known = replace(known, services=(*known.services, *more))
    return _settled(known, tuple(steps), policy, now)


def after_order(
    incident: Incident,
    order: IncidentOrdered,
    policy: IncidentPolicy,
    calendars: Calendars,
    now: datetime,
) -> IncidentDecision:
    """Take a person's word on an incident that there is; tickets may be added after its end."""
    if order.verb in (Verb.ADD, Verb.REMOVE):
        step = Step.LINKED if order.verb is Verb.ADD else Step.UNLINKED
        return IncidentDecision(incident, (step,))
    if incident.is_closed:
        return IncidentDecision(incident, refusal=f"incident_closed:{incident.name}")
    match order.verb:
        case Verb.UPDATE:
            others = {k: v for k, v in incident.drafts.items() if k != order.language}
            drafts = {**others, order.language: order.text}
            return IncidentDecision(replace(incident, drafts=drafts), (Step.DRAFTED,))
        case Verb.SEND if not incident.drafts:
            return IncidentDecision(incident, refusal=f"incident_no_draft:{incident.name}")
        case Verb.SEND | Verb.TOLD:
            told = replace(incident, updates=incident.updates + 1, missed=0)
            told = replace(told, drafts={}) if order.verb is Verb.SEND else told
            step = Step.SENT if order.verb is Verb.SEND else Step.TOLD
            return IncidentDecision(_heard(told, policy, calendars, now), (step,))
        case Verb.RESTORED if incident.phase is Phase.MONITORING:
            return IncidentDecision(incident, refusal=f"incident_is_restored:{incident.name}")
        case Verb.RESTORED:
            return _settled(_restored(incident, order.at, now), (Step.RESTORED,), policy, now)
        case Verb.CLOSE:
            over = _restored(incident, order.at, now)
            over = replace(over, phase=Phase.CLOSED, closed_at=now, due_at=None, drafts={})
            return _settled(over, (Step.CLOSED,), policy, now)
        case _:
            return IncidentDecision(incident, refusal="how_to_incident")


def after_merge(
    joining: Incident, into: Incident, policy: IncidentPolicy, calendars: Calendars, now: datetime
) -> MergeDecision:
    """Make one incident part of another that is not closed.

    Where the joining one still fails, the other is open again, and no milder than it. The sooner of
    their updates is due. Drafts and reminders of the joining one end.
    """
    services = dict.fromkeys((*into.services, *joining.services))
    whole = replace(
        into,
        services=tuple(services),
        began_at=min(into.began_at, joining.began_at),
        updates=into.updates + joining.updates,
        is_confidential=into.is_confidential or joining.is_confidential,
    )
    if joining.phase is Phase.OPEN:
        if policy.is_worse(joining.severity, than=whole.severity):
            whole = replace(whole, severity=joining.severity)
        whole = replace(whole, phase=Phase.OPEN, restored_at=None)
    whole = _no_later(whole, joining)
    if whole.due_at is None:
        whole = _heard(whole, policy, calendars, now)
    part = replace(joining, phase=Phase.CLOSED, closed_at=now, due_at=None, drafts={},
                   part_of=into.number)  # fmt: skip
    return MergeDecision(
        _settled(part, (Step.JOINED,), policy, now), _settled(whole, (Step.MERGED,), policy, now)
    )


def after_time(
    incident: Incident, policy: IncidentPolicy, calendars: Calendars, now: datetime
) -> IncidentDecision:
    """Do what falls due by time alone: a reminder, a missed update, the banner's renewal."""
    steps: list[Step] = []
    if incident.due_at is not None and incident.due_at <= now:
        steps.append(Step.MISSED)
        incident = replace(incident, missed=incident.missed + 1, missed_due=incident.due_at)
        incident = _heard(incident, policy, calendars, now)
    elif (at := _reminds_at(incident, policy)) is not None and at <= now:
        steps.append(Step.REMINDED)
        incident = replace(incident, reminded_for=incident.due_at)
    return _settled(incident, tuple(steps), policy, now)


def next_due(incident: Incident, policy: IncidentPolicy) -> datetime | None:
    """The instant at which `after_time` will have something to do, None if never."""
    instants = [incident.due_at, _reminds_at(incident, policy)]
    if incident.banner_renewed_at is not None:
        instants.append(incident.banner_renewed_at + policy.banner_valid / 2)
    return min((each for each in instants if each is not None), default=None)


def severity_of(incident: Incident, policy: IncidentPolicy) -> Severity:
    """Its severity's settings; those of one that the policy no longer has ask for nothing."""
    return policy.severities.get(incident.severity) or Severity(incident.severity)


def _heard(
    incident: Incident, policy: IncidentPolicy, calendars: Calendars, now: datetime
) -> Incident:
    """The rhythm begins anew: customers should hear `update_every` from now on."""
    due = _due(severity_of(incident, policy), calendars, now)
    return replace(incident, due_at=due, reminded_for=None)


def _sooner(
    incident: Incident, policy: IncidentPolicy, calendars: Calendars, now: datetime
) -> Incident:
    """A worse severity never gives more time than the milder one left."""
    due = _due(severity_of(incident, policy), calendars, now)
    known = [each for each in (incident.due_at, due) if each is not None]
    return replace(incident, due_at=min(known, default=None))


def _no_later(incident: Incident, than: Incident) -> Incident:
    """Its customers hear when those of the other one should, if that is sooner."""
    if than.due_at is None or (incident.due_at is not None and incident.due_at <= than.due_at):
        return incident
    return replace(incident, due_at=than.due_at, reminded_for=than.reminded_for)


def _due(severity: Severity, calendars: Calendars, now: datetime) -> datetime | None:
    if severity.update_every is None:
        return None
    calendar = calendars.get(severity.hours or "")
    if calendar is None:
        return now + severity.update_every
    return calendar.add(now, int(severity.update_every.total_seconds()))


def _reminds_at(incident: Incident, policy: IncidentPolicy) -> datetime | None:
    """When people are reminded; None where they were, or where nothing is due."""
    if incident.due_at is None or incident.reminded_for == incident.due_at:
        return None
    return incident.due_at - severity_of(incident, policy).remind_before


def _restored(incident: Incident, at: datetime | None, now: datetime) -> Incident:
    """It works again, since `at` where a person says so; never before it began."""
    if incident.restored_at is not None:
        return incident
    restored_at = max(incident.began_at, min(at or now, now))
    return replace(incident, phase=Phase.MONITORING, restored_at=restored_at)


def _settled(
    incident: Incident, steps: tuple[Step, ...], policy: IncidentPolicy, now: datetime
) -> IncidentDecision:
    """With the banner as it should be: shown, renewed at half its life or by a turn, withdrawn."""
    wants = severity_of(incident, policy).shows_banner
    wants = wants and not (incident.is_closed or incident.is_confidential)
    renewed = incident.banner_renewed_at
    if renewed is None:
        if not wants:
            return IncidentDecision(incident, steps)
        return IncidentDecision(
            replace(incident, banner_renewed_at=now), (*steps, Step.BANNER_SHOWN)
        )
    if not wants:
        gone = replace(incident, banner_renewed_at=None)
        return IncidentDecision(gone, (*steps, Step.BANNER_WITHDRAWN))
    has_turned = not {Step.RESTORED, Step.REOPENED, Step.WIDENED, Step.MERGED}.isdisjoint(steps)
    if has_turned or renewed + policy.banner_valid / 2 <= now:
        fresh = replace(incident, banner_renewed_at=now)
        return IncidentDecision(fresh, (*steps, Step.BANNER_RENEWED))
    return IncidentDecision(incident, steps)
