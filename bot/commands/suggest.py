# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate suggest`: which articles the policy would offer for a text."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from bot.commands.stored import Unusable
from bot.config.load import Loaded, load_policy
from bot.rules.engine import compile_policy
from bot.rules.knowledge import LONGEST_QUESTION, Suggestion
from bot.rules.policy import KnowledgeSpec
from bot.sources.articles import read_folder, with_folder


def suggest(
    text: str, folder: Path, *, year: int, language: str | None, most: int, as_json: bool
) -> int:
    """Print the articles above the floor, the surest first.

    0 when there is one, 1 when there is none, 2 when the policy cannot be used.
    """
    console = Console(highlight=False, soft_wrap=True)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    loaded = load_policy(folder, this_year=year)
    try:
        spec = _spec_of(loaded, folder)
    except Unusable as unusable:
        unusable.show(errors)
        return 2
    assert isinstance(loaded, Loaded), "unusable otherwise"
    if spec.folder is not None:
        for problem in read_folder(Path(spec.folder)).problems:
            errors.print(f"warning: {problem}", markup=False)
    library = with_folder(compile_policy(loaded.policy)).knowledge.articles
    found = library.suggest(text[:LONGEST_QUESTION], most=most, floor=spec.floor, language=language)
    if as_json:
        print(json.dumps({"suggest": [_shown(each) for each in found]}, ensure_ascii=False))  # noqa: T201
    elif found:
        for each in found:
            article = each.article
            where = article.url or article.article_id
            console.print(f"{each.score:.2f}  {article.title}  ({where})",
                          markup=False)  # fmt: skip
    else:
        console.print(
            f"nothing above {spec.floor} among {len(library)} articles; "
            "nothing is suggested rather than something wrong", markup=False,
        )  # fmt: skip
    return 0 if found else 1


def _spec_of(loaded: object, folder: Path) -> KnowledgeSpec:
    if isinstance(loaded, list):
        raise Unusable(*(str(problem) for problem in loaded))
    assert isinstance(loaded, Loaded), "a policy or its mistakes"
    spec = loaded.policy.knowledge
    if spec is None:
        advice = "write `knowledge: {folder: articles}` and put articles there (docs/knowledge.md)"
        raise Unusable(f"deskmate: the policy in {folder} names no knowledge; {advice}")
    return spec


def _shown(found: Suggestion) -> dict[str, object]:
    article = found.article
    return {"article": article.article_id, "title": article.title, "url": article.url,
            "score": found.score}  # fmt: skip
