# SPDX-License-Identifier: GPL-3.0-or-later
"""How a rehearsal is called: `deskmate drill`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson, PolicyFolder


def drill(
    folder: Annotated[
        Path | None, typer.Argument(help="The policy's folder; the same as --policy.")
    ] = None,
    policy: PolicyFolder = HERE,
    real: Annotated[
        bool, typer.Option("--real", help="Try your own tools instead; no customer is touched.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --real: send the test messages without asking.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Also write the report as a page.")] = None,
    by: Annotated[str | None, typer.Option(help="Who rehearses; you, if nobody is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rehearse an outage with your own policy, and print what worked; do so every quarter.

    The real daemon runs beside a pretend helpdesk, Slack, Teams and mail: the helpdesk dies,
    customers write by mail, a chat tool dies, somebody answers, it comes back. No accounts, nothing
    leaves this machine.

    With --real, beside a running daemon: the helpdesk is read, the canary ticket written, your own
    people get a message marked DRILL (it asks before), a mail of ours comes back from the mailbox,
    and it says who is on call. Exit status 1 if a step failed.
    """
    from bot.commands.drill import Wanted, run_drill

    wanted = Wanted(as_json, html, by)
    if real:
        from bot.commands.drill_real import run_real

        raise typer.Exit(run_real(folder or policy, wanted, is_sure=yes))
    if yes:
        typer.echo("deskmate: --yes belongs to --real; the sandbox asks nothing", err=True)
        raise typer.Exit(2)
    raise typer.Exit(run_drill(folder or policy, wanted))
