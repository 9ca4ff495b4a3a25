# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate suggest`: which articles the policy offers for a text, and which articles are missing.

The folder of the policy is always read; the help centre's articles are those that the daemon has
read into its store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from bot.clock import Clock
from bot.commands.stored import load_compiled, since_of, stored
from bot.commands.unusable import Unusable
from bot.rules.compiled import CompiledPolicy
from bot.rules.knowledge import LONGEST_QUESTION, Article, Knowledge, Library, Suggestion
from bot.rules.policy import KnowledgeSpec
from bot.rules.situation import FINGERPRINT
from bot.rules.text import prepare
from bot.rules.ticket import Origin, Ticket
from bot.sources.articles import read_folder

MOST_LOOKED_AT = 20_000
MOST_GROUPS = 20
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Solved tickets that no article answers: what they have in common, and examples."""

    what: str
    tickets: tuple[Ticket, ...]


def suggest_articles(
    text: str, folder: Path, clock: Clock, *, language: str | None, most: int, as_json: bool
) -> int:
    """Print the articles above the floor, the surest first.

    0 when there is one, 1 when there is none, 2 when the policy cannot be used.
    """
    console, errors = _consoles()
    try:
        compiled, spec = _knowing(folder, clock, errors)
    except Unusable as unusable:
        unusable.show(errors)
        return 2
    library = compiled.knowledge.articles
    found = library.suggest(text[:LONGEST_QUESTION], most=most, floor=spec.floor, language=language)
    if as_json:
        print(json.dumps({"suggest": [_shown(each) for each in found]}, ensure_ascii=False))  # noqa: T201
        return 0 if found else 1
    for each in found:
        where = each.article.url or each.article.article_id
        console.print(f"{each.score:.2f}  {each.article.title}  ({where})", markup=False)
    if not found:
        told = f"nothing above {spec.floor} among {len(library)} articles; "
        console.print(told + "nothing is suggested rather than something wrong", markup=False)
    return 0 if found else 1


def show_missing(folder: Path, clock: Clock, *, since: str, as_json: bool) -> int:
    """Print what solved tickets were about that no article answers, the most frequent first.

    0 when every solved ticket has an article, 1 when some have none, 2 when nothing can be read.
    """
    console, errors = _consoles()
    now = clock.now()
    try:
        compiled, spec = _knowing(folder, clock, errors)
        with stored(clock, is_made=False) as reader:
            tickets = reader.tickets.solved_since(since_of(since, now), MOST_LOOKED_AT)
    except Unusable as unusable:
        unusable.show(errors)
        return 2
    gaps = gaps_of((each for each in tickets if each.origin is not Origin.ALERT), compiled, spec)
    if as_json:
        print(json.dumps({"missing": [_row(each) for each in gaps]}, ensure_ascii=False))  # noqa: T201
    else:
        _print(gaps, len(tickets), console)
    return 1 if gaps else 0


def gaps_of(
    tickets: Iterable[Ticket], compiled: CompiledPolicy, spec: KnowledgeSpec
) -> tuple[Gap, ...]:
    """Tickets without an article above the floor, by their fault's fingerprint or category."""
    groups: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        words = prepare(ticket.subject, ticket.description).new_part
        found = compiled.knowledge.articles.suggest(
            ticket.subject, words, most=1, floor=spec.floor,
            language=ticket.language,
        )  # fmt: skip
        if not found:
            groups.setdefault(_what(ticket), []).append(ticket)
    gaps = [Gap(what, tuple(group)) for what, group in groups.items()]
    return tuple(sorted(gaps, key=lambda gap: (-len(gap.tickets), gap.what))[:MOST_GROUPS])


def _knowing(folder: Path, clock: Clock, errors: Console) -> tuple[CompiledPolicy, KnowledgeSpec]:
    """The policy with all the articles that can be had; raises `Unusable` if it names none."""
    compiled = load_compiled(folder, clock)
    spec = compiled.policy.knowledge
    if spec is None:
        advice = "write `knowledge: {folder: articles}` and put articles there (docs/knowledge.md)"
        raise Unusable(f"deskmate: the policy in {folder} names no knowledge; {advice}")
    articles: list[Article] = []
    if spec.folder is not None:
        shelved = read_folder(Path(spec.folder))
        articles += shelved.articles
        for problem in shelved.problems:
            errors.print(f"warning: {problem}", markup=False)
    if spec.uses_help_centre:
        try:
            with stored(clock, is_made=False) as reader:
                articles += reader.articles.all()
        except Unusable as unusable:
            told = "warning: without the help centre, whose articles are in the daemon's store: "
            errors.print(told + unusable.lines[0], markup=False)
    library = Library(articles, language=compiled.policy.language)
    return replace(compiled, knowledge=Knowledge(library, compiled.knowledge.solved)), spec


def _what(ticket: Ticket) -> str:
    prints = [
        f"{name.removeprefix(FINGERPRINT)} {value}"
        for name, value in sorted(ticket.fields.items())
        if name.startswith(FINGERPRINT) and value
    ]
    return ", ".join(prints) or ticket.category or "no category"


def _print(gaps: tuple[Gap, ...], count: int, console: Console) -> None:
    if not gaps:
        console.print(f"every one of {count} solved tickets has an article", markup=False)
    for gap in gaps:
        console.print(f"{len(gap.tickets):>5}  {gap.what}", markup=False)
        for ticket in gap.tickets[:EXAMPLES]:
            console.print(f"       #{ticket.number} {ticket.subject[:70]}", markup=False)


def _row(gap: Gap) -> dict[str, object]:
    return {"what": gap.what, "count": len(gap.tickets),
            "examples": [each.number for each in gap.tickets[:EXAMPLES]]}  # fmt: skip


def _shown(found: Suggestion) -> dict[str, object]:
    article = found.article
    return {"article": article.article_id, "title": article.title, "url": article.url,
            "score": found.score}  # fmt: skip


def _consoles() -> tuple[Console, Console]:
    return (
        Console(highlight=False, soft_wrap=True),
        Console(stderr=True, highlight=False, soft_wrap=True),
    )
