# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate explain TICKET`: why each rule fired or kept quiet at an event, and what follows."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.explain_view import explanation_row, show_explanation, show_steps
from bot.commands.explanation import explanation_of
from bot.commands.stored import load_compiled, stored
from bot.commands.unusable import Unusable
from bot.config.problems import did_you_mean
from bot.rules.tracing import steps_of


def explain_ticket(
    name: str, folder: Path, *, event: int | None, why_not: str | None, as_json: bool
) -> int:
    """Print what the policy makes of a ticket's event; 0, 1 for none such, 2 for what is unusable.

    `name` is the helpdesk's number or our own id, `why_not` a rule to look at line by line.
    """
    console = Console(highlight=False, soft_wrap=True)
    clock = SystemClock()
    try:
        compiled = load_compiled(folder, clock)
        rules = [rule.rule_id for rule in compiled.policy.rules]
        if why_not is not None and why_not not in rules:
            raise Unusable(f"deskmate: no rule {why_not!r}; {did_you_mean(why_not, rules)}")
        with stored(clock) as reader:
            found = explanation_of(name, event, reader, compiled)
    except Unusable as problem:
        problem.show(console)
        return 2
    if isinstance(found, str):
        console.print(f"deskmate: {found}", markup=False)
        return 1
    steps = steps_of(compiled, found.situation, why_not) if why_not else ()
    if as_json:
        row = explanation_row(found, compiled, why_not, steps)
        print(json.dumps(row, ensure_ascii=False))  # noqa: T201
    elif why_not is not None:
        show_steps(console, found, why_not, steps)
    else:
        show_explanation(console, found, compiled)
    return 0
