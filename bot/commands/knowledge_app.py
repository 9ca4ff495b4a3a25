# SPDX-License-Identifier: GPL-3.0-or-later
"""How the command about knowledge is called: `suggest`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.commands.options import HERE, AsJson, PolicyFolder


def suggest(
    text: Annotated[str, typer.Argument(help="What a customer writes.")] = "",
    language: Annotated[
        str | None, typer.Option(help="The reader's language, such as sv; guessed if not named.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=10, help="How many at most.")] = 3,
    missing: Annotated[
        bool, typer.Option("--missing", help="List what solved tickets asked and none answers.")
    ] = False,
    since: Annotated[str, typer.Option(help="How far back --missing looks: 90d.")] = "90d",
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say which articles answer a text, and how surely; or which articles should be written.

    Exit status 0 if there is one above the floor, 1 if there is none; with --missing the reverse.
    """
    from bot.commands.suggest import show_missing, suggest_articles

    clock = SystemClock()
    if missing:
        raise typer.Exit(show_missing(policy, clock, since=since, as_json=as_json))
    if not text.strip():
        raise typer.BadParameter('write what a customer asks: deskmate suggest "text"')
    status = suggest_articles(text, policy, clock, language=language, most=most, as_json=as_json)
    raise typer.Exit(status)
