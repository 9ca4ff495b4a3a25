# SPDX-License-Identifier: GPL-3.0-or-later
"""How `deskmate case` is called: list, show, answer, new, held, take, link."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder

case_app = typer.Typer(help="The cases of an outage, worked on without the helpdesk.")
Named = Annotated[str, typer.Argument(help="A reference such as ACM-4F7KQ2XN-M, or a number.")]
By = Annotated[str | None, typer.Option("--by", help="Who you are; else your account's name.")]


@case_app.command("list")
def case_list(
    everything: Annotated[
        bool, typer.Option("--all", help="Also the helpdesk's open tickets, as last read.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Who waits, since when, and what is due next."""
    from bot.commands.case import show_list

    raise typer.Exit(show_list(everything=everything, as_json=as_json))


@case_app.command("show")
def case_show(named: Named, as_json: AsJson = False) -> None:
    """One case or ticket, word by word."""
    from bot.commands.case import show_case

    raise typer.Exit(show_case(named, as_json=as_json))


@case_app.command("answer")
def case_answer(
    named: Named,
    text: Annotated[
        str | None, typer.Option("--text", help="Your words; without it, standard input.")
    ] = None,
    by: By = None,
) -> None:
    """Answer a case's customer: the words go out by mail and into the case."""
    from bot.commands.case import answer

    raise typer.Exit(answer(named, text, by=by))


@case_app.command("new")
def case_new(
    summary: Annotated[str, typer.Argument(help="What it is about, in a line.")],
    at: Annotated[
        str, typer.Option("--at", help="When the call came: now, 14:05, 2026-03-02T14:05.")
    ] = "now",
    caller: Annotated[
        str | None, typer.Option("--from", help="The caller's mail address, for answers.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The caller's name.")] = None,
    organisation: Annotated[
        str | None, typer.Option("--company", help="The caller's company, if nobody knows them.")
    ] = None,
    text: Annotated[str, typer.Option("--text", help="Everything that was said.")] = "",
    by: By = None,
    policy: PolicyFolder = HERE,
) -> None:
    """Enter a telephone call as a case; its clocks begin with the call.

    Example: deskmate case new "Portal is down" --at 14:05 --from nora@northwind.example
    """
    from bot.commands.case import Call, enter

    call = Call(summary, at, caller, name, organisation, text, by)
    raise typer.Exit(enter(call, policy))


@case_app.command("held")
def case_held(as_json: AsJson = False) -> None:
    """The mails that wait for a person, each with why."""
    from bot.commands.case import show_held

    raise typer.Exit(show_held(as_json=as_json))


@case_app.command("take")
def case_take(
    key: Annotated[str, typer.Argument(help="The beginning of a key that `case held` shows.")],
    by: By = None,
) -> None:
    """Open a case of a held mail after all."""
    from bot.commands.case import take

    raise typer.Exit(take(key, by=by))


@case_app.command("link")
def case_link(
    named: Named,
    ticket: Annotated[int, typer.Argument(min=1, help="The number of the helpdesk's ticket.")],
    by: By = None,
) -> None:
    """Say that a case is a ticket which somebody made by hand; there is no way back.

    The case is not brought into the helpdesk any more: what was said in it follows there as notes,
    and its clocks go on.
    """
    from bot.commands.case_link import link

    raise typer.Exit(link(named, ticket, by=by))
