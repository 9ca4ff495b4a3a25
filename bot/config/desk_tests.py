# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the tests of a desk's policy (DESK/tests/*.yaml) into frozen values, mistakes with a place.

A test names the promise it keeps. It gives one event (`given`, once per body with `each`) or
several on simulated time (`timeline`), and says what is expected (docs/testing.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.config.desk_tests_expect import Expected, read_expectations
from bot.config.desk_tests_given import is_instant, read_given
from bot.config.desk_tests_timeline import Happening, read_timeline
from bot.config.problems import Problem, in_order
from bot.config.reader import Reader
from bot.config.statements import TESTS, read_file, yaml_files
from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import Place, Policy

KEYS = ("because", "given", "each", "timeline", "expect")


@dataclass(frozen=True, slots=True)
class DeskTest:
    """One test: its name is the promise; it has either `givens` or a `timeline`.

    `givens` are lines of `deskmate decide`, all of which must give the same. `expect` holds at
    least one expectation.
    """

    name: str
    place: Place
    because: tuple[str, ...] = ()
    givens: tuple[Mapping[str, Any], ...] = ()
    timeline: tuple[Happening, ...] = ()
    expect: Mapping[str, Expected] = field(default_factory=dict)

    @property
    def is_simple(self) -> bool:
        """Whether it looks at single decisions, not at a course of events."""
        return not self.timeline


def read_tests(folder: Path, policy: Policy) -> tuple[tuple[DeskTest, ...], list[Problem]]:
    """Every test of the desk in `folder`, and every mistake of their files.

    What a test expects of rules, calendars or people that `policy` does not have is a mistake.
    """
    reader = Reader()
    found: dict[str, DeskTest] = {}
    for file in yaml_files(folder / TESTS):
        node = read_file(file, reader)
        for test in _tests(reader, node, policy):
            if test.name in found:
                first = found[test.name].place
                reader.problem(test.place, f"{test.name!r} stands in {first} already")
            found.setdefault(test.name, test)
    if not found and not reader.problems:
        place = Place(str(folder / TESTS), 1, 1)
        reader.problem(place, "no tests here", "write tests/*.yaml beside rules.yaml")
    return tuple(found.values()), in_order(reader.problems)


def _tests(reader: Reader, node: Node, policy: Policy) -> list[DeskTest]:
    entries = reader.mapping(node, "the tests", ("tests",))
    if "tests" not in entries:
        reader.problem(node.place, "no tests here", "write `tests: ...`")
        return []
    read = reader.named(
        entries["tests"].node, "tests", lambda name, entry: _test(reader, name, entry, policy)
    )
    return list(read.values())


def _test(reader: Reader, name: str, entry: Entry, policy: Policy) -> DeskTest | None:
    entries = reader.mapping(entry.node, name, KEYS)
    if ("given" in entries or "each" in entries) == ("timeline" in entries):
        what = f"{name}: expected either `given` or `timeline`"
        reader.problem(entry.key_place, what, "write one of them")
        return None
    timeline: tuple[Happening, ...] = ()
    if "timeline" in entries:
        timeline = read_timeline(reader, entries["timeline"].node, policy)
    if "expect" not in entries:
        reader.problem(entry.key_place, f"{name}: expects nothing", "write `expect: {...}`")
        return None
    expect = read_expectations(reader, entries["expect"], policy, is_timeline="timeline" in entries)
    because = reader.statements(entries["because"].node) if "because" in entries else ()
    givens = _givens(reader, entries, entry.key_place) if "timeline" not in entries else ()
    return DeskTest(name, entry.key_place, because, givens, timeline, expect)


def _givens(
    reader: Reader, entries: Mapping[str, Entry], place: Place
) -> tuple[Mapping[str, Any], ...]:
    """The lines to decide: one, or one per text of `each`."""
    given = read_given(reader, entries["given"].node) if "given" in entries else {}
    found = _each(reader, given, entries["each"].node) if "each" in entries else (given,)
    if not all(is_instant(one.get("at", one.get("created_at"))) for one in found):
        where = entries["given"].node.place if "given" in entries else place
        advice = "write an instant such as 2026-03-10T13:20:00+01:00"
        reader.problem(where, "given: at is missing", advice)
    return found


def _each(reader: Reader, given: Mapping[str, Any], node: Node) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(node.value, tuple) or not node.value:
        reader.problem(node.place, f"each: expected a list of texts, got {node.kind}")
        return ()
    return tuple(_with(reader, given, one) for one in node.value)


def _with(reader: Reader, given: Mapping[str, Any], node: Node) -> dict[str, Any]:
    if isinstance(node.value, Mapping):
        return {**given, **read_given(reader, node)}
    return {**given, "body": reader.text(node, "each")}
