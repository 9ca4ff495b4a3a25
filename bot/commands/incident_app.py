# SPDX-License-Identifier: GPL-3.0-or-later
"""How `deskmate incident` is called: outages are told, incidents of the product worked on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder
from bot.rules.incident_values import Verb

incident_app = typer.Typer(
    help="Outages of the helpdesk (1, 2) and incidents of your own product (P1, P2)."
)
Zone = Annotated[str, typer.Option(help="The zone of all times in it, such as Europe/Stockholm.")]
Name = Annotated[str, typer.Argument(help="The incident, such as P3.")]
Words = Annotated[str, typer.Argument(help="Your words.")]
At = Annotated[str | None, typer.Option("--at", help="Since when: 14:05, 2026-03-02T14:05.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, if nobody is named.")]


@incident_app.command("list")
def list_incidents(zone: Zone = "UTC", as_json: AsJson = False) -> None:
    """List every outage and every incident: when, how long, how it stands."""
    from bot.commands.incident import show_incidents

    raise typer.Exit(show_incidents(zone, as_json=as_json))


@incident_app.command()
def report(
    name: Annotated[str, typer.Argument(help="An outage such as 3, or an incident such as P3.")],
    html: Annotated[
        Path | None, typer.Option(help="Write it as a page into this file instead.")
    ] = None,
    promised: Annotated[
        float, typer.Option(help="The helpdesk's promise, in per cent of a month.")
    ] = 99.9,
    zone: Zone = "UTC",
    language: Annotated[
        str, typer.Option(help="en, fr, de, sv or ru; the desk's, if none is named.")
    ] = "",
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the report of one outage, or the draft of one incident's, from the store alone.

    The timeline, who was told when and by which way, whom it affected, promises broken meanwhile,
    and the months against what was promised. Nothing is sent.
    """
    from bot.commands.incident import Asked, show_report

    raise typer.Exit(
        show_report(Asked(name, zone, promised, html, policy, language), as_json=as_json)
    )


@incident_app.command()
def availability(
    since: Annotated[str, typer.Option(help="How far back: 90d; whole months are shown.")] = "90d",
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Each service by month: how long it was interrupted, against what was promised.

    Exit status 1 if a promise was broken. What overlaps counts once.
    """
    from bot.commands.incident_months import show_months

    raise typer.Exit(show_months(policy, since, as_json=as_json))


@incident_app.command("open")
def open_incident(
    service: Annotated[str, typer.Argument(help="The service; several with commas.")],
    words: Annotated[str, typer.Argument(help="What is wrong, in a line.")],
    severity: Annotated[str, typer.Option(help="How grave, as `incidents:` names it.")] = "",
    ticket: Annotated[
        list[str] | None, typer.Option(help="A ticket that is part of it; may be repeated.")
    ] = None,
    at: At = None,
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Open an incident, or the one again that these services have or had just now."""
    services = tuple(each.strip() for each in service.split(",") if each.strip())
    _give(policy, Verb.OPEN, text=words, services=services, severity=severity,
          tickets=tuple(ticket or ()), at=at, by=by)  # fmt: skip


@incident_app.command()
def update(
    name: Name,
    words: Words,
    language: Annotated[str, typer.Option(help="Only for customers of this language: sv.")] = "",
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Write the draft of an update to the customers; nothing is sent before `send`."""
    _give(policy, Verb.UPDATE, name=name, text=words, language=language, by=by)


@incident_app.command()
def send(name: Name, by: By = None, policy: PolicyFolder = HERE) -> None:
    """Write the draft as a public comment into each open ticket of the incident.

    For those whom `rights: {send_update: ..}` names; for others it becomes an internal note.
    """
    _give(policy, Verb.SEND, name=name, by=by)


@incident_app.command()
def told(
    name: Name,
    way: Annotated[str, typer.Argument(help="How: the status page, a mail to all.")],
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Write down that customers were told another way; the time to the next update begins anew."""
    _give(policy, Verb.TOLD, name=name, text=way, by=by)


@incident_app.command()
def restored(
    name: Name,
    why: Annotated[str, typer.Option(help="What mended it.")] = "",
    at: At = None,
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Say that it works again; the interruption ends, the incident is watched until `close`."""
    _give(policy, Verb.RESTORED, name=name, text=why, at=at, by=by)


@incident_app.command()
def close(
    name: Name,
    why: Annotated[str, typer.Option(help="What it was.")] = "",
    at: At = None,
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """End an incident: the banner goes, reminders stop, the follow-up ticket is opened."""
    _give(policy, Verb.CLOSE, name=name, text=why, at=at, by=by)


@incident_app.command()
def merge(
    name: Annotated[str, typer.Argument(help="The incident that becomes part, such as P4.")],
    into: Annotated[str, typer.Argument(help="The one that it becomes part of, such as P3.")],
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Make two incidents one: tickets, services and customers of P4 are P3's from then on.

    P4 is closed, its draft and its reminders end, and its time counts once.
    """
    _give(policy, Verb.MERGE, name=name, into=into, by=by)


@incident_app.command()
def affected(
    name: Name,
    add: Annotated[list[str] | None, typer.Option(help="A ticket that is part of it.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A ticket that is not.")] = None,
    zone: Zone = "UTC",
    by: By = None,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """List the tickets of an incident: whose, and when each was told; or change the list."""
    from bot.commands.incident_order import show_affected

    if add and remove:
        raise typer.BadParameter("add or remove, one after the other")
    if add or remove:
        verb = Verb.ADD if add else Verb.REMOVE
        _give(policy, verb, name=name, tickets=tuple(add or remove or ()), by=by)
    raise typer.Exit(show_affected(name, zone, as_json=as_json))


def _give(
    policy: Path,
    verb: Verb,
    *,
    text: str = "",
    name: str = "",
    services: tuple[str, ...] = (),
    severity: str = "",
    tickets: tuple[str, ...] = (),
    at: str | None = None,
    language: str = "",
    by: str | None = None,
    into: str = "",
) -> None:
    """Write the word down and end with its exit status."""
    from bot.commands.incident_order import Typed, give

    typed = Typed(verb, text, name, services, severity, tickets, at, language, by, into)
    raise typer.Exit(give(policy, typed))
