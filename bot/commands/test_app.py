# SPDX-License-Identifier: GPL-3.0-or-later
"""How `deskmate test` is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import HERE, AsJson


def check_desks(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders with a policy and its tests/; here if none."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", "-p", help="One more folder; as elsewhere.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Only tests whose name is or holds this.")
    ] = None,
    mutate: Annotated[
        bool, typer.Option(help="Flip each condition too, and name the flips no test notices.")
    ] = False,
    schema: Annotated[
        bool, typer.Option(help="Print the JSON Schema of tests, for your editor.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the policy's own tests on simulated time; what a test does not state must not happen.

    Exit status 0 if all pass, 1 if one fails or over 5 % of the flips go unnoticed, 2 if a folder
    cannot be read.
    """
    if schema:
        from bot.config.schema_tests import tests_schema

        print(json.dumps(tests_schema(), indent=1))  # noqa: T201
        return
    from bot.commands.test import run_desk_tests

    wanted = [*(folders or ()), *([policy] if policy else ())] or [HERE]
    status = run_desk_tests(wanted, only=only, flips_conditions=mutate, as_json=as_json)
    raise typer.Exit(status)
