# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate decide`: what the policy would do with each event of a file, touching nothing.

Lines are independent: the past stands in `current` and `context`; budgets, once-per limits and
edge-triggering do not apply. A line that cannot be read gives an error in its place.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.decide_course import decide_one
from bot.commands.decide_values import BadLine
from bot.config.load import Loaded, load_policy
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.sources.articles import with_folder

LONGEST_LINE = 4 * 1024 * 1024


def decide_file(folder: Path, file: str) -> int:
    """Read events from `file` (`-` is standard input), write one decision a line.

    0 when every line was read, 1 when one was not, 2 when the policy or the file cannot be.
    """
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    loaded = load_policy(folder, this_year=SystemClock().now().year)
    if not isinstance(loaded, Loaded):
        for problem in loaded:
            errors.print(str(problem), markup=False)
        return 2
    compiled = with_folder(compile_policy(loaded.policy))
    try:
        lines = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115
    except OSError as error:
        errors.print(f"deskmate: cannot read {file}: {error.strerror}", markup=False)
        return 2
    with lines:
        return _answer_all(decide_lines(compiled, _lines(lines)), sys.stdout.buffer)


def _answer_all(answers: Iterable[dict[str, Any]], target: BinaryIO) -> int:
    """Write every answer; whoever reads may stop reading early, as `head` does."""
    is_good = True
    try:
        for answer in answers:
            is_good = is_good and "error" not in answer
            target.write(_written(answer))
        target.flush()
    except BrokenPipeError:
        # What is still held back must not be tried again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if is_good else 1


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Each line; of one that is too long no more than shows that it is."""
    while line := source.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = source.readline(LONGEST_LINE + 1)


def decide_lines(compiled: CompiledPolicy, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer per line that is not blank, in the same order."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _decide_line(compiled, line, number)


def _decide_line(compiled: CompiledPolicy, line: bytes, number: int) -> dict[str, Any]:
    given: Any = None
    try:
        if len(line) > LONGEST_LINE:
            raise BadLine("the line is over 4 MiB")
        try:
            given = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise BadLine(f"this is no JSON: {str(error)[:120]}") from None
        return decide_one(given, compiled)
    except BadLine as problem:
        line_id = given.get("id") if isinstance(given, dict) else None
        return {"id": line_id, "error": f"line {number}: {problem}"}
    except Exception as error:
        # The boundary of a line: whatever odd values do, the others are answered.
        line_id = given.get("id") if isinstance(given, dict) else None
        what = f"a value cannot be used: {type(error).__name__}: {str(error)[:120]}"
        return {"id": line_id, "error": f"line {number}: {what}"}


def _no_number(name: str) -> float:
    """`NaN` and `Infinity` are none in JSON, and an answer could not say them again."""
    raise ValueError(f"{name} is no number")


def _written(answer: dict[str, Any]) -> bytes:
    """One line of UTF-8; a lone surrogate came in as an escape and goes out as one."""
    try:
        return (json.dumps(answer, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(answer) + "\n").encode()
