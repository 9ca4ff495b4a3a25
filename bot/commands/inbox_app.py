# SPDX-License-Identifier: GPL-3.0-or-later
"""How the inbox is looked at and helped by hand: `deskmate inbox list|show|retry|drop`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import AsJson

inbox_app = typer.Typer(help="What came in, and what failed so often that it waits for a person.")
Key = Annotated[str, typer.Argument(help="The event's number or key, as `list` shows them.")]


@inbox_app.command("list")
def list_events(
    parked: Annotated[
        bool, typer.Option("--parked", help="Only what failed too often and was laid aside.")
    ] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what still waits.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest events, with what became of each.

    Exit status 1 where parked ones are among them, so that a script can watch for them.
    """
    from bot.commands.inbox import show_events

    raise typer.Exit(show_events(parked=parked, waiting=waiting, limit=limit, as_json=as_json))


@inbox_app.command()
def show(key: Key, as_json: AsJson = False) -> None:
    """Show one event: what happened, and why it could not be handled."""
    from bot.commands.inbox import show_event

    raise typer.Exit(show_event(key, as_json=as_json))


@inbox_app.command()
def retry(key: Key) -> None:
    """Let a parked event be handled again; the daemon does so within a few seconds."""
    from bot.commands.inbox import retry_event

    raise typer.Exit(retry_event(key))


@inbox_app.command()
def drop(
    key: Key,
    because: Annotated[str, typer.Option(help="Why; it is kept with the event.")],
) -> None:
    """Give a parked event up for good."""
    from bot.commands.inbox import drop_event

    raise typer.Exit(drop_event(key, because))
