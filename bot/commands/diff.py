# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate diff OLD NEW`: which events get another outcome under the new policy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import Clock, SystemClock
from bot.commands.decide import decide_lines
from bot.commands.outcomes import Difference, differences, outcome_of, outcome_of_answer
from bot.commands.past import Past
from bot.commands.stored import load_compiled, since_of, stored
from bot.commands.unusable import Unusable
from bot.rules.engine import CompiledPolicy


@dataclass(frozen=True, slots=True)
class Compared:
    """How many events were tried, how many could not be read, and every field that differs."""

    tried: int
    unreadable: int
    found: tuple[Difference, ...]

    @property
    def different(self) -> int:
        """How many events differ in anything."""
        return len({each.what for each in self.found})


def show_diff(old: Path, new: Path, *, since: str, lines: Path | None, as_json: bool) -> int:
    """Print what differs; 0 for nothing, 1 for something, 2 for what is unusable.

    Without `lines` the first events of the tickets that came since so long ago are tried.
    """
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    try:
        policies = load_compiled(old, clock), load_compiled(new, clock)
        if lines is not None:
            compared = compare_lines(*policies, _lines_of(lines))
        else:
            compared = compare_stored(*policies, since=since, clock=clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps(_row(compared), ensure_ascii=False))  # noqa: T201
    else:
        _show(console, compared, "lines" if lines is not None else "tickets")
    return 1 if compared.found else 0


def compare_stored(
    old: CompiledPolicy, new: CompiledPolicy, *, since: str, clock: Clock
) -> Compared:
    """Try the first event of every stored ticket under both policies."""
    start = since_of(since, clock.now())
    found: list[Difference] = []
    tried = 0
    with stored(clock) as reader:
        before = Past(reader, old, since=start, decided_by=new.policy.rules)
        after = Past(reader, new, since=start, decided_by=old.policy.rules)
        for ticket in reader.tickets.created_since(start):
            past = before.event(ticket, 1)
            if past is None:
                continue
            tried += 1
            name = f"#{ticket.number}" if ticket.number else ticket.ticket_id
            outcomes = outcome_of(before, past, old), outcome_of(after, past, new)
            found += differences(name, *outcomes)
    return Compared(tried, 0, tuple(found))


def compare_lines(old: CompiledPolicy, new: CompiledPolicy, lines: Sequence[bytes]) -> Compared:
    """Decide every line under both policies."""
    found: list[Difference] = []
    tried = unreadable = 0
    both = zip(decide_lines(old, lines), decide_lines(new, lines), strict=True)
    for number, (before, after) in enumerate(both, start=1):
        if "error" in before or "error" in after:
            unreadable += 1
            continue
        tried += 1
        name = str(before["id"] if before["id"] is not None else f"line {number}")
        found += differences(name, outcome_of_answer(before), outcome_of_answer(after))
    return Compared(tried, unreadable, tuple(found))


def _lines_of(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().splitlines()
    except OSError as error:
        raise Unusable(f"deskmate: cannot read {file}: {error.strerror}") from None


def _show(console: Console, compared: Compared, what: str) -> None:
    counts = _counts(compared.found)
    fields = ", ".join(f"{name} {count}" for name, count in counts.items())
    told = f": {fields}" if fields else ""
    console.print(f"{compared.tried} {what} tried, {compared.different} differ{told}", markup=False)
    if compared.unreadable:
        console.print(f"{compared.unreadable} {what} could not be read")
    if compared.found:
        console.print(difference_table(compared.found, ("old", "new")))


def difference_table(found: Iterable[Difference], sides: tuple[str, str]) -> Table:
    """A row per field that differs."""
    table = Table("event", "field", *sides, box=None, pad_edge=False)
    for each in found:
        table.add_row(*(Text(cell) for cell in (each.what, each.name, each.old, each.new)))
    return table


def _counts(found: Iterable[Difference]) -> Counter[str]:
    return Counter(each.name for each in found)


def _row(compared: Compared) -> dict[str, object]:
    return {
        "tried": compared.tried,
        "different": compared.different,
        "unreadable": compared.unreadable,
        "fields": dict(_counts(compared.found)),
        "differences": [
            {"event": each.what, "field": each.name, "old": each.old, "new": each.new}
            for each in compared.found
        ],
    }
