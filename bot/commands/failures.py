# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate outage failures`: each way in which an outage goes wrong, and its test."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

FILE = Path(__file__).resolve().parent / "outage_failures.json"
"""Read by the command and, by a test, held against the table in docs/outages.md."""


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way to fail; without a test, `note` says why and what happens instead."""

    id: str
    what: str
    tests: tuple[str, ...]
    note: str


def failure_modes() -> tuple[FailureMode, ...]:
    """Every known way, in order."""
    rows = json.loads(FILE.read_text("utf-8"))
    return tuple(
        FailureMode(row["id"], row["what"], tuple(row["tests"]), row["note"]) for row in rows
    )


def show_failures(*, as_json: bool, only_missing: bool) -> int:
    """Print them; always 0."""
    modes = failure_modes()
    shown = [each for each in modes if not only_missing or not each.tests]
    if as_json:
        rows = [asdict(each) for each in shown]
        print(json.dumps({"failures": rows, "of": len(modes)}, ensure_ascii=False))  # noqa: T201
        return 0
    console = Console(highlight=False, soft_wrap=True)
    for each in shown:
        console.print(f"{each.id}  {each.what}", markup=False, style="bold")
        for line in (*each.tests, *((f"({each.note})",) if each.note else ())):
            console.print(f"     {line}", markup=False)
    tested = sum(bool(each.tests) for each in modes)
    console.print(f"\n{tested} of {len(modes)} have a test", markup=False)
    return 0


def markdown_table() -> str:
    """The table of docs/outages.md."""
    lines = ["| no. | what fails | test | |", "|---|---|---|---|"]
    for each in failure_modes():
        tests = ", ".join(f"`{test.partition('::')[2]}`" for test in each.tests) or "none"
        lines.append(f"| {each.id} | {each.what} | {tests} | {each.note} |")
    return "\n".join(lines)
