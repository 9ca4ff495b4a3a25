# SPDX-License-Identifier: GPL-3.0-or-later
"""How commands that try a policy on stored tickets are called: `explain`, `diff`, `backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder


def explain(
    ticket: Annotated[str, typer.Argument(help="The helpdesk's number of the ticket, or our id.")],
    event: Annotated[
        int | None, typer.Option(min=1, help="Which of its events, from 1; the last if not named.")
    ] = None,
    why_not: Annotated[
        str | None, typer.Option(help="Show every line of this one rule, with its answer.")
    ] = None,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say why each rule fired or kept quiet on a ticket, and what follows from it."""
    from bot.commands.explain import explain_ticket

    status = explain_ticket(ticket, policy, event=event, why_not=why_not, as_json=as_json)
    raise typer.Exit(status)


Since = Annotated[str, typer.Option(help="How far back: 90d, 12h.")]


def diff(
    old: Annotated[Path, typer.Argument(help="The folder of the policy as it was.")],
    new: Annotated[Path, typer.Argument(help="The folder of the policy as it would be.")],
    since: Since = "90d",
    lines: Annotated[
        Path | None, typer.Option(help="Compare on these lines of `decide`, not on the store.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the tickets that get another outcome under a new policy; words do not matter.

    Exit status 0 if there is none, 1 if there are some.
    """
    from bot.commands.diff import show_diff

    raise typer.Exit(show_diff(old, new, since=since, lines=lines, as_json=as_json))


def backtest(
    since: Since = "90d",
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compare what a policy would have set with what people finally set, and count its alerts."""
    from bot.commands.backtest import show

    raise typer.Exit(show(policy, since=since, as_json=as_json))
