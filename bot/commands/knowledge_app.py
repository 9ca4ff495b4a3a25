# SPDX-License-Identifier: GPL-3.0-or-later
"""How the command about knowledge is called: `suggest`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.commands.options import HERE, AsJson, PolicyFolder


def suggest(
    text: Annotated[str, typer.Argument(help="What a customer writes.")],
    language: Annotated[
        str | None, typer.Option(help="The reader's language, such as sv; guessed if not named.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=10, help="How many at most.")] = 3,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say which articles of the policy's folder answer a text, and how surely.

    Exit status 0 if there is one above the floor, 1 if there is none.
    """
    from bot.commands.suggest import suggest as suggest_articles

    year = SystemClock().now().year
    status = suggest_articles(
        text, policy, year=year, language=language, most=most, as_json=as_json
    )
    raise typer.Exit(status)
