# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate init`: asks a few questions, writes a policy that loads, lists what else to create.

Nothing is overwritten, and nothing is called done before the new policy was loaded.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from bot.clock import SystemClock
from bot.commands.init_files import calendars_file, rules_file, tests_file, to_do
from bot.config.load import Loaded, load_policy
from bot.config.problems import Problem, did_you_mean
from bot.config.yaml_nodes import read_yaml

WRITTEN = ("rules.yaml", "calendars.yaml", "tests/first.yaml")
_DURATION = re.compile(r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?")
_HOURS = re.compile(r"[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its key in an answers file, what is asked, and what an answer must be."""

    key: str
    ask: str
    default: str
    is_good: Callable[[str], bool] = bool
    hint: str = "write something"


def _is_mail(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and "." in domain) and not any(c.isspace() for c in text)


def _is_duration(text: str) -> bool:
    return bool(text) and _DURATION.fullmatch(text) is not None


QUESTIONS = (
    Question("desk", "What is the desk called?", "support"),
    Question(
        "language", "In which language do your staff read? (en, fr, de, sv, ru)", "en",
        lambda text: text in ("en", "fr", "de", "sv", "ru"), "write en, fr, de, sv or ru",
    ),
    Question("zone", "In which time zone do they work?", "Europe/Stockholm"),
    Question(
        "hours", "From when till when, Monday to Friday?", "08:00-17:00",
        lambda text: _HOURS.fullmatch(text) is not None, "write 08:00-17:00",
    ),
    Question("holidays", "Whose public holidays? (SE, DE-HH, FR ... or none)", "none"),
    Question("categories", "Your categories, the most serious first?", "incident, question, other",
             lambda text: any(each.strip() for each in text.split(",")), "write incident, other"),
    Question("category_field", "Which field of a ticket holds the category?", "Category"),
    Question(
        "urgent", "How soon is an urgent ticket answered?", "30m", _is_duration, "write 30m or 2h"
    ),
    Question(
        "normal", "How soon is any other ticket answered?", "8h", _is_duration, "write 8h or 2d"
    ),
    Question("slack", "Which Slack channel hears of it? (empty for none)", "", lambda _: True),
    Question("teams", "Which Teams webhook? A name of your own (empty for none)", "",
             lambda _: True),
    Question("mail", "Which mail address hears of it?", "support-team@example.com", _is_mail,
             "write somebody@example.com"),
    Question("mailbox", "Where do you work from while the helpdesk is down?",
             "escalations@example.com", _is_mail, "write somebody@example.com"),
)  # fmt: skip


def write_policy(folder: Path, *, answers: Path | None) -> int:
    """Write a policy into `folder`; 0 done, 1 refused, 2 when nobody can be asked."""
    console = Console(highlight=False, soft_wrap=True)
    taken = [name for name in WRITTEN if (folder / name).exists()]
    if taken:
        console.print(f"deskmate: {folder / taken[0]} is there already: choose another folder.")
        return 1
    given = _given(answers, console)
    if given is None:
        return 2
    replies = {question.key: _reply(question, given, console) for question in QUESTIONS}
    if any(reply is None for reply in replies.values()):
        return 1
    filled = {key: reply or "" for key, reply in replies.items()}
    files = {"calendars.yaml": calendars_file(filled), "rules.yaml": rules_file(filled)}
    problems = _problems(files)
    files["tests/first.yaml"] = tests_file(filled)
    if problems:
        for problem in problems:
            console.print(problem, markup=False)
        console.print("Nothing was written: answer again with what the lines above ask for.")
        return 1
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    console.print(
        f"\n[bold]Written:[/] {folder}/rules.yaml and {folder}/calendars.yaml; they load. "
        f"Their first tests stand in {folder}/tests/first.yaml."
    )
    console.print(to_do(filled, folder), markup=False)
    return 0


def _problems(files: Mapping[str, str]) -> list[str]:
    """What would keep the new files from loading; looked at before they are written."""
    with tempfile.TemporaryDirectory() as name:
        for file, text in files.items():
            (Path(name) / file).write_text(text, encoding="utf-8")
        loaded = load_policy(Path(name), this_year=SystemClock().now().year)
    if isinstance(loaded, Loaded):
        return []
    return [str(problem).replace(f"{name}/", "") for problem in loaded]


def _given(answers: Path | None, console: Console) -> Mapping[str, str] | None:
    """Answers from a file; none, where a person can be asked; nobody: None."""
    if answers is None:
        if sys.stdin.isatty():
            return {}
        console.print(
            "deskmate: nobody to ask here: give --answers FILE, a line `key: value` each:"
        )
        for question in QUESTIONS:
            console.print(f"  {question.key}: {question.default}", markup=False)
        return None
    try:
        node, problems = read_yaml(answers.read_text("utf-8"), str(answers))
    except (OSError, UnicodeDecodeError) as error:
        console.print(f"deskmate: cannot read {answers}: {error}", markup=False)
        return None
    known = {question.key for question in QUESTIONS}
    entries = node.value if isinstance(node.value, Mapping) else {}
    for name, entry in entries.items():
        if name not in known:
            advice = did_you_mean(name, known)
            problems.append(Problem(entry.key_place, f"no question {name!r}", advice))
    for problem in problems:
        console.print(str(problem), markup=False)
    if problems:
        return None
    return {name: str(entry.node.value or "") for name, entry in entries.items()} or {"": ""}


def _reply(question: Question, given: Mapping[str, str], console: Console) -> str | None:
    if given:
        reply = given.get(question.key, question.default)
        if question.is_good(reply):
            return reply
        console.print(f"{question.key}: {reply!r}: {question.hint}", markup=False)
        return None
    while True:
        reply = typer.prompt(question.ask, default=question.default, show_default=True).strip()
        if question.is_good(reply):
            return str(reply)
        console.print(f"  {question.hint}", markup=False)
