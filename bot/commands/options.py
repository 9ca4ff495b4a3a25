# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that several commands share."""

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


class Story(StrEnum):
    """What `deskmate demo` tells."""

    SUPPORT = "support"
    OUTAGE = "outage"
