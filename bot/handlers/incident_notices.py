# SPDX-License-Identifier: GPL-3.0-or-later
"""Who hears what of each step of an incident: our people by their ways, customers by the banner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.incident_values import Incident, Step
from bot.rules.incidents import severity_of
from bot.rules.outage_state import from_row
from bot.store.portal_notices import load_beside
from bot.store.transaction import Reader
from bot.texts.banner_file import portal_banner

OUTAGE = "outage"
"""The name under which the store keeps the outage machine's state."""
_REASONS = {
    Step.OPENED: "incident_opened",
    Step.REOPENED: "incident_reopened",
    Step.RAISED: "incident_raised",
    Step.DRAFTED: "incident_drafted",
    Step.SENT: "incident_sent",
    Step.NOTED: "incident_noted",
    Step.UNSENT: "incident_unsent",
    Step.TOLD: "incident_told",
    Step.RESTORED: "incident_restored",
    Step.CLOSED: "incident_closed",
    Step.MERGED: "incident_joined",
    Step.JOINED: "incident_joined",
    Step.REMINDED: "incident_due",
    Step.MISSED: "incident_missed",
}
"""The sentence of each step that people hear of; of the others they read in the report."""
_BANNERS = {
    Step.BANNER_SHOWN: "shown",
    Step.BANNER_RENEWED: "shown",
    Step.BANNER_WITHDRAWN: "withdrawn",
}
_DUE = frozenset({Step.REMINDED, Step.MISSED})
_NEXT_STEPS = {
    Step.OPENED: "incident_tell",
    Step.REOPENED: "incident_tell",
    Step.RAISED: "incident_tell",
    Step.RESTORED: "incident_watch",
    Step.CLOSED: "incident_report",
}
CLOCK = "customer_update"
"""What the due instant of such a message is of."""


def incident_messages(
    step: Step,
    incident: Incident,
    compiled: CompiledPolicy,
    *,
    detail: str,
    key: str,
    now: datetime,
    without: Iterable[str] = (),
) -> tuple[Outgoing, ...]:
    """What one step says to those of its severity; `without` have heard of it already."""
    severity = severity_of(incident, compiled.policy.incidents)
    names = [name for name in severity.tell if name not in set(without)]
    if step not in _REASONS or not names:
        return ()
    notice = incident_notice(step, incident, compiled, detail=detail, now=now)
    urgency = Urgency.CRITICAL if step is Step.MISSED else None
    thread = f"{incident.thread}/{step}@{key}"
    return tell(names, notice, compiled, key=thread, now=now, urgency=urgency)


def incident_notice(
    step: Step, incident: Incident, compiled: CompiledPolicy, *, detail: str, now: datetime
) -> Notice:
    """What a message about an incident says of it; the last draft is quoted, to be read."""
    policy = compiled.policy
    services = ", ".join(policy.labels.get(each, each) for each in incident.services)
    is_due = step in _DUE
    return Notice(
        kind=NoticeKind.INCIDENT_DUE if is_due else NoticeKind.INCIDENT,
        thread=incident.thread,
        at=now,
        title=f"{services} - {incident.title}" if incident.title else services,
        reference=incident.name,
        priority=incident.severity,
        clock=CLOCK,
        due_at=incident.missed_due if step is Step.MISSED else incident.due_at,
        reason=f"{_REASONS[step]}:{detail}",
        quote=["", *incident.drafts.values()][-1],
        next_step=f"{_NEXT_STEPS[step]}:{incident.name}" if step in _NEXT_STEPS else "",
        language=policy.language,
        zone=policy.zone,
        buttons=("acknowledge",) if is_due else (),
        runbook=policy.runbooks.get(incident.severity),
    )


def banner_row(
    step: Step, incident: Incident, compiled: CompiledPolicy, reader: Reader, *, now: datetime
) -> Outgoing | None:
    """The portal's banner after a step that changes it, with all that it has to say now."""
    if step not in _BANNERS:
        return None
    outage = from_row(reader.states.load(OUTAGE))
    return Outgoing(
        key=f"{incident.thread}/banner/{_BANNERS[step]}@{now.isoformat()}",
        destination="portal",
        order_key="portal",
        message=portal_banner(outage, load_beside(reader, now), compiled.policy, now),
        urgency=Urgency.CRITICAL,
    )
