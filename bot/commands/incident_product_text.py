# SPDX-License-Identifier: GPL-3.0-or-later
"""A product incident's record as the draft of a report: parts for Markdown and for a page."""

from __future__ import annotations

from bot.commands.incident_product import ProductRecord
from bot.commands.incident_text import Part, ReportText, said_at, table
from bot.rules.interruptions import Month
from bot.rules.policy import Policy
from bot.texts.report_words import ReportWords


def product_text(record: ProductRecord, policy: Policy, zone: str, say: ReportWords) -> ReportText:
    """Say the record in words, all times in `zone`; what people have to add is named."""
    incident = record.incident
    services = ", ".join(policy.labels.get(each, each) for each in incident.services)
    return ReportText(
        title=say["p_title"].format(name=incident.name, services=services),
        summary=_summary(record, policy, zone, say),
        parts=(_away(record, policy, zone, say), _months(record.months, policy, say),
               _affected(record, zone, say), _timeline(record, zone, say),
               _told(record, zone, say), _breaches(record, zone, say)),
        language=say.code,
    )  # fmt: skip


def _summary(record: ProductRecord, policy: Policy, zone: str, say: ReportWords) -> tuple[str, ...]:
    incident, not_yet = record.incident, say["not_yet"]
    restored = said_at(incident.restored_at, zone) if incident.restored_at else not_yet
    closed = said_at(incident.closed_at, zone) if incident.closed_at else not_yet
    severity = policy.labels.get(incident.severity, incident.severity)
    whose = {each.customer for each in record.affected if each.customer}
    return (
        say["p_draft"],
        f"{incident.title or '-'} ({severity}).",
        say["p_span"].format(
            began=said_at(incident.began_at, zone), restored=restored, closed=closed, zone=zone
        ),
        *([say["p_part_of"].format(f"P{incident.part_of}")] if incident.part_of else []),
        say["p_away"].format(say.length(record.away_for)),
        *([say["p_planned"].format(say.length(record.planned_for))] if record.planned_for else []),
        say["p_affected"].format(
            customers=len(whose), tickets=len(record.affected), untold=record.untold
        ),
        say["p_updates"].format(updates=incident.updates, broken=len(record.breaches)),
    )


def _away(record: ProductRecord, policy: Policy, zone: str, say: ReportWords) -> Part:
    rows = [
        (policy.labels.get(service, service), said_at(span.start, zone), said_at(span.end, zone),
         say.length(span.end - span.start))
        for service, spans in record.away.items()
        for span in spans
    ]  # fmt: skip
    columns = _columns(say, "service", "start", "end", "length")
    return Part(say["p_interruptions"], columns, tuple(rows), say["p_none"])


def _months(months: dict[str, tuple[Month, ...]], policy: Policy, say: ReportWords) -> Part:
    rows = [
        (policy.labels.get(service, service), *month_cells(each, say))
        for service, found in months.items()
        for each in found
    ]
    columns = _columns(say, "service", "month_name", "month_away", "month_planned", "available",
                       "promised", "allowed", "verdict")  # fmt: skip
    note = say["p_months_note"]
    return Part(say["p_months"], columns, tuple(rows), say["no_service"], note)


def month_cells(month: Month, say: ReportWords) -> tuple[str, ...]:
    """A month as cells: name, away, planned, available, promised, allowed, whether kept."""
    per_cent = say.decimal(f"{month.per_cent:.3f} %")
    shown = (month.month, say.length(month.away), _planned(month, say), per_cent)
    if month.promised is None or month.allowed is None:
        return (*shown, say["not_set"], "-", "-")
    verdict = say["verdict_kept" if month.is_kept else "verdict_broken"]
    promised = say.decimal(f"{month.promised:g} %")
    return (*shown, promised, say.length(month.allowed), verdict)


def _planned(month: Month, say: ReportWords) -> str:
    if not month.planned:
        return "-"
    return say["planned_out" if month.is_planned_out else "planned_in"].format(
        say.length(month.planned)
    )


def _affected(record: ProductRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (each.ticket, each.customer, say.status(each.status), said_at(each.since, zone),
         each.by, said_at(each.told_at, zone), each.told_by)
        for each in record.affected
    ]  # fmt: skip
    columns = _columns(say, "ticket", "whose", "status", "linked", "by", "last_told", "by_way")
    return table(say["p_customers"], columns, rows, say["no_ticket"], say)


def _timeline(record: ProductRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (said_at(each.at, zone), say.named("product", each.kind), each.by, each.text)
        for each in record.timeline
    ]
    columns = _columns(say, "when", "what", "by", "words")
    return table(say["p_timeline"], columns, rows, say["nothing"], say)


def _told(record: ProductRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (said_at(each.decided_at, zone), each.destination, say.named("because", each.because),
         said_at(each.arrived_at, zone), say.named("state", each.state))
        for each in record.told
    ]  # fmt: skip
    columns = _columns(say, "decided", "to", "because", "arrived", "state")
    return table(say["told"], columns, rows, say["nobody_told"], say)


def _breaches(record: ProductRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (said_at(each.told_at, zone), each.ticket, each.customer, say.clock(each.clock))
        for each in record.breaches
    ]
    columns = _columns(say, "told_at", "ticket", "whose", "promise")
    return table(say["p_breaches"], columns, rows, say["none"], say)


def _columns(say: ReportWords, *keys: str) -> tuple[str, ...]:
    return tuple(say[key] for key in keys)
