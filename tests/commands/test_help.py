# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate --help` is what a new user reads first."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.help import MORE, SECTIONS

ROOT = Path(__file__).parents[2]


def test_help_names_every_command_in_a_whole_line() -> None:
    """Under a heading that says what for, within eighty columns, and nothing is cut off."""
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]

    shown = CliRunner().invoke(app, ["--help"]).output

    placed = [name for lines in SECTIONS.values() for name in lines]
    assert sorted(placed) == sorted(commands)
    assert f"{MORE}:" not in shown
    assert "..." not in shown.partition("Begin:")[2]
    for lines in SECTIONS.values():
        for name, said in lines.items():
            assert re.search(rf"^  {name} +{re.escape(said)}$", shown, re.MULTILINE), name


def test_docs_name_only_commands_that_exist() -> None:
    """Whatever README and docs call `deskmate NAME` is a command."""
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]

    named = {
        name
        for page in pages
        for name in re.findall(r"(?:`|^)deskmate ([a-z][a-z-]+)", page.read_text("utf-8"), re.M)
    }

    assert len(named) > 20
    assert named - commands == set()


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_is_the_installed_one(option: str) -> None:
    """One line that says what runs here, without a policy or a store; the help names the option."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

    shown = CliRunner().invoke(app, [option])
    helped = CliRunner().invoke(app, ["--help"]).output

    assert (shown.exit_code, shown.output) == (0, f"deskmate {version}\n")
    assert re.search(rf"^  .*{option}\b.* +Show the version and exit\.$", helped, re.MULTILINE)
