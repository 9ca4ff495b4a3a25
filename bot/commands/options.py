# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that several commands share, and the one that stands before them all."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

PolicyFolder = Annotated[
    Path,
    typer.Option("--policy", "-p", help="The folder that holds rules.yaml and calendars.yaml."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
HERE = Path()


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"deskmate {version('deskmate')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version", "-V", callback=_show_version, is_eager=True, help="Show the version and exit."
    ),
]


class Story(StrEnum):
    """What `deskmate demo` tells."""

    SUPPORT = "support"
    OUTAGE = "outage"
