# SPDX-License-Identifier: GPL-3.0-or-later
"""How works are announced by hand: `deskmate maintenance add|list|end`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder
from bot.commands.silence_app import (
    Alert,
    Category,
    Critical,
    Host,
    Integration,
    Name,
    Organisation,
    Service,
    limits,
)

maintenance_app = typer.Typer(help="Announced works on a service, a customer, or the helpdesk.")


@maintenance_app.command()
def add(
    name: Name,
    until: Annotated[str, typer.Option(help="18:00, 2026-03-10T18:00, or how long: 4h.")],
    because: Annotated[str, typer.Option(help="Why, for those who miss a message.")],
    start: Annotated[str | None, typer.Option("--from", help="When it begins; now.")] = None,
    helpdesk: Annotated[bool, typer.Option(help="The helpdesk itself is worked on.")] = False,
    service: Service = None,
    host: Host = None,
    integration: Integration = None,
    alert: Alert = None,
    organisation: Organisation = None,
    category: Category = None,
    mark: Annotated[bool, typer.Option(help="Mark messages, and hold none back.")] = False,
    even_critical: Critical = False,
    by: Annotated[str | None, typer.Option(help="Who works; you, if nobody is named.")] = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Announce works; a running daemon takes it up within a second."""
    from bot.commands.silence import Wanted, begin

    only = limits(
        service=service, host=host, integration=integration, alert=alert,
        organisation=organisation, category=category,
    )  # fmt: skip
    wanted = Wanted(
        name, until, because, by, only, even_critical, start=start, is_maintenance=True,
        of_helpdesk=helpdesk, tags=mark,
    )  # fmt: skip
    raise typer.Exit(begin(policy, wanted))


@maintenance_app.command("list")
def list_maintenance(policy: PolicyFolder = HERE, as_json: AsJson = False) -> None:
    """Show the works that hold or are planned, and those of the policy."""
    from bot.commands.silence import show_silences

    raise typer.Exit(show_silences(policy, as_json=as_json, is_maintenance=True))


@maintenance_app.command()
def end(
    name: Name,
    by: Annotated[str | None, typer.Option(help="Who orders it; you, if nobody is named.")] = None,
) -> None:
    """End works now, or take back planned ones."""
    from bot.commands.silence import end_silence

    raise typer.Exit(end_silence(name, by))
