# SPDX-License-Identifier: GPL-3.0-or-later
"""How the commands about time are called: `time`, `calendar`, `oncall`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder

time_app = typer.Typer(help="Business-time arithmetic, with what was counted and skipped and why.")
CalendarName = Annotated[str, typer.Argument(help="A calendar of the policy.")]
Instant = Annotated[
    str, typer.Argument(help="2026-03-10T13:20 in the calendar's zone, with an offset, or now.")
]


@time_app.command("add")
def time_add(
    calendar: CalendarName,
    start: Instant,
    length: Annotated[str, typer.Argument(help="90s, 15m, 1h30m; with a minus it goes back.")],
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """When so much open time has passed since an instant."""
    from bot.commands.time import add

    raise typer.Exit(add(policy, calendar, start, length, as_json=as_json))


@time_app.command("between")
def time_between(
    calendar: CalendarName,
    start: Instant,
    end: Instant,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """How much open time lies between two instants."""
    from bot.commands.time import between

    raise typer.Exit(between(policy, calendar, start, end, as_json=as_json))


@time_app.command("open")
def time_open(
    calendar: CalendarName,
    at: Instant = "now",
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Whether a calendar is open, and when it opens and closes next."""
    from bot.commands.time import is_open

    raise typer.Exit(is_open(policy, calendar, at, as_json=as_json))


calendar_app = typer.Typer(help="Look at the policy's calendars; close and open them at once.")


@calendar_app.command("show")
def calendar_show(
    calendar: CalendarName,
    year: Annotated[
        int | None, typer.Option(min=1970, max=2200, help="Which year; this one if none is named.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page instead of text.")] = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Show a year day by day, with holidays, other hours and clock changes named."""
    from bot.commands.calendar import show

    raise typer.Exit(show(policy, calendar, year, html=html))


From = Annotated[str, typer.Option("--from", help="When it begins: now, or 2026-03-10T13:20.")]
Until = Annotated[str | None, typer.Option(help="When it ends: 2026-03-10T18:00.")]
Length = Annotated[str | None, typer.Option("--for", help="How long it lasts: 4h.")]
Because = Annotated[str, typer.Option(help="Why, for those who read the clocks later.")]
By = Annotated[str | None, typer.Option(help="Who orders it; you, if nobody is named.")]


@calendar_app.command("close")
def calendar_close(
    calendar: CalendarName,
    because: Because,
    until: Until = None,
    length: Length = None,
    start: From = "now",
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Close a calendar at once or from an instant; open clocks move, and it ends by itself."""
    from bot.commands.calendar_switch import Ordered, switch

    ordered = Ordered(start, until, length, because, by)
    raise typer.Exit(switch(policy, calendar, False, ordered))


@calendar_app.command("open")
def calendar_open(
    calendar: CalendarName,
    because: Because,
    until: Until = None,
    length: Length = None,
    start: From = "now",
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Open a calendar at once or from an instant; open clocks move, and it ends by itself."""
    from bot.commands.calendar_switch import Ordered, switch

    ordered = Ordered(start, until, length, because, by)
    raise typer.Exit(switch(policy, calendar, True, ordered))


@calendar_app.command("usual")
def calendar_usual(
    calendar: CalendarName, because: Because, by: By = None, policy: PolicyFolder = HERE
) -> None:
    """Let a calendar's usual hours hold again, whatever was closed or opened."""
    from bot.commands.calendar_switch import Ordered, switch

    raise typer.Exit(switch(policy, calendar, None, Ordered(because=because, by=by)))


@calendar_app.command("switches")
def calendar_switches(as_json: AsJson = False) -> None:
    """List what was closed and opened by command: until when, by whom, and why."""
    from bot.commands.calendar_switch import show_switches

    raise typer.Exit(show_switches(as_json=as_json))


def oncall(
    roster: Annotated[
        str | None, typer.Argument(help="A roster of the policy; all of them without.")
    ] = None,
    at: Annotated[str, typer.Option(help="An instant such as 2026-03-10T13:20, or now.")] = "now",
    year: Annotated[
        int | None, typer.Option(min=1970, max=2200, help="List the duties of a whole year.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page of the year instead.")] = None,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Who is on duty now, who is next, and when nobody is."""
    from bot.commands.oncall import show_oncall

    raise typer.Exit(show_oncall(policy, roster, at, year, as_json=as_json, html=html))
