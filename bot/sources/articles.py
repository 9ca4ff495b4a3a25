# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads articles from a folder of Markdown, HTML and text files.

A file may begin with lines `title:`, `language:`, `url:` and `public:` between two `---`; without
them the first heading is the title, and a name such as `export.sv.md` tells the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.rules.engine import CompiledPolicy
from bot.rules.knowledge import Article, Knowledge, Library
from bot.rules.knowledge_words import LANGUAGES
from bot.rules.text import html_to_text

KINDS = (".md", ".markdown", ".txt", ".html", ".htm")
MOST_FILES = 5_000
GREATEST_FILE = 1024 * 1024
_FRONT = re.compile(r"\A\ufeff?---\s*\n(.{0,4000}?)\n---\s*\n", re.DOTALL)
_HEADING = re.compile(r"^#{1,3}\s+(.+?)\s*#*$", re.MULTILINE)
_HTML_TITLE = re.compile(r"<(title|h1)\b[^>]{0,200}>([^<]{1,300})<", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_MARKS = re.compile(r"^(?:#{1,6}\s+|>\s?|[-*+]\s+|```.*$)|[*_`]{1,3}", re.MULTILINE)
_NO = frozenset({"false", "no", "internal"})


@dataclass(frozen=True, slots=True)
class Shelved:
    """The articles of a folder, and what could not be read, a sentence each."""

    articles: tuple[Article, ...]
    problems: tuple[str, ...] = ()


def read_folder(folder: Path) -> Shelved:
    """Every article below `folder`; a file that cannot be read is told and left out."""
    articles, problems = [], []
    for file in _files(folder):
        try:
            if file.stat().st_size > GREATEST_FILE:
                problems.append(f"{file}: larger than 1 MiB, left out")
                continue
            text = file.read_text(encoding="utf-8-sig")
        except OSError as error:
            problems.append(f"{file}: cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            problems.append(f"{file}: is no UTF-8 text (byte {error.start}), left out")
        else:
            articles.append(article_of(file.relative_to(folder), text))
    return Shelved(tuple(articles), tuple(problems))


def article_of(path: Path, text: str) -> Article:
    """One file as an article; its id is its path without the ending."""
    said, text = _front(text)
    is_html = path.suffix.lower() in (".html", ".htm")
    language = said.get("language") or _language_of(path)
    return Article(
        article_id=path.with_suffix("").as_posix(),
        title=said.get("title") or _title(path, text, is_html=is_html),
        body=html_to_text(text) if is_html else _plain(text),
        language=language,
        url=said.get("url"),
        is_public=said.get("public", "").lower() not in _NO,
    )


def with_folder(compiled: CompiledPolicy) -> CompiledPolicy:
    """A policy ready to suggest from the folder it names; without one it stays as it is."""
    spec = compiled.policy.knowledge
    if spec is None or spec.folder is None:
        return compiled
    articles = read_folder(Path(spec.folder)).articles
    library = Library(articles, language=compiled.policy.language)
    return replace(compiled, knowledge=Knowledge(library, compiled.knowledge.solved))


def _files(folder: Path) -> Iterator[Path]:
    found = sorted(each for each in folder.rglob("*") if each.suffix.lower() in KINDS)
    inside = folder.resolve()
    for file in found[:MOST_FILES]:
        # A link that leads out of the folder might show what nobody meant to publish.
        if file.is_file() and file.resolve().is_relative_to(inside):
            yield file


def _front(text: str) -> tuple[dict[str, str], str]:
    found = _FRONT.match(text)
    if found is None:
        return {}, text
    lines = (line.partition(":") for line in found[1].splitlines())
    said = {name.strip().lower(): value.strip().strip("\"'") for name, _, value in lines}
    return {name: value for name, value in said.items() if value}, text[found.end() :]


def _title(path: Path, text: str, *, is_html: bool) -> str:
    if is_html:
        found = _HTML_TITLE.search(text)
        if found is not None:
            return html_to_text(found[2])
    else:
        heading = _HEADING.search(text)
        if heading is not None:
            return _plain(heading[1])
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        if 0 < len(first) <= 120:
            return _plain(first)
    return path.name.partition(".")[0].replace("-", " ").replace("_", " ")


def _language_of(path: Path) -> str | None:
    named = path.name.split(".")[1:-1] + list(path.parts[:-1])
    return next((each for each in named if each in LANGUAGES), None)


def _plain(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", text)).strip()
