# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate case link`: a person says which ticket of the helpdesk a case is."""

from __future__ import annotations

import getpass

from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.case import SOURCE
from bot.commands.status import safe
from bot.commands.stored import stored, writable
from bot.commands.unusable import Unusable
from bot.handlers.backfill_link import why_not
from bot.rules.events import CaseLinked, Event
from bot.sources.chat_commands import find_ticket


def link(named: str, number: int, *, by: str | None, clock: Clock | None = None) -> int:
    """Write the link down for the daemon; 1 where it cannot be, 2 for an unusable store."""
    clock, console = clock or SystemClock(), Console(highlight=False, soft_wrap=True)
    try:
        with stored(clock) as reader:
            case = find_ticket(named, reader)
            problem = why_not(case, number, reader)
        if case is None or problem:
            console.print(f"deskmate: {safe(named)} {problem}; `deskmate case list` names cases")
            return 1
        now = clock.now()
        linked = CaseLinked(case.ticket_id, number, by or getpass.getuser())
        key = f"link/{case.ticket_id}/{number}/{now:%Y%m%dT%H%M%S}"
        with writable(clock) as store:
            stream = f"case/{case.ticket_id}"
            store.receive([Event(key, stream, now, SOURCE, linked)]).result()
    except Unusable as unusable:
        unusable.show(console)
        return 2
    console.print(f"written down; `deskmate inbox show {key}` says what came of it")
    return 0
