# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows a backtest: to people as a matrix per field and a list, to scripts as one object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.backtest_values import FIELDS, Backtest, Judged
from bot.rules.policy import Policy

NOTHING = "nothing"


def show_backtest(console: Console, found: Backtest, policy: Policy) -> None:
    """Print how the policy agrees with people, what differs, and the alerts of each day."""
    console.print(f"{found.tickets} tickets of {found.days} days, as they came")
    if not found.tickets:
        return
    for field in FIELDS:
        judged = found.of(field)
        alike, of = _agreement([each for each in judged if each.is_persons])
        console.print(f"\n{field}: people set {of}, {alike} of them as the policy would")
        console.print(_matrix(judged, _order(field, policy)))
    differing = [each for each in found.judged if each.ours != each.final]
    if differing:
        console.print()
        console.print(_table(differing))
    total = sum(found.alerts.values())
    console.print(f"\n{total} alerts, {total / found.days:.1f} a day on average", markup=False)
    if found.alerts:
        day, most = max(found.alerts.items(), key=lambda each: (each[1], each[0]))
        console.print(f"most on {day:%a %Y-%m-%d}: {most}", markup=False)


def backtest_row(found: Backtest, policy: Policy) -> dict[str, Any]:
    """The backtest for scripts; a matrix maps what the policy decides to what stands finally."""
    return {
        "tickets": found.tickets,
        "days": found.days,
        "fields": {field: _field_row(found.of(field), _order(field, policy)) for field in FIELDS},
        "differing": [
            {
                "ticket": each.ticket,
                "field": each.field,
                "policy": each.ours,
                "final": each.final,
                "by_person": each.is_persons,
            }
            for each in found.judged
            if each.ours != each.final
        ],
        "alerts": {day.isoformat(): count for day, count in sorted(found.alerts.items())},
    }


def _field_row(judged: Sequence[Judged], order: Sequence[str]) -> dict[str, Any]:
    alike, of = _agreement([each for each in judged if each.is_persons])
    counts = _counts(judged)
    ours = _codes((each for each, _ in counts), order)
    final = _codes((each for _, each in counts), order)
    matrix = {
        one: {other: counts[one, other] for other in final if counts[one, other]} for one in ours
    }
    return {"set_by_people": of, "as_the_policy": alike, "matrix": matrix}


def _agreement(judged: Sequence[Judged]) -> tuple[int, int]:
    return sum(each.ours == each.final for each in judged), len(judged)


def _counts(judged: Sequence[Judged]) -> Counter[tuple[str, str]]:
    return Counter((each.ours or NOTHING, each.final or NOTHING) for each in judged)


def _order(field: str, policy: Policy) -> tuple[str, ...]:
    return policy.categories if field == "category" else policy.priorities


def _codes(found: Iterable[str], order: Sequence[str]) -> list[str]:
    """The codes that were met: the policy's in its order, then those it does not know."""
    met = set(found)
    return [code for code in order if code in met] + sorted(met.difference(order))


def _matrix(judged: Sequence[Judged], order: Sequence[str]) -> Table:
    """A row per value that the policy decides, a column per value that stands finally."""
    counts = _counts(judged)
    columns = _codes((final for _, final in counts), order)
    table = Table(box=None, pad_edge=False)
    table.add_column("policy \\ final")
    for code in columns:
        table.add_column(Text(code), justify="right")
    for ours in _codes((ours for ours, _ in counts), order):
        cells = [str(counts[ours, final] or "-") for final in columns]
        table.add_row(Text(ours), *cells)
    return table


def _table(differing: Sequence[Judged]) -> Table:
    table = Table("ticket", "field", "policy", "final", "set by", box=None, pad_edge=False)
    for each in differing:
        by = "a person" if each.is_persons else "not a person"
        cells = (each.ticket, each.field, each.ours or NOTHING, each.final or NOTHING, by)
        table.add_row(*(Text(cell) for cell in cells))
    return table
