# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the statements of a desk's written policy, and finds who cites them by `because`.

`statements.yaml` is no part of the policy. A citation is any `because` in the files of the policy
or of its tests, whatever it stands in: what is added to the language later is found too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.config.problems import Problem, did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node, read_yaml
from bot.rules.policy import Place

FILES = ("statements.yaml", "statements.yml")
TESTS = "tests"


class Reason(StrEnum):
    """Why nothing of the policy needs to cite a statement."""

    ELSEWHERE = "elsewhere"
    OPERATOR = "operator"
    NOT_AUTOMATED = "not_automated"


@dataclass(frozen=True, slots=True)
class Statement:
    """One numbered sentence of the desk's policy; `why` explains the `reason`, if it has one."""

    statement_id: str
    says: str
    place: Place
    reason: Reason | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A `because`: which statement, in which part of the policy (`rules`, `tests`, ...), whose."""

    statement_id: str
    kind: str
    name: str
    place: Place


def read_statements(folder: Path) -> tuple[dict[str, Statement], list[Problem]]:
    """The statements of a desk's folder by their ids, and every mistake of their file."""
    reader = Reader()
    for name in FILES:
        if (folder / name).is_file():
            node = read_file(folder / name, reader)
            entries = reader.mapping(node, "the statements", ("statements",))
            if "statements" not in entries:
                reader.problem(node.place, "no statements here", "write `statements: ...`")
                return {}, reader.problems
            found = reader.named(
                entries["statements"].node, "statements", lambda k, e: _statement(reader, k, e)
            )
            return found, reader.problems
    place = Place(str(folder / FILES[0]), 1, 1)
    reader.problem(place, "no statements here", "write statements.yaml beside rules.yaml")
    return {}, reader.problems


def read_file(file: Path, reader: Reader) -> Node:
    """The nodes of one file; what is wrong with it goes to `reader`."""
    try:
        node, problems = read_yaml(file.read_text(encoding="utf-8-sig"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reader.problem(Place(str(file), 1, 1), f"cannot be read: {error}")
        return Node(Place(str(file), 1, 1), {})
    reader.problems += problems
    return node


def read_citations(folder: Path) -> tuple[tuple[Citation, ...], list[Problem]]:
    """Every `because` of the folder's policy and tests, and what is wrong with those files."""
    reader = Reader()
    files = [file for file in yaml_files(folder) if file.name not in FILES]
    found = [each for file in files for each in _cited(read_file(file, reader), reader)]
    for file in yaml_files(folder / TESTS):
        tests = _cited(read_file(file, reader), reader)
        found += [Citation(each.statement_id, TESTS, each.name, each.place) for each in tests]
    return tuple(found), reader.problems


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, in the order of their names."""
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def unknown_citations(
    statements: Mapping[str, Statement], citations: tuple[Citation, ...]
) -> Iterator[Problem]:
    """One mistake per id that is cited and that the statements do not hold."""
    for each in citations:
        if each.statement_id not in statements:
            advice = did_you_mean(each.statement_id, statements)
            yield Problem(each.place, f"because: no statement {each.statement_id!r}", advice)


def values_behind(node: Node, key: str) -> Iterator[tuple[Place, Node]]:
    """Every value behind `key`, at any depth, and the place of that key."""
    match node.value:
        case tuple():
            for each in node.value:
                yield from values_behind(each, key)
        case Mapping():
            for name, entry in node.value.items():
                if name == key:
                    yield entry.key_place, entry.node
                else:
                    yield from values_behind(entry.node, key)


def _statement(reader: Reader, name: str, entry: Entry) -> Statement | None:
    what = f"statements {name}"
    entries = reader.mapping(entry.node, what, ("says", *Reason))
    if "says" not in entries:
        reader.problem(entry.key_place, f"{what}: says nothing", 'write `says: "..."`')
        return None
    reasons = [reason for reason in Reason if reason in entries]
    if len(reasons) > 1:
        reader.problem(entry.key_place, f"{what}: {' and '.join(reasons)}", "keep one of them")
    reason = reasons[0] if reasons else None
    why = reader.text(entries[reason].node, reason).strip() if reason else ""
    if reason is not None and not why:
        reader.problem(entries[reason].key_place, f"{what}: {reason} says nothing", "say why")
    says = reader.text(entries["says"].node, "says")
    return Statement(name, " ".join(says.split()), entry.key_place, reason, " ".join(why.split()))


def _cited(document: Node, reader: Reader) -> Iterator[Citation]:
    if not isinstance(document.value, Mapping):
        return
    for kind, entry in document.value.items():
        inner = entry.node.value
        if not isinstance(inner, Mapping):
            continue
        for name, thing in inner.items():
            own = thing.node if name != "because" else Node(thing.key_place, {name: thing})
            owner = name if name != "because" else kind
            for place, node in values_behind(own, "because"):
                for statement_id in reader.statements(node):
                    yield Citation(statement_id, kind, owner, place)
