# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate check --coverage DIR`: which statements of a desk's written policy are kept by what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.commands.coverage_table import statement_table, with_table
from bot.config.problems import Problem, in_order
from bot.config.statements import (
    TESTS,
    Citation,
    Reason,
    Statement,
    read_citations,
    read_statements,
    unknown_citations,
)

README = "README.md"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A desk's statements, and for each who of the policy and of its tests cites it."""

    statements: Mapping[str, Statement]
    kept: Mapping[str, tuple[Citation, ...]]
    tested: Mapping[str, tuple[Citation, ...]]
    problems: tuple[Problem, ...]

    @property
    def neither(self) -> list[Statement]:
        """The statements that nothing cites and nobody gave a reason for."""
        return [
            each
            for each in self.statements.values()
            if each.reason is None and each.statement_id not in self.kept
        ]

    def listed(self, reason: Reason) -> list[Statement]:
        """The statements that nothing cites, for this reason."""
        return [
            each
            for each in self.statements.values()
            if each.reason is reason and each.statement_id not in self.kept
        ]


def show_coverage(folder: Path, *, as_json: bool, is_readme: bool, writes_readme: bool) -> int:
    """Print what keeps each statement; 0 for all, 1 for gaps or mistakes, 2 without statements."""
    console = Console(highlight=False, soft_wrap=True)
    found = coverage_of(folder)
    if not found.statements:
        for problem in found.problems:
            console.print(str(problem), markup=False)
        return 2
    table = statement_table(found.statements, found.kept)
    if is_readme:
        print(table, end="")  # noqa: T201
    elif as_json:
        print(json.dumps(_row(found), ensure_ascii=False))  # noqa: T201
    else:
        _show(console, folder, found)
    if writes_readme and not _write(folder / README, table, console):
        return 2
    has_mistakes = any(not problem.is_warning for problem in found.problems)
    return 1 if found.neither or has_mistakes else 0


def coverage_of(folder: Path) -> Coverage:
    """Look at the statements, the policy and the tests of a desk's folder."""
    statements, problems = read_statements(folder)
    citations, of_files = read_citations(folder)
    kept: dict[str, tuple[Citation, ...]] = {}
    tested: dict[str, tuple[Citation, ...]] = {}
    for each in citations:
        side = tested if each.kind == TESTS else kept
        side[each.statement_id] = (*side.get(each.statement_id, ()), each)
    unknown = unknown_citations(statements, citations) if statements else ()
    untested = [
        Problem(
            next(c.place for c in cited if c.kind == "rules"),
            f"statement {name} is cited by a rule and by no test",
            "write a test with `because:` for it",
            is_warning=True,
        )
        for name, cited in kept.items()
        if name in statements and name not in tested and any(c.kind == "rules" for c in cited)
    ]
    everything = in_order([*problems, *of_files, *unknown, *untested])
    return Coverage(statements, kept, tested, tuple(everything))


def _show(console: Console, folder: Path, found: Coverage) -> None:
    for problem in found.problems:
        console.print(str(problem), markup=False)
    cited = sum(name in found.kept for name in found.statements)
    tested = sum(name in found.tested for name in found.statements)
    console.print(f"{folder}: {len(found.statements)} statements", markup=False)
    console.print(f"  {cited:4} cited by the policy, {tested} by its tests")
    for reason in Reason:
        console.print(f"  {len(found.listed(reason)):4} {reason.replace('_', ' ')}")
    console.print(f"  {len(found.neither):4} neither")
    for each in found.neither:
        console.print(f"{each.place}: {each.statement_id}: {each.says}", markup=False)


def _row(found: Coverage) -> dict[str, object]:
    return {
        "statements": len(found.statements),
        "cited": [name for name in found.statements if name in found.kept],
        "tested": [name for name in found.statements if name in found.tested],
        **{reason.value: [s.statement_id for s in found.listed(reason)] for reason in Reason},
        "neither": [{"id": each.statement_id, "says": each.says} for each in found.neither],
        "problems": [
            {
                "file": each.place.file,
                "line": each.place.line,
                "column": each.place.column,
                "what": each.what,
                "advice": each.advice,
                "warning": each.is_warning,
            }
            for each in found.problems
        ],
    }


def _write(readme: Path, table: str, console: Console) -> bool:
    try:
        before = readme.read_text(encoding="utf-8") if readme.exists() else ""
        after = with_table(before, table)
        if after != before:
            readme.write_text(after, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        console.print(f"deskmate: cannot write {readme}: {error}", markup=False)
        return False
    return True
