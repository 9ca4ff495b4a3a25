# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate test [DIR...]`: the policy's own tests, on simulated time (docs/testing.md).

With `--mutate` it also flips each condition of the policy and names the flips that no test
notices.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bot.clock import Clock, SystemClock
from bot.commands.stored import load_compiled
from bot.commands.test_flips import courses_of, samples_of, unnoticed
from bot.commands.test_mutate import Flip, flips_of
from bot.commands.test_run import Ran, run_test
from bot.commands.unusable import Unusable
from bot.config.desk_tests import DeskTest, read_tests
from bot.config.problems import did_you_mean
from bot.rules.engine import CompiledPolicy
from bot.telemetry import configure_logs

GREATEST_SHARE = 0.05
"""Flips that may go unnoticed, as a share of all."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with a policy and the tests of it that are run."""

    folder: Path
    compiled: CompiledPolicy
    tests: tuple[DeskTest, ...]


@dataclass(frozen=True, slots=True)
class Flips:
    """How many conditions were flipped, and the flips under which no test failed."""

    tried: int
    unnoticed: tuple[Flip, ...]

    @property
    def is_enough(self) -> bool:
        """Whether the tests notice nearly all of them."""
        return len(self.unnoticed) <= GREATEST_SHARE * self.tried


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one desk's tests; `flips` is None where none were asked for or tests fail."""

    desk: Desk
    ran: tuple[Ran, ...]
    flips: Flips | None = None

    @property
    def failed(self) -> list[Ran]:
        """The tests that fail."""
        return [each for each in self.ran if each.failures]

    @property
    def is_good(self) -> bool:
        """Whether all pass, and notice nearly every flip that was tried."""
        return not self.failed and (self.flips is None or self.flips.is_enough)


def run_desk_tests(
    folders: Sequence[Path], *, only: str | None, flips_conditions: bool, as_json: bool
) -> int:
    """Run the tests of every folder; 0 if all pass, 1 if one fails, 2 for what is unusable.

    `only` is a test's name or a part of it. With `flips_conditions` it is 1 too where more than
    five of a hundred flips go unnoticed.
    """
    console = Console(highlight=False, soft_wrap=True)
    # A pretend outage warns of itself; here only a bug is worth a line.
    configure_logs("text", "error")
    try:
        desks = _chosen([read_desk(folder, SystemClock()) for folder in folders], only)
    except Unusable as problem:
        problem.show(console)
        return 2
    reports = []
    for desk in desks:
        report = report_of(desk, flips_conditions=flips_conditions)
        reports.append(report)
        if not as_json:
            show_report(console, report)
    if as_json:
        print(json.dumps({"desks": [_row(each) for each in reports]}, ensure_ascii=False))  # noqa: T201
    return 0 if all(report.is_good for report in reports) else 1


def read_desk(folder: Path, clock: Clock) -> Desk:
    """A folder's policy and tests; raises `Unusable` with every mistake of either."""
    compiled = load_compiled(folder, clock)
    tests, problems = read_tests(folder, compiled.policy)
    if problems:
        raise Unusable(*(str(problem) for problem in problems))
    return Desk(folder, compiled, tests)


def report_of(desk: Desk, *, flips_conditions: bool) -> Report:
    """Run a desk's tests; flips are tried where all pass, or every one of them would be noticed."""
    report = Report(desk, tuple(run_test(test, desk.compiled) for test in desk.tests))
    if not flips_conditions or report.failed:
        return report
    flips = list(flips_of(desk.compiled.policy.rules))
    samples = samples_of(desk.tests, desk.compiled)
    courses = courses_of(desk.tests, desk.compiled)
    judged = track(
        unnoticed(flips, samples, courses, desk.compiled),
        description=f"{desk.folder}: flips",
        total=len(flips),
        console=Console(stderr=True),
        transient=True,
    )
    missed = tuple(flip for flip, is_missed in judged if is_missed)
    return replace(report, flips=Flips(len(flips), missed))


def show_report(console: Console, report: Report) -> None:
    """Print every test that fails, and the sum."""
    for ran in report.failed:
        console.print(f"{ran.test.place}: {ran.test.name}", markup=False)
        for failure in ran.failures:
            if failure.body:
                console.print(f"  {failure.body!r}", markup=False)
            for line in failure.differences:
                console.print(f"    {line}", markup=False)
            for line in failure.why:
                console.print(f"      {line}", markup=False)
    count, failed, folder = len(report.ran), len(report.failed), report.desk.folder
    if failed:
        console.print(f"{folder}: {failed} of {count} fail", markup=False)
    else:
        passed = "1 test passes" if count == 1 else f"{count} tests pass"
        console.print(f"{folder}: {passed}", markup=False)
    if report.flips is not None:
        _show_flips(console, folder, report.flips)


def _show_flips(console: Console, folder: Path, flips: Flips) -> None:
    for flip in flips.unnoticed:
        rule = flip.rule
        console.print(f"{rule.place}: rule {rule.rule_id}: {flip.what} no test fails", markup=False)
    share = len(flips.unnoticed) / max(1, flips.tried)
    told = f"{len(flips.unnoticed)} of {flips.tried} flips go unnoticed ({share:.1%})"
    console.print(f"{folder}: {told}", markup=False)


def _chosen(desks: Sequence[Desk], only: str | None) -> Sequence[Desk]:
    """The tests of that name, or else whose name holds it; raises `Unusable` for none."""
    if only is None:
        return desks
    names = [test.name for desk in desks for test in desk.tests]
    wanted = {name for name in names if name == only} or {
        name for name in names if only.casefold() in name.casefold()
    }
    if not wanted:
        raise Unusable(f"deskmate: no test {only!r}; {did_you_mean(only, names)}")
    chosen = [
        Desk(desk.folder, desk.compiled, tuple(each for each in desk.tests if each.name in wanted))
        for desk in desks
    ]
    return [desk for desk in chosen if desk.tests]


def _row(report: Report) -> dict[str, Any]:
    return {
        "desk": str(report.desk.folder),
        "tests": len(report.ran),
        "failed": [
            {
                "name": ran.test.name,
                "file": ran.test.place.file,
                "line": ran.test.place.line,
                "failures": [
                    {
                        "body": failure.body or None,
                        "differences": list(failure.differences),
                        "why": list(failure.why),
                    }
                    for failure in ran.failures
                ],
            }
            for ran in report.failed
        ],
        "flips": _flips_row(report.flips),
    }


def _flips_row(flips: Flips | None) -> dict[str, Any] | None:
    if flips is None:
        return None
    return {
        "tried": flips.tried,
        "unnoticed": [
            {
                "rule": flip.rule.rule_id,
                "file": flip.rule.place.file,
                "line": flip.rule.place.line,
                "what": flip.what,
            }
            for flip in flips.unnoticed
        ],
    }
