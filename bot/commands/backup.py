# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate backup` and `deskmate restore`: a copy of everything, and its way back."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.settings import Settings, read_settings
from bot.store import backup
from bot.store.problems import StoreProblem


def back_up(target: Path) -> int:
    """Copy the store to `target`; 0 done, 1 not possible, 2 for settings."""
    settings, console = _settings()
    if settings is None:
        return 2
    try:
        written = backup.backup(settings.store, target)
    except StoreProblem as problem:
        console.print(f"deskmate: no backup: {problem}", markup=False)
        return 1
    console.print(f"written: {written} ({written.stat().st_size / 1024:.0f} KiB)", markup=False)
    return 0


def put_back(source: Path, *, is_forced: bool) -> int:
    """Put `source` in the store's place; a store that is there needs --force."""
    settings, console = _settings()
    if settings is None:
        return 2
    path = settings.store.removeprefix("sqlite:///")
    if settings.store.startswith("sqlite:///") and Path(path).exists() and not is_forced:
        advice = "--force replaces it; `deskmate backup` it first"
        console.print(f"deskmate: {path} is there already: {advice}", markup=False)
        return 1
    try:
        backup.restore(source, settings.store, SystemClock().now())
    except StoreProblem as problem:
        console.print(f"deskmate: not restored: {problem}", markup=False)
        return 1
    console.print(f"restored from {source}; now start the daemon", markup=False)
    return 0


def _settings() -> tuple[Settings | None, Console]:
    console = Console(highlight=False, soft_wrap=True)
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        for problem in settings:
            console.print(str(problem), markup=False)
        return None, console
    return settings, console
