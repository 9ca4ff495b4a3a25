# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of the inbox or of the outbox, changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.stored import writable
from bot.commands.unusable import Unusable
from bot.store.transaction import Reader, Transaction

Row = TypeVar("Row")


def change_row(
    find: Callable[[Reader], Row],
    change: Callable[[Row, Transaction, datetime], str | None],
    *,
    name: Callable[[Row], str],
    done: str,
) -> int:
    """Find a row, change it and say so; 1 and its reason where it stays, 2 where there is none."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with writable(clock) as store:
            with store.read() as reader:
                row = find(reader)
            problem = store.write(lambda tx: change(row, tx, clock.now()))
    except Unusable as unusable:
        unusable.show(console)
        return 2
    console.print(f"{name(row)} {problem or done}", markup=False)
    return 1 if problem else 0
