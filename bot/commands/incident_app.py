# SPDX-License-Identifier: GPL-3.0-or-later
"""How an outage is told afterwards: `deskmate incident list|report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import AsJson

incident_app = typer.Typer(help="The outages there were, and the report of one.")
Zone = Annotated[str, typer.Option(help="The zone of all times in it, such as Europe/Stockholm.")]


@incident_app.command("list")
def list_incidents(zone: Zone = "UTC", as_json: AsJson = False) -> None:
    """List every outage: when, how long it was away, whether it is over."""
    from bot.commands.incident import show_incidents

    raise typer.Exit(show_incidents(zone, as_json=as_json))


@incident_app.command()
def report(
    number: Annotated[int, typer.Argument(help="The outage's number, as `incident list` shows.")],
    html: Annotated[
        Path | None, typer.Option(help="Write it as a page into this file instead.")
    ] = None,
    promised: Annotated[
        float, typer.Option(help="The vendor's promise, in per cent of a month.")
    ] = 99.9,
    zone: Zone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Write the report of one outage, from the store alone, as Markdown.

    The timeline with what our probes saw, who was told when and by which way, every mail's fate,
    promises broken meanwhile, and 30 days against the vendor's promise. Nothing is sent.
    """
    from bot.commands.incident import Asked, show_report

    raise typer.Exit(show_report(Asked(number, zone, promised, html), as_json=as_json))
