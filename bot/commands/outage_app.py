# SPDX-License-Identifier: GPL-3.0-or-later
"""How an outage is looked at, decided and worked through: `deskmate outage ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder

outage_app = typer.Typer(help="Whether the helpdesk is down: what we see, and a person's word.")
Because = Annotated[str, typer.Option(help="Why, for everybody who hears of it.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, if nobody is named.")]


@outage_app.command()
def status(as_json: AsJson = False) -> None:
    """Show what our probes say, since when, who declared it, and what is held back.

    Exit status 0 while the helpdesk is held for there, 1 while it is not.
    """
    from bot.commands.outage import show

    raise typer.Exit(show(as_json=as_json))


@outage_app.command()
def declare(
    because: Because,
    how_long: Annotated[
        str, typer.Option("--for", help="Until when at most: 30m, 4h; 24h at the longest.")
    ] = "4h",
    by: By = None,
) -> None:
    """Declare the helpdesk down at once, whatever our probes say.

    Staff hear of it, customers read the banner, changes to tickets wait. It ends by `clear`, or by
    itself when its time is over and our probes find the helpdesk there.
    """
    from bot.commands.outage import declare_down

    raise typer.Exit(declare_down(because, how_long, by))


@outage_app.command()
def clear(because: Because, by: By = None) -> None:
    """Give the all-clear at once, whatever our probes say.

    The banner goes, what was held is written. If our probes go on failing, staff are told, and
    after 15 minutes it is declared again.
    """
    from bot.commands.outage import give_all_clear

    raise typer.Exit(give_all_clear(because, by))


@outage_app.command()
def link(
    person: Annotated[str, typer.Argument(help="Who: of a roster, or with the right `outage`.")],
    how_long: Annotated[
        str, typer.Option("--for", help="How long it holds: 30m, 8h; 24h at the longest.")
    ] = "8h",
    revoke: Annotated[
        bool, typer.Option(help="Take all links of this person back instead.")
    ] = False,
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Make a personal link to the continuity page: who waits, since when, what is due.

    It opens at DESKMATE_PUBLIC_URL, needs no helpdesk, and ends by itself. Whoever has it reads
    in that person's name; every view is recorded (`deskmate outage views`).
    """
    from bot.commands.outage_links import make_link, take_links_back

    if revoke:
        raise typer.Exit(take_links_back(person, by))
    raise typer.Exit(make_link(person, how_long, by, policy))


@outage_app.command()
def views(
    since: Annotated[str, typer.Option(help="How far back: 7d.")] = "7d",
    zone: Annotated[str, typer.Option(help="The zone of the times, Europe/Stockholm.")] = "UTC",
    as_json: AsJson = False,
) -> None:
    """Show who read the continuity page by a personal link: when, which page, from where."""
    from bot.commands.outage_links import show_views

    raise typer.Exit(show_views(since, zone, as_json=as_json))


@outage_app.command()
def failures(
    missing: Annotated[bool, typer.Option(help="Only those that no test tries.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the ways in which an outage goes wrong, and the test of each, or why there is none."""
    from bot.commands.failures import show_failures

    raise typer.Exit(show_failures(as_json=as_json, only_missing=missing))
