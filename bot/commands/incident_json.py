# SPDX-License-Identifier: GPL-3.0-or-later
"""Outages and incidents as scripts read them: plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.commands.incident_product import ProductRecord
from bot.rules.incident_values import Incident
from bot.rules.interruptions import Month


def incident_head(incident: Incident) -> dict[str, Any]:
    """What a list says of one incident of the product."""
    return {
        "incident": incident.name,
        "services": list(incident.services),
        "severity": incident.severity,
        "title": incident.title,
        "phase": incident.phase.value,
        "part_of": f"P{incident.part_of}" if incident.part_of else None,
        "began": plain(incident.began_at),
        "restored": plain(incident.restored_at),
        "closed": plain(incident.closed_at),
        "next_update_due": plain(incident.due_at),
        "updates": incident.updates,
    }


def product_json(record: ProductRecord) -> dict[str, Any]:
    """Everything a report says of one incident of the product."""
    return {
        **incident_head(record.incident),
        "away_seconds": plain(record.away_for),
        "planned_seconds": plain(record.planned_for),
        "interruptions": {name: rows_of(spans) for name, spans in record.away.items()},
        "months": {name: [month_json(each) for each in found]
                   for name, found in record.months.items()},
        "affected": rows_of(record.affected),
        "timeline": rows_of(record.timeline),
        "told": rows_of(record.told),
        "breaches": rows_of(record.breaches),
    }  # fmt: skip


def month_json(month: Month) -> dict[str, Any]:
    """One service's month against its promise."""
    return {
        "month": month.month,
        "away_seconds": plain(month.away),
        "planned_seconds": plain(month.planned),
        "planned": "excluded" if month.is_planned_out else "counted",
        "per_cent": month.per_cent,
        "promised": month.promised,
        "allowed_seconds": plain(month.allowed),
        "is_kept": month.is_kept,
    }


def rows_of(values: Iterable[Any]) -> list[dict[str, Any]]:
    """Values of one kind as mappings of their fields."""
    return [{name: plain(getattr(each, name)) for name in each.__slots__} for each in values]


def plain(value: Any) -> Any:
    """An instant as text, a length in seconds, anything else as it is."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return round(value.total_seconds(), 1) if isinstance(value, timedelta) else value
