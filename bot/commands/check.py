# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate check`: every mistake of a policy before it is live, and what is missing outside.

Beside them it says when an outage was last rehearsed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.check_online import check_online
from bot.commands.check_tests import check_desk
from bot.commands.drill_memory import look_up
from bot.config.checks_more import check_more
from bot.config.load import Loaded, load_policy
from bot.config.problems import Problem, in_order
from bot.config.schema import policy_schema
from bot.rules.engine import compile_policy
from bot.telemetry import configure_logs


def check_policy(policy: Path, *, is_online: bool, wants_schema: bool, as_json: bool) -> int:
    """Print what is wrong; 0 for nothing, 1 for mistakes, 2 for a folder without a policy."""
    console = Console(highlight=False, soft_wrap=True)
    # The desk's tests may play a pretend outage, which warns of itself.
    configure_logs("text", "error")
    if wants_schema:
        print(json.dumps(policy_schema(), indent=1, ensure_ascii=False))  # noqa: T201
        return 0
    clock = SystemClock()
    today = clock.now().date()
    loaded = load_policy(policy, this_year=today.year)
    problems = _warnings(loaded, policy, today) if isinstance(loaded, Loaded) else loaded
    if not as_json:
        _show(console, policy, loaded, problems)
    status, beside = 0, dict[str, object]()
    if not isinstance(loaded, Loaded):
        status = 2 if _is_unreadable(policy) else 1
    else:
        known = look_up(clock)
        beside["last_drill"] = known.row
        if not as_json:
            console.print(f"rehearsal: {known.said}", markup=False)
        if is_online:
            status, beside["findings"] = check_online(
                loaded.policy, as_json=as_json, console=console
            )
    if as_json:
        told = {"problems": [_row(each) for each in problems], **beside}
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
    return status


def _warnings(loaded: Loaded, folder: Path, today: date) -> list[Problem]:
    policy = loaded.policy
    beside = check_desk(folder, compile_policy(policy))
    return in_order([*loaded.warnings, *check_more(policy, today=today), *beside])


def _show(
    console: Console, folder: Path, loaded: Loaded | list[Problem], problems: Sequence[Problem]
) -> None:
    for problem in problems:
        console.print(str(problem), markup=False)
    if not isinstance(loaded, Loaded):
        count = len(problems)
        console.print(f"{count} mistake{'s' if count != 1 else ''}: nothing of {folder} is used.")
        return
    policy = loaded.policy
    counts = (
        (len(policy.rules), "rule"),
        (len(policy.promises), "promise"),
        (len(policy.calendars), "calendar"),
        (len(policy.people), "recipient"),
    )
    held = ", ".join(f"{count} {what}{'s' if count != 1 else ''}" for count, what in counts)
    console.print(f"{folder}: good. {held}.", markup=False)


def _row(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "what": problem.what,
        "advice": problem.advice,
        "warning": problem.is_warning,
    }


def _is_unreadable(folder: Path) -> bool:
    return not folder.is_dir() or not any(folder.glob("*.y*ml"))
