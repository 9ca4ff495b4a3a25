# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate portal`: what rules show to customers, and a person's word that it goes."""

from __future__ import annotations

import getpass
import json

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.status import safe
from bot.commands.stored import stored, writable
from bot.commands.unusable import Unusable
from bot.rules.events import Event
from bot.rules.portal_notices import PortalNotice, PortalNoticeEnded
from bot.store.portal_notices import portal_notices

LIST = "`deskmate portal list` shows what is there"


def show_notices(*, as_json: bool) -> int:
    """Print the notices of rules; 0, or 2 for no store."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            found = portal_notices(reader)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps({"notices": [_row(each) for each in found]}, ensure_ascii=False))  # noqa: T201
        return 0
    if not found:
        console.print("No rule shows anything on the portal.")
    for each in found:
        console.print(
            f"{safe(each.name)} since {each.since:%Y-%m-%d %H:%M} UTC, until {_end_of(each)}"
        )
        console.print(f"  {safe(each.text_for(each.main))}")
    return 0


def end_notice(name: str, by: str | None) -> int:
    """Write down that a person takes a notice down; 0, or 2 where there is none of that name."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            known = [each.name for each in portal_notices(reader)]
        if name not in known:
            raise Unusable(f"deskmate: nothing is shown as {name}; {LIST}")
        now = clock.now()
        order = PortalNoticeEnded(name, by or getpass.getuser())
        event = Event(f"portal/{name}@{now.isoformat()}", "desk", now, "command", order)
        with writable(clock) as store:
            store.receive([event]).result()
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(f"{name} is taken down", markup=False)
    return 0


def _end_of(notice: PortalNotice) -> str:
    """When it goes, in words."""
    if notice.until is not None:
        return f"{notice.until:%Y-%m-%d %H:%M} UTC"
    if notice.outage:
        return "the outage is over"
    return f"`deskmate portal end {safe(notice.name)}`"


def _row(notice: PortalNotice) -> dict[str, object]:
    return {
        "name": notice.name,
        "texts": dict(notice.texts),
        "since": notice.since.isoformat(),
        "until": notice.until.isoformat() if notice.until else None,
        "outage": notice.outage or None,
    }
