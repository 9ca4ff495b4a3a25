# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate decide`: what the policy would do with each event of a file, touching nothing.

Lines are independent: the past stands in `current` and `context`; budgets, once-per limits and
edge-triggering do not apply. A line that cannot be read gives an error in its place.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.decide_answer import answer_of
from bot.commands.decide_context import BadLine, with_event_days
from bot.commands.decide_input import read_line
from bot.config.load import Loaded, load_policy
from bot.rules import engine
from bot.rules.engine import CompiledPolicy, compile_policy

LONGEST_LINE = 4 * 1024 * 1024


def decide(folder: Path, file: str) -> int:
    """Read events from `file` (`-` is standard input), write one decision a line.

    0 when every line was read, 1 when one was not, 2 when the policy or the file cannot be.
    """
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    loaded = load_policy(folder, this_year=SystemClock().now().year)
    if not isinstance(loaded, Loaded):
        for problem in loaded:
            errors.print(str(problem), markup=False)
        return 2
    compiled = compile_policy(loaded.policy)
    try:
        lines = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115
    except OSError as error:
        errors.print(f"deskmate: cannot read {file}: {error.strerror}", markup=False)
        return 2
    is_good = True
    with lines:
        for answer in decide_lines(compiled, lines):
            is_good = is_good and "error" not in answer
            sys.stdout.write(_written(answer) + "\n")
    sys.stdout.flush()
    return 0 if is_good else 1


def decide_lines(compiled: CompiledPolicy, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer per line that is not blank, in the same order."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _decide_line(compiled, line, number)


def decide_one(given: Any, compiled: CompiledPolicy) -> dict[str, Any]:
    """What the policy does with one event; `later_events` happen after it, in their order.

    The answer is the one after the last; tags are all that were added on the way. A later copy of
    the same mail is no event. Raises `BadLine` for what cannot be understood.
    """
    answer = _answer(given, compiled)
    context = given.get("context") or {}
    seen = {given.get("message_id")} - {None}
    for later in context.get("later_events") or ():
        if not isinstance(later, dict):
            raise BadLine("context.later_events: expected a list of objects")
        message_id = later.get("message_id")
        if message_id is not None and message_id in seen:
            continue
        seen.add(message_id)
        given = _after(given, answer, later)
        tags = answer["tags"]
        answer = _answer(given, compiled)
        answer["tags"] = sorted({*tags, *answer["tags"]})
    return answer


def _answer(given: Any, compiled: CompiledPolicy) -> dict[str, Any]:
    if isinstance(given, dict) and isinstance(given.get("context"), dict):
        compiled = with_event_days(compiled, given["context"])
    asked = read_line(given, compiled)
    return answer_of(asked, engine.decide(compiled, asked.situation), compiled)


def _after(given: dict[str, Any], answer: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """The line of a later event: the same ticket, as the answer before left it."""
    current = dict(given.get("current") or {})
    for name in ("category", "priority", "escalation_level", "hold_until"):
        if answer[name] is not None:
            current[name] = answer[name]
    current["tags"] = sorted({*current.get("tags", ()), *answer["tags"]})
    context = {**(given.get("context") or {}), **(later.get("context") or {})}
    context.pop("later_events", None)
    for kind in ("helpdesk", "teams", "slack", "mail"):
        if kind in later:
            context[kind] = later[kind]
    plain = {key: value for key, value in given.items() if key not in ("event", "at", "change")}
    created_at = given.get("created_at") or given.get("at")
    merged = {**plain, "created_at": created_at, **later, "current": current, "context": context}
    merged["id"] = given.get("id")
    return merged


def _decide_line(compiled: CompiledPolicy, line: bytes, number: int) -> dict[str, Any]:
    given: Any = None
    try:
        if len(line) > LONGEST_LINE:
            raise BadLine("the line is over 4 MiB")
        try:
            given = json.loads(line)
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


def _written(answer: dict[str, Any]) -> str:
    """One line; a lone surrogate came in as an escape and goes out as one."""
    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(answer)
    return text
