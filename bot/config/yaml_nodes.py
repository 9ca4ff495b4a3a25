# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads YAML into nodes that know where they stand, without the surprises of YAML 1.1.

`on`, `NO`, `17:00`, `010` and dates are texts, as they were written; only `true`, `false`, plain
whole numbers and nothing at all are more. Equal keys, tabs and aliases are mistakes with a place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from bot.config.problems import Problem
from bot.rules.policy import Place

GREATEST_FILE = 1024 * 1024
GREATEST_DEPTH = 40
_TRUTHS = {"true": True, "false": False}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place; a mapping keeps the place of each key too."""

    place: Place
    value: str | int | bool | tuple[Node, ...] | Mapping[str, Entry] | None

    @property
    def kind(self) -> str:
        """What a person would call it."""
        match self.value:
            case None:
                return "nothing"
            case bool():
                return f"{str(self.value).lower()}"
            case int():
                return f"the number {self.value}"
            case str():
                return f"{self.value[:60]!r}"
            case tuple():
                return "a list"
            case _:
                return "a mapping"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a mapping: where its key stands, and its value."""

    key_place: Place
    node: Node


def read_yaml(text: str, file: str) -> tuple[Node, list[Problem]]:
    """The document as nodes and every mistake of its form; no entries if it is unreadable."""
    nothing = Node(Place(file, 1, 1), {})
    if len(text.encode("utf-8", "replace")) > GREATEST_FILE:
        return nothing, [Problem(nothing.place, "the file is over 1 MiB", "split it")]
    too_deep = _too_deep(text, file)
    if too_deep is not None:
        return nothing, [too_deep]
    try:
        documents = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        return nothing, [_syntax_problem(error, file, text)]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        what = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        return nothing, [Problem(nothing.place, f"this is no YAML: {what}", "check this file")]
    if len(documents) > 1:
        place = _place(documents[1], file)
        return nothing, [Problem(place, "a second document begins here", "remove the line ---")]
    if not documents or documents[0] is None:
        return nothing, []
    walk = _Walk(file)
    node = walk.node(documents[0], 0)
    if node.value is None:
        return nothing, walk.problems
    if not isinstance(node.value, Mapping):
        return nothing, [
            Problem(node.place, f"expected keys, got {node.kind}", "write `desk: ...`")
        ]
    return node, walk.problems


def _too_deep(text: str, file: str) -> Problem | None:
    """Nesting is looked at event by event first: composing it would exhaust the C stack."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > GREATEST_DEPTH + 10:
                mark = event.start_mark
                place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
                return Problem(place, f"nested deeper than {GREATEST_DEPTH} levels", "simplify it")
    except (yaml.YAMLError, ValueError):
        return None  # Composing finds the same mistake and tells it.
    return None


class _Walk:
    """Turns PyYAML's nodes into ours and collects what is wrong with their form."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def node(self, raw: yaml.Node, depth: int) -> Node:
        place = _place(raw, self.file)
        if depth > GREATEST_DEPTH:
            self._problem(place, f"nested deeper than {GREATEST_DEPTH} levels", "simplify it")
            return Node(place, None)
        if id(raw) in self._seen and not isinstance(raw, yaml.ScalarNode):
            self._problem(place, "aliases (*name) are not used here", "write the value again")
            return Node(place, None)
        self._seen.add(id(raw))
        match raw:
            case yaml.MappingNode():
                return Node(place, self._entries(raw, depth))
            case yaml.SequenceNode():
                return Node(place, tuple(self.node(each, depth + 1) for each in raw.value))
            case _:
                return Node(place, _scalar(raw))

    def _entries(self, raw: yaml.MappingNode, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for key, value in raw.value:
            place = _place(key, self.file)
            if not isinstance(key, yaml.ScalarNode):
                self._problem(place, "a key must be a word", "put it in quotes")
                continue
            name = str(key.value)
            if name in entries:
                first = entries[name].key_place
                self._problem(
                    place, f"{name!r} stands here twice", f"the first is line {first.line}"
                )
                continue
            entries[name] = Entry(place, self.node(value, depth + 1))
        return entries

    def _problem(self, place: Place, what: str, advice: str) -> None:
        self.problems.append(Problem(place, what, advice))


def _scalar(raw: yaml.Node) -> str | int | bool | None:
    text = str(raw.value)
    if getattr(raw, "style", None) in ("'", '"', "|", ">"):
        return text
    if text in _TRUTHS:
        return _TRUTHS[text]
    if text in ("", "null", "~"):
        return None
    return int(text) if _WHOLE.fullmatch(text) else text


def _syntax_problem(error: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    place = Place(file, line, column)
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or "\\t" in str(error.problem):
        return Problem(place, "a tab indents this line", "YAML wants spaces")
    what = (error.problem or error.context or "broken YAML").replace("found ", "")
    advice = "put texts with `: `, `#`, `*`, `&`, `{` or `[` in quotes, and check the indentation"
    return Problem(place, f"this is no YAML: {what}", advice)


def _place(raw: yaml.Node, file: str) -> Place:
    mark = raw.start_mark
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
