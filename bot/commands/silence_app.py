# SPDX-License-Identifier: GPL-3.0-or-later
"""How silences are ordered by hand: `deskmate silence add|list|preview|end`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder

silence_app = typer.Typer(help="What is not told for a while: by whom, why, and until when.")
Name = Annotated[str, typer.Argument(help="A name for it, to end it by.")]
Ticket = Annotated[str | None, typer.Option(help="Only this ticket.")]
Organisation = Annotated[str | None, typer.Option(help="Only this customer.")]
Category = Annotated[str | None, typer.Option(help="Only this category.")]
Priority = Annotated[str | None, typer.Option(help="Only this priority.")]
Person = Annotated[str | None, typer.Option(help="Only what goes to this entry of people:.")]
Service = Annotated[str | None, typer.Option(help="Only alerts on this service.")]
Host = Annotated[str | None, typer.Option(help="Only alerts on this host.")]
Integration = Annotated[str | None, typer.Option(help="Only alerts of this integration.")]
Alert = Annotated[str | None, typer.Option(help="Only alerts of this name.")]
Critical = Annotated[bool, typer.Option(help="Hide critical messages too.")]


@silence_app.command()
def add(
    name: Name,
    until: Annotated[str, typer.Option(help="18:00, 2026-03-10T18:00, or how long: 4h.")],
    because: Annotated[str, typer.Option(help="Why, for those who miss a message.")],
    ticket: Ticket = None,
    organisation: Organisation = None,
    category: Category = None,
    priority: Priority = None,
    person: Person = None,
    service: Service = None,
    host: Host = None,
    integration: Integration = None,
    alert: Alert = None,
    even_critical: Critical = False,
    by: Annotated[str | None, typer.Option(help="Who orders it; you, if nobody is named.")] = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Begin a silence; a running daemon takes it up within a second."""
    from bot.commands.silence import Wanted, begin

    only = limits(
        ticket=ticket, organisation=organisation, category=category, priority=priority,
        person=person, service=service, host=host, integration=integration, alert=alert,
    )  # fmt: skip
    raise typer.Exit(begin(policy, Wanted(name, until, because, by, only, even_critical)))


@silence_app.command("list")
def list_silences(policy: PolicyFolder = HERE, as_json: AsJson = False) -> None:
    """Show the silences that hold, and those of the policy."""
    from bot.commands.silence import show_silences

    raise typer.Exit(show_silences(policy, as_json=as_json))


@silence_app.command()
def preview(
    ticket: Ticket = None,
    organisation: Organisation = None,
    category: Category = None,
    priority: Priority = None,
    person: Person = None,
    service: Service = None,
    host: Host = None,
    integration: Integration = None,
    alert: Alert = None,
    even_critical: Critical = False,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Count what such a silence would have hidden in the last 7 days."""
    from bot.commands.silence import show_preview

    only = limits(
        ticket=ticket, organisation=organisation, category=category, priority=priority,
        person=person, service=service, host=host, integration=integration, alert=alert,
    )  # fmt: skip
    raise typer.Exit(show_preview(policy, only, even_critical=even_critical, as_json=as_json))


@silence_app.command()
def end(
    name: Name,
    by: Annotated[str | None, typer.Option(help="Who orders it; you, if nobody is named.")] = None,
) -> None:
    """End a silence now."""
    from bot.commands.silence import end_silence

    raise typer.Exit(end_silence(name, by))


def limits(**wanted: str | None) -> dict[str, str]:
    """What was limited to, of the options that were given."""
    return {name: value for name, value in wanted.items() if value}
