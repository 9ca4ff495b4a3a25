# SPDX-License-Identifier: GPL-3.0-or-later
"""How the outbox is looked at and helped by hand: `deskmate outbox list|show|retry|drop`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import AsJson

outbox_app = typer.Typer(help="What is to be sent, what was, and what never will be.")
Key = Annotated[str, typer.Argument(help="The message's number or key, as `list` shows them.")]


@outbox_app.command("list")
def list_messages(
    dead: Annotated[
        bool, typer.Option("--dead", help="Only what was refused, ran out of time or was dropped.")
    ] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what still waits.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest messages, with what became of each.

    Exit status 1 where messages are dead, so that a script can watch for them.
    """
    from bot.commands.outbox import show_messages

    raise typer.Exit(show_messages(dead=dead, waiting=waiting, limit=limit, as_json=as_json))


@outbox_app.command()
def show(key: Key, as_json: AsJson = False) -> None:
    """Show one message: what it says, where it went, and every try."""
    from bot.commands.outbox import show_message

    raise typer.Exit(show_message(key, as_json=as_json))


@outbox_app.command()
def retry(key: Key) -> None:
    """Let a dead message go again; the daemon sends it within a few seconds."""
    from bot.commands.outbox import retry_message

    raise typer.Exit(retry_message(key))


@outbox_app.command()
def drop(
    key: Key,
    because: Annotated[str, typer.Option(help="Why; it is kept with the message.")],
) -> None:
    """Give a waiting message up for good."""
    from bot.commands.outbox import drop_message

    raise typer.Exit(drop_message(key, because))
