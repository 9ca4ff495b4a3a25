# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal as people read it: a line a step while it runs, a summary, a page."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.commands.drill_values import Drill, DrillStep, Result
from bot.commands.status import safe
from bot.commands.time import write_file
from bot.pages.render import page_text

MARKS = {
    Result.OK: "[green]ok[/]        ",
    Result.FAILED: "[bold red]failed[/]    ",
    Result.NOT_TRIED: "[yellow]not tried[/] ",
}
KINDS = {
    "sandbox": "on the sandbox",
    "real": "beside the real helpdesk",
}


def show_begin(console: Console, desk: str, how: str) -> None:
    """What is about to happen."""
    console.print(f"[bold]Drill of {safe(desk)}[/] {how}")
    console.print("[dim]It takes a minute or two.[/]\n")


def show_step(console: Console, step: DrillStep) -> None:
    """One step as it ends, for whoever waits."""
    console.print(f"{MARKS[step.result]}[dim]{safe(step.name)}[/]", soft_wrap=True)


def show_drill(console: Console, drill: Drill) -> None:
    """The table of every step, then what worked, what did not and what was not tried."""
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim")
    for heading in ("step", "expected", "what happened", ""):
        table.add_column(heading, overflow="fold")
    for step in drill.steps:
        mark = MARKS[step.result].rstrip()
        table.add_row(safe(step.name), safe(step.expected) or "-", safe(step.happened), mark)
    console.print("")
    console.print(table)
    console.print(f"[bold]What worked[/]: {len(drill.of(Result.OK))} of {len(drill.steps)} steps")
    for heading, result in (
        ("What did not", Result.FAILED),
        ("What was not tried", Result.NOT_TRIED),
    ):
        console.print(f"[bold]{heading}[/]: {len(drill.of(result)) or 'nothing'}")
        for each in drill.of(result):
            advice = f"; {safe(each.advice)}" if each.advice else ""
            console.print(f"  {safe(each.name)}: {safe(each.happened)}{advice}", soft_wrap=True)
    for note in drill.notes:
        console.print(f"[dim]{safe(note)}[/]", soft_wrap=True)


def write_page(target: Path, drill: Drill) -> None:
    """The same as a page that stands by itself in a file."""
    values = {
        "drill": drill,
        "where": KINDS[drill.kind],
        "at": f"{drill.at:%Y-%m-%d %H:%M} UTC",
        "parts": [
            ("What did not work", drill.of(Result.FAILED), "Everything that was tried worked."),
            ("What worked", drill.of(Result.OK), "Nothing."),
            ("What was not tried", drill.of(Result.NOT_TRIED), "Everything was tried."),
        ],
    }
    write_file(target, page_text("drill.html.j2", values))
