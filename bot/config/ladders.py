# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `ladders:`, who is told next until somebody has it, and `digests:`, what is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.escalation_values import ALL_WAYS, LadderSpec, Level, NobodyThere, TakenBy
from bot.rules.policy import Digest

LADDER_KEYS = ("levels", "repage", "taken_for", "taken_by", "nobody_there", "because")
LEVEL_KEYS = ("after", "tell", "hours")
REPAGE_KEYS = ("every", "most", "then")
DIGEST_KEYS = ("at_opening_of", "at_closing_of", "before", "tell", "due_within", "because")
NOBODY_THERE = {each.value: each for each in NobodyThere}
NO_DELAY = ("0", "0s", "0m", "0h", "at once")


def read_ladder(reader: Reader, name: str, entry: Entry) -> LadderSpec:
    """One ladder; its levels stand in the order of their delays."""
    what = f"ladders {name}"
    entries = reader.mapping(entry.node, what, LADDER_KEYS)
    levels = _levels(reader, entry, entries, what)
    every, most, then_next = _repage(reader, entries)
    return LadderSpec(
        name=name,
        levels=levels,
        repage_every=every,
        repage_most=most,
        then_next=then_next,
        taken_for=reader.duration(entries["taken_for"].node, "taken_for")
        if "taken_for" in entries
        else None,
        taken_by=_taken_by(reader, entries),
        nobody_there=(
            reader.one_of(entries["nobody_there"].node, "nobody_there", NOBODY_THERE)
            if "nobody_there" in entries
            else None
        )
        or NobodyThere.TELL,
        because=reader.statements(entries["because"].node) if "because" in entries else (),
    )


def read_digest(reader: Reader, name: str, entry: Entry) -> Digest:
    """One digest: at the opening or before the closing of a calendar, what is open and due."""
    what = f"digests {name}"
    entries = reader.mapping(entry.node, what, DIGEST_KEYS)
    edges = [key for key in ("at_opening_of", "at_closing_of") if key in entries]
    if len(edges) != 1:
        advice = "write `at_closing_of: CALENDAR` or `at_opening_of: CALENDAR`"
        reader.problem(entry.key_place, f"{what}: when?", advice)
    if "tell" not in entries:
        reader.problem(entry.key_place, f"{what}: tell is missing", "name who reads it")

    def length(key: str, usual: timedelta) -> timedelta:
        return reader.duration(entries[key].node, key) if key in entries else usual

    return Digest(
        name=name,
        hours=reader.text(entries[edges[0]].node, edges[0]) if edges else "",
        is_at_closing=edges[:1] == ["at_closing_of"],
        before=length("before", timedelta()),
        tell=reader.texts(entries["tell"].node, "tell") if "tell" in entries else (),
        due_within=length("due_within", timedelta(hours=2)),
        because=reader.statements(entries["because"].node) if "because" in entries else (),
        place=entry.key_place,
    )


def _levels(
    reader: Reader, entry: Entry, entries: Mapping[str, Entry], what: str
) -> tuple[Level, ...]:
    node = entries["levels"].node if "levels" in entries else None
    if node is None or not isinstance(node.value, tuple) or not node.value:
        advice = "write `levels: [{after: 0m, tell: team}, {after: 15m, tell: lead}]`"
        reader.problem(node.place if node else entry.key_place, f"{what}: no levels", advice)
        return ()
    levels = tuple(_level(reader, each) for each in node.value)
    for before, behind, place in zip(levels, levels[1:], node.value[1:], strict=False):
        if behind.after < before.after:
            reader.problem(place.place, f"{what}: a level comes before the one above it")
    return levels


def _level(reader: Reader, node: Node) -> Level:
    entries = reader.mapping(node, "a level", LEVEL_KEYS)
    if "tell" not in entries:
        reader.problem(node.place, "a level: tell is missing", "name who is told")
    after = timedelta()
    if "after" in entries and reader.text(entries["after"].node, "after") not in NO_DELAY:
        after = reader.duration(entries["after"].node, "after")
    return Level(
        after=after,
        tell=reader.texts(entries["tell"].node, "tell") if "tell" in entries else (),
        hours=reader.text(entries["hours"].node, "hours") if "hours" in entries else None,
    )


def _repage(reader: Reader, entries: Mapping[str, Entry]) -> tuple[timedelta | None, int, bool]:
    if "repage" not in entries:
        return None, 0, False
    inner = reader.mapping(entries["repage"].node, "repage", REPAGE_KEYS)
    if "every" not in inner:
        reader.problem(entries["repage"].node.place, "repage: how often?", "write `every: 10m`")
        return None, 0, False
    then_next = False
    if "then" in inner:
        choice = reader.one_of(inner["then"].node, "then", {"next_level": True, "stop": False})
        then_next = bool(choice)
    most = reader.number(inner["most"].node, "most", least=1) if "most" in inner else 6
    return reader.duration(inner["every"].node, "every"), most, then_next


def _taken_by(reader: Reader, entries: Mapping[str, Entry]) -> frozenset[TakenBy]:
    if "taken_by" not in entries:
        return ALL_WAYS
    choices = {each.value: each for each in TakenBy}
    found = set()
    for text in reader.texts(entries["taken_by"].node, "taken_by"):
        if text in choices:
            found.add(choices[text])
        else:
            advice = did_you_mean(text, choices)
            reader.problem(entries["taken_by"].node.place, f"taken_by: {text!r}", advice)
    return frozenset(found)
