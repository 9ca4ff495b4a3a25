# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command says when its call, its policy or the store cannot be used."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.clock import Clock
from bot.config.load import Loaded, load_policy
from bot.rules.policy import Policy


class Unusable(Exception):  # noqa: N818 - it says what is, not that something failed
    """The call, the policy or the store cannot be used; what is wrong, a line each."""

    def __init__(self, *lines: str) -> None:
        """With every line that a person should read."""
        super().__init__("\n".join(lines))
        self.lines = lines

    def show(self, console: Console) -> None:
        """Print it."""
        for line in self.lines:
            console.print(line, markup=False)


def policy_of(folder: Path, clock: Clock) -> Policy:
    """The policy of a folder; raises `Unusable` with all its mistakes."""
    loaded = load_policy(folder, this_year=clock.now().year)
    if not isinstance(loaded, Loaded):
        raise Unusable(*(str(problem) for problem in loaded))
    return loaded.policy
