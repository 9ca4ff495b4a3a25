# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `knowledge:`: where suggestions come from, and how sure they must be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry
from bot.rules.policy import KnowledgeSpec

KEYS = ("folder", "help_centre", "floor", "solved_tickets", "solved_floor", "origins")


def read_knowledge(reader: Reader, entry: Entry, folder: Path) -> KnowledgeSpec:
    """`knowledge:` of a policy that lies in `folder`."""
    entries = reader.mapping(entry.node, "knowledge", KEYS)
    uses_help_centre = "help_centre" in entries and reader.truth(
        entries["help_centre"].node, "help_centre"
    )
    if not uses_help_centre and "folder" not in entries:
        advice = "write `folder: articles`, or `help_centre: true`"
        reader.problem(entry.key_place, "knowledge: from where?", advice)
    default = KnowledgeSpec()
    return KnowledgeSpec(
        folder=_folder(reader, entries, folder),
        uses_help_centre=uses_help_centre,
        floor=_floor(reader, entries, "floor", default.floor),
        solved=reader.duration(entries["solved_tickets"].node, "solved_tickets")
        if "solved_tickets" in entries
        else None,
        solved_floor=_floor(reader, entries, "solved_floor", default.solved_floor),
        origins=_origins(reader, entries),
        place=entry.key_place,
    )


def _folder(reader: Reader, entries: Mapping[str, Entry], folder: Path) -> str | None:
    if "folder" not in entries:
        return None
    node = entries["folder"].node
    named = folder / reader.text(node, "folder")
    if not named.is_dir():
        advice = f"make {named.name}/ beside the policy, with .md, .html or .txt files in it"
        reader.problem(node.place, f"folder: {named.name} is no folder", advice)
        return None
    return str(named)


def _floor(reader: Reader, entries: Mapping[str, Entry], key: str, default: float) -> float:
    if key not in entries:
        return default
    node = entries[key].node
    text = reader.text(node, key)
    try:
        floor = float(text)
    except ValueError:
        floor = -1.0
    if not 0.0 < floor <= 1.0:
        advice = f"write a number above 0 and up to 1, such as {default}"
        reader.problem(node.place, f"{key}: {text!r}", advice)
        return default
    return floor


def _origins(reader: Reader, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    if "origins" not in entries:
        return ()
    node = entries["origins"].node
    origins = reader.texts(node, "origins")
    for each in origins:
        scheme, mark, host = each.partition("://")
        if scheme not in ("http", "https") or not mark or not host or "/" in host or "*" in host:
            advice = "write the site alone, such as https://help.acme.example"
            reader.problem(node.place, f"origins: {each!r}", advice)
    return origins
