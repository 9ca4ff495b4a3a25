# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate oncall`: who is on duty now, who is next, and the whole year with its holes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.oncall_page import write_page
from bot.commands.time import instant
from bot.commands.unusable import Unusable, policy_of
from bot.config.problems import did_you_mean
from bot.rules.calendar_days import local_time
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.roster import Duty, RosterSpec, duties, holes, next_hand_over, on_duty

SOON = timedelta(days=7)


def show_oncall(
    folder: Path, name: str | None, at: str, year: int | None, *, as_json: bool, html: Path | None
) -> int:
    """Print it, or write the year to `html`; 0, 1 for a hole within a week, 2 for unusable."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        compiled = compile_policy(policy_of(folder, SystemClock()))
        rosters = _rosters(compiled, name)
        now = instant(at, compiled.policy.zone).astimezone(UTC)
    except Unusable as problem:
        problem.show(console)
        return 2
    if html is not None and year is None:
        year = local_time(compiled.policy.zone, now).year
    answers = [_answer(each, compiled, now, year) for each in rosters]
    if html is not None and year is not None:
        try:
            write_page(html, answers, desk=compiled.policy.desk, year=year)
        except Unusable as problem:
            problem.show(console)
            return 2
        console.print(f"written: {html}", markup=False)
    elif as_json:
        print(json.dumps({"rosters": answers}, ensure_ascii=False))  # noqa: T201
    else:
        for roster, answer in zip(rosters, answers, strict=True):
            _show(console, roster, answer, compiled)
    return 1 if any(answer["hole_soon"] for answer in answers) else 0


def _rosters(compiled: CompiledPolicy, name: str | None) -> list[RosterSpec]:
    known = compiled.policy.rosters
    if not known:
        raise Unusable(
            "deskmate: this policy has no rosters; docs/rosters.md says how to write one"
        )
    if name is None:
        return list(known.values())
    if name not in known:
        raise Unusable(f"deskmate: no roster {name!r}; {did_you_mean(name, known)}")
    return [known[name]]


def _answer(
    roster: RosterSpec, compiled: CompiledPolicy, now: datetime, year: int | None
) -> dict[str, Any]:
    known, calendars = compiled.policy.rosters, compiled.calendars
    following = next_hand_over(roster, known, calendars, now)
    start, end = now, now + SOON
    if year is not None:
        start = local_time(roster.zone, datetime(year, 1, 1)).astimezone(UTC)
        end = local_time(roster.zone, datetime(year + 1, 1, 1)).astimezone(UTC)
    empty = holes(roster, known, calendars, start, end)
    soon = holes(roster, known, calendars, now, now + SOON)
    return {
        "roster": roster.name,
        "zone": roster.zone,
        "now": list(on_duty(roster, known, calendars, now)),
        "until": following.start.isoformat() if following else None,
        "next": list(following.who) if following else None,
        "hole_soon": soon[0].start.isoformat() if soon else None,
        "holes": [_row(each) for each in empty],
        "hole_minutes": sum(int((each.end - each.start).total_seconds()) for each in empty) // 60,
        "duties": [_row(each) for each in duties(roster, known, calendars, start, end)]
        if year is not None
        else [],
    }


def _row(duty: Duty) -> dict[str, Any]:
    who = list(duty.who)
    return {"who": who, "from": duty.start.isoformat(), "until": duty.end.isoformat()}


def _show(
    console: Console, roster: RosterSpec, answer: dict[str, Any], compiled: CompiledPolicy
) -> None:
    who = ", ".join(_reached(name, compiled) for name in answer["now"]) or "nobody"
    console.print(f"[bold]{roster.name}[/] ({roster.zone})")
    console.print(f"  now   {who}", markup=False)
    if answer["until"] is not None:
        following = ", ".join(answer["next"]) or "nobody"
        console.print(f"  next  {following}, from {_local(answer['until'], roster)}", markup=False)
    if answer["duties"]:
        console.print(_table(answer["duties"], roster))
    if answer["holes"]:
        hours, minutes = divmod(answer["hole_minutes"], 60)
        what = f"{len(answer['holes'])} times nobody though somebody must be: {hours} h"
        console.print(f"  [yellow]{what}{f' {minutes} min' if minutes else ''}[/]")
        for row in answer["holes"][:10]:
            span = f"{_local(row['from'], roster)} to {_local(row['until'], roster)}"
            console.print(f"    {span}", markup=False)
        if len(answer["holes"]) > 10:
            console.print(f"    and {len(answer['holes']) - 10} more (--json lists all)")


def _reached(name: str, compiled: CompiledPolicy) -> str:
    person = compiled.policy.people.get(name)
    ways = ", ".join(destinations(person)) if person is not None else ""
    return f"{name} ({ways})" if ways else name


def _table(rows: Sequence[dict[str, Any]], roster: RosterSpec) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for title in ("from", "until", "who"):
        table.add_column(title)
    for row in rows:
        who = ", ".join(row["who"])
        shown = who or "nobody"
        style = "" if who else "dim"
        table.add_row(_local(row["from"], roster), _local(row["until"], roster), shown, style=style)
    return table


def _local(text: str, roster: RosterSpec) -> str:
    return f"{local_time(roster.zone, datetime.fromisoformat(text)):%a %Y-%m-%d %H:%M}"
