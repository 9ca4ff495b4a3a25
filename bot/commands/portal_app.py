# SPDX-License-Identifier: GPL-3.0-or-later
"""How notices of rules on the portal are looked at and taken down: `deskmate portal list|end`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import AsJson

portal_app = typer.Typer(help="What rules show to customers on the portal (`publish:`).")


@portal_app.command("list")
def list_notices(as_json: AsJson = False) -> None:
    """Show what rules say on the portal now, since when, and when it ends.

    Outages and incidents have their own: `deskmate outage status`, `deskmate incident list`.
    """
    from bot.commands.portal import show_notices

    raise typer.Exit(show_notices(as_json=as_json))


@portal_app.command()
def end(
    name: Annotated[str, typer.Argument(help="The notice's name, which is its template's.")],
    by: Annotated[str | None, typer.Option(help="Who says so; you, if nobody is named.")] = None,
) -> None:
    """Take a notice down now; a running daemon does it within a second."""
    from bot.commands.portal import end_notice

    raise typer.Exit(end_notice(name, by))
