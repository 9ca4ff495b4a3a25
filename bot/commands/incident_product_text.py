# SPDX-License-Identifier: GPL-3.0-or-later
"""A product incident's record as the draft of a report: parts for Markdown and for a page."""

from __future__ import annotations

from bot.commands.incident_product import ProductRecord
from bot.commands.incident_text import Part, ReportText, bounded, length, said_at
from bot.rules.incident_values import Step
from bot.rules.interruptions import Month
from bot.rules.policy import Policy

SAID = {
    Step.OPENED: "Opened",
    Step.REOPENED: "Opened again",
    Step.RAISED: "Held for worse",
    Step.WIDENED: "More services",
    Step.LINKED: "Ticket linked",
    Step.UNLINKED: "Ticket taken out",
    Step.DRAFTED: "Draft for customers written",
    Step.SENT: "Customers were written to",
    Step.NOTED: "Draft left as internal notes",
    Step.UNSENT: "No open ticket to write to; the draft stays",
    Step.TOLD: "Customers were told another way",
    Step.RESTORED: "It worked again",
    Step.CLOSED: "Closed",
    Step.REMINDED: "Staff were reminded of the next update",
    Step.MISSED: "An update to customers was missed",
    Step.BANNER_SHOWN: "Customers read the banner",
    Step.BANNER_RENEWED: "The banner was renewed",
    Step.BANNER_WITHDRAWN: "The banner was taken away",
}
"""What stands in a report for each step."""


def product_text(record: ProductRecord, policy: Policy, zone: str) -> ReportText:
    """Say the record in words, all times in `zone`; what people have to add is named."""
    incident = record.incident
    services = ", ".join(policy.labels.get(each, each) for each in incident.services)
    return ReportText(
        title=f"Incident {incident.name}: {services}",
        summary=_summary(record, policy, zone),
        parts=(_away(record, policy, zone), _months(record.months, policy), _affected(record, zone),
               _timeline(record, zone), _told(record, zone), _breaches(record, zone)),
    )  # fmt: skip


def _summary(record: ProductRecord, policy: Policy, zone: str) -> tuple[str, ...]:
    incident = record.incident
    restored = said_at(incident.restored_at, zone) if incident.restored_at else "not yet"
    closed = said_at(incident.closed_at, zone) if incident.closed_at else "not yet"
    severity = policy.labels.get(incident.severity, incident.severity)
    whose = {each.customer for each in record.affected if each.customer}
    return (
        "This is a draft, made from the record alone. Cause and measures are for people to add.",
        f"{incident.title or '-'} ({severity}).",
        f"Began {said_at(incident.began_at, zone)}, worked again {restored}, "
        f"closed {closed} ({zone}).",
        f"Interrupted for {length(record.away_for)}.",
        f"Affected: {len(whose)} customer(s) in {len(record.affected)} ticket(s), "
        f"{record.untold} of them not told.",
        f"Updates to customers: {incident.updates}. Promises broken: {len(record.breaches)}.",
    )


def _away(record: ProductRecord, policy: Policy, zone: str) -> Part:
    rows = [
        (policy.labels.get(service, service), said_at(span.start, zone), said_at(span.end, zone),
         length(span.end - span.start))
        for service, spans in record.away.items()
        for span in spans
    ]  # fmt: skip
    columns = ("service", "from", "to", "length")
    return Part("Interruptions", columns, tuple(rows), "None that counts as one.")


def _months(months: dict[str, tuple[Month, ...]], policy: Policy) -> Part:
    rows = [
        (policy.labels.get(service, service), *month_cells(each))
        for service, found in months.items()
        for each in found
    ]
    columns = ("service", "month", "away", "available", "promised", "allowed", "verdict")
    note = "All incidents of the month together; what overlaps counts once."
    return Part("Availability", columns, tuple(rows), "No service is known.", note)


def month_cells(month: Month) -> tuple[str, ...]:
    """A month as cells: its name, away, available, promised, allowed, whether that was kept."""
    shown = (month.month, length(month.away), f"{month.per_cent:.3f} %")
    if month.promised is None or month.allowed is None:
        return (*shown, "not set", "-", "-")
    verdict = "kept" if month.is_kept else "BROKEN"
    return (*shown, f"{month.promised:g} %", length(month.allowed), verdict)


def _affected(record: ProductRecord, zone: str) -> Part:
    rows = [
        (each.ticket, each.customer, each.status, said_at(each.since, zone), each.by,
         said_at(each.told_at, zone), each.told_by)
        for each in record.affected
    ]  # fmt: skip
    columns = ("ticket", "whose", "status", "linked", "by", "last told", "by way of")
    return Part("Affected customers", columns, bounded(rows), "No ticket was linked.")


def _timeline(record: ProductRecord, zone: str) -> Part:
    said = {step.value: words for step, words in SAID.items()}
    rows = [
        (
            said_at(each.at, zone),
            said.get(each.kind, each.kind.replace("_", " ")),
            each.by,
            each.text,
        )
        for each in record.timeline
    ]
    return Part("Timeline", ("when", "what", "by", "words"), bounded(rows), "Nothing.")


def _told(record: ProductRecord, zone: str) -> Part:
    rows = [
        (said_at(each.decided_at, zone), each.destination, each.because.replace("_", " "),
         said_at(each.arrived_at, zone), each.state)
        for each in record.told
    ]  # fmt: skip
    columns = ("decided", "to", "because", "arrived", "state")
    return Part("Who was told", columns, bounded(rows), "Nobody was told.")


def _breaches(record: ProductRecord, zone: str) -> Part:
    rows = [
        (said_at(each.told_at, zone), each.ticket, each.customer, each.clock.replace("_", " "))
        for each in record.breaches
    ]
    columns = ("told", "ticket", "whose", "promise")
    return Part("Promises broken meanwhile", columns, bounded(rows), "None.")
