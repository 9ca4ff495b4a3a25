# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate silence` and `maintenance`: ordered by the inbox, shown, and what one would hide."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import Clock, SystemClock
from bot.commands.status import safe
from bot.commands.stored import load_compiled, stored, writable
from bot.commands.time import length_of
from bot.commands.unusable import Unusable
from bot.rules.actions import Notice
from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, SilenceOrdered
from bot.rules.silences import LONGEST, Silence, from_state
from bot.store.silences import STATE, preview, silences_of

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed."""

    name: str
    until: str
    because: str
    by: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    even_critical: bool = False
    start: str | None = None
    is_maintenance: bool = False
    of_helpdesk: bool = False
    tags: bool = False


def begin(folder: Path, wanted: Wanted) -> int:
    """Order a silence, or maintenance; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        compiled = load_compiled(folder, clock)
        now, zone = clock.now(), compiled.policy.zone
        start = _instant(wanted.start, zone, now) if wanted.start else None
        end = _end_of(wanted.until, zone, now, start)
        if wanted.is_maintenance and wanted.of_helpdesk == bool(wanted.only):
            raise Unusable(
                "deskmate: say what is worked on: --helpdesk, or --service, --host, --organisation"
            )
        if not wanted.because.strip():
            raise Unusable("deskmate: say why: --because 'the network is rebuilt'")
        order = SilenceOrdered(
            name=wanted.name,
            end=end,
            because=wanted.because.strip()[:200],
            by=wanted.by or getpass.getuser(),
            only=wanted.only,
            unless_critical=not wanted.even_critical,
            start=start,
            is_maintenance=wanted.is_maintenance,
            of_helpdesk=wanted.of_helpdesk,
            tags=wanted.tags,
        )
        _order(order, clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(_ordered(wanted, start, end, zone), markup=False)
    return 0


def _ordered(wanted: Wanted, start: datetime | None, end: datetime, zone: str) -> str:
    """One line that repeats what was understood."""
    what = ", ".join(f"{name} {value}" for name, value in wanted.only.items()) or "everything"
    if wanted.of_helpdesk:
        what, does = "the helpdesk", "may be away"
    else:
        does = "is marked" if wanted.tags else "is silent"
    since = f" from {local_time(zone, start):%a %Y-%m-%d %H:%M}" if start else ""
    until = f"until {local_time(zone, end):%a %Y-%m-%d %H:%M} ({zone})"
    critical = "critical too" if wanted.even_critical else "not critical"
    tail = "" if wanted.of_helpdesk or wanted.tags else f", {critical}"
    return f"{wanted.name}: {what} {does}{since} {until}{tail}"


def end_silence(name: str, by: str | None) -> int:
    """End one now; 0, or 2 where there is none of that name."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            known = from_state(reader.states.load(STATE))
        now = clock.now()
        if not any(each.name == name and each.end and each.end > now for each in known):
            raise Unusable(f"deskmate: no silence {name}; `deskmate silence list` shows them")
        order = SilenceOrdered(name, now, "ended by hand", by or getpass.getuser())
        _order(order, clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(f"{name} ends", markup=False)
    return 0


def show_silences(folder: Path, *, as_json: bool, is_maintenance: bool = False) -> int:
    """Print those by command that have not ended, and those of the policy, of one of the kinds."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        compiled = load_compiled(folder, clock)
        with stored(clock) as reader:
            known = silences_of(reader, compiled)
    except Unusable as problem:
        problem.show(console)
        return 2
    now = clock.now()
    rows = [
        each
        for each in known
        if each.is_maintenance is is_maintenance and (each.end is None or each.end > now)
    ]
    if as_json:
        shown = [_row(each, compiled, now) for each in rows]
        what = "maintenance" if is_maintenance else "silences"
        print(json.dumps({what: shown}, ensure_ascii=False))  # noqa: T201
    elif not rows:
        console.print("No maintenance is planned." if is_maintenance else "Nothing is silent.")
    else:
        console.print(_table([_row(each, compiled, now) for each in rows]))
    return 0


def show_preview(
    folder: Path, only: Mapping[str, str], *, even_critical: bool, as_json: bool
) -> int:
    """Print what such a silence would have hidden in the last 7 days."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        compiled = load_compiled(folder, clock)
        with stored(clock) as reader:
            now = clock.now()
            silence = Silence("preview", "", end=now, only=only, unless_critical=not even_critical)
            seen = preview(silence, now - WEEK, reader, compiled)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        found = [{"at": row.created_at.isoformat(), "to": row.outgoing.destination,
                  "key": row.outgoing.key} for row in seen.hidden]  # fmt: skip
        print(json.dumps({"hidden": found, "of": seen.of}, ensure_ascii=False))  # noqa: T201
        return 0
    count = len(seen.hidden)
    console.print(
        f"{count} of the {seen.of} messages of the last 7 days{', such as:' * bool(count)}"
    )
    for row in seen.hidden[-10:]:
        assert isinstance(row.outgoing.message, Notice), "only notices are hidden"
        title = safe(row.outgoing.message.title[:60])
        console.print(
            f"  {row.created_at:%Y-%m-%d %H:%M}Z {safe(row.outgoing.destination)} {title}"
        )
    return 0


def _order(order: SilenceOrdered, clock: Clock) -> None:
    now = clock.now()
    event = Event(f"silence/{order.name}/{now.isoformat()}", "desk", now, "command", order)
    with writable(clock) as store:
        store.receive([event]).result()


def _end_of(text: str, zone: str, now: datetime, start: datetime | None = None) -> datetime:
    """`18:00` is the next one; a length counts from the beginning; else it is an instant."""
    begins = max(now, start or now)
    end = _instant(text, zone, begins)
    if end <= begins:
        raise Unusable(f"deskmate: {text} is past; a silence ends after it begins")
    if end - begins > LONGEST:
        raise Unusable("deskmate: it lasts a month at most; write it in the policy otherwise")
    return end


def _instant(text: str, zone: str, now: datetime) -> datetime:
    here = local_time(zone, now)
    try:
        at = datetime.combine(here.date(), time.fromisoformat(text), here.tzinfo)
        return (at if at > here else at + timedelta(days=1)).astimezone(UTC)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=here.tzinfo)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    try:
        return now + timedelta(seconds=length_of(text))
    except Unusable:
        raise Unusable(
            f"deskmate: {text!r} is no time; write 18:00, 2026-03-10T18:00 or 4h"
        ) from None


def _row(each: Silence, compiled: CompiledPolicy, now: datetime) -> dict[str, object]:
    return {
        "name": each.name,
        "holds": each.holds(now, compiled.calendars),
        **_of_maintenance(each),
        "until": each.end.isoformat(timespec="seconds") if each.end else f"during {each.during}",
        "only": dict(each.only),
        "unless_critical": each.unless_critical,
        "by": each.by or "policy",
        "because": each.because,
    }


def _of_maintenance(each: Silence) -> dict[str, object]:
    if not each.is_maintenance:
        return {}
    return {
        "from": each.start.isoformat(timespec="seconds") if each.start else "",
        "of_helpdesk": each.of_helpdesk,
        "messages": "mark" if each.tags else "hold",
    }


def _table(rows: list[dict[str, object]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in rows[0]:
        table.add_column(heading.replace("_", " "))
    for row in rows:
        table.add_row(*(safe(_shown(value)) for value in row.values()))
    return table


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items()) or "everything"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
