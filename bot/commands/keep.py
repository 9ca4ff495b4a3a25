# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate keep`: what is kept of each kind, how long, and what goes when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.stored import stored
from bot.commands.unusable import Unusable, policy_of
from bot.rules.keeping import KeepPolicy, Kept
from bot.store.transaction import Reader

WHAT = {
    Kept.TICKETS: "words of tickets",
    Kept.EVENTS: "words of settled events",
    Kept.MESSAGES: "words of settled messages",
    Kept.DEAD_LETTERS: "words that never arrived",
    Kept.KEYS: "what came or went at all",
    Kept.MAILS: "mails as they came",
    Kept.SENDERS: "senders of mails, subjects",
    Kept.JOURNAL: "why it was decided",
    Kept.ALERTS: "who was told, who took it",
    Kept.INCIDENTS: "timelines of outages",
    Kept.CONTACTS: "who may ask for help",
}


@dataclass(frozen=True, slots=True)
class KeptNow:
    """One kind as it stands; instants are ISO-8601, `kept_days` is None for always.

    `next_goes_at` is when the oldest has had its time; what is open then stays on.
    """

    kind: str
    what: str
    count: int
    oldest: str | None
    kept_days: float | None
    due: int
    next_goes_at: str | None


def show_keep(folder: Path, *, as_json: bool) -> int:
    """Print a line per kind; 0, or 2 where the policy or the store cannot be used."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        keep = policy_of(folder, clock).keep
        with stored(clock, is_made=False) as reader:
            rows = kept_now(reader, keep, clock.now())
    except Unusable as unusable:
        unusable.show(console)
        return 2
    if as_json:
        print(json.dumps({"keep": [asdict(row) for row in rows]}))  # noqa: T201
    else:
        _show(console, rows)
    return 0


def kept_now(reader: Reader, keep: KeepPolicy, now: datetime) -> tuple[KeptNow, ...]:
    """Every kind, in the order of `keep:`."""
    return tuple(_kept(reader, kind, keep, now) for kind in Kept)


def _kept(reader: Reader, kind: Kept, keep: KeepPolicy, now: datetime) -> KeptNow:
    span = keep.of(kind)
    stock = reader.keeping.stock(kind, None if span is None else now - span)
    goes_at = stock.oldest + span if stock.oldest is not None and span is not None else None
    return KeptNow(
        kind=kind.value,
        what=WHAT[kind],
        count=stock.count,
        oldest=stock.oldest.isoformat() if stock.oldest else None,
        kept_days=span.total_seconds() / 86400 if span is not None else None,
        due=stock.due,
        next_goes_at=max(goes_at, now).isoformat() if goes_at is not None else None,
    )


def _show(console: Console, rows: Sequence[KeptNow]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("kind", "what", "there", "oldest", "kept", "goes"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(
            row.kind,
            row.what,
            str(row.count),
            (row.oldest or "-")[:10],
            f"{row.kept_days:g}d" if row.kept_days is not None else "always",
            f"{row.due} now" if row.due else (row.next_goes_at or "-")[:10],
        )
    console.print(table)
    console.print("\nWhat is open, unsent or undecided stays, however old it is.")
    console.print("keep: in the policy changes the times; the daemon lets go once an hour.")
