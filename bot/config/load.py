# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a folder of YAML into one frozen Policy, or into every mistake of all its files at once.

Any file of the folder may hold any key; subfolders (tests) are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config.build import PolicyBuilder
from bot.config.checks import check_policy
from bot.config.problems import Problem, in_order
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node, read_yaml
from bot.rules.policy import Place, Policy

KEYS = (
    "desk", "language", "zone", "hours", "facts", "categories", "priorities", "labels", "promises",
    "words", "people", "groups", "helpdesk", "helpdesk_down", "rules", "poll_every", "trust",
    "fingerprints", "templates", "paths", "runbooks", "rosters", "ladders", "digests", "reminders",
    "knowledge", "storms", "silences", "maintenance", "rights", "audience", "texts", "keep",
    "incidents",
)  # fmt: skip
MERGED = frozenset(
    {
        "hours", "facts", "words", "people", "groups", "rules", "labels", "promises",
        "fingerprints", "templates", "paths", "runbooks", "rosters", "ladders",
        "digests", "reminders", "silences", "maintenance", "texts",
    }
)  # fmt: skip
"""Keys that several files may hold parts of."""
BESIDE = frozenset({"statements.yaml", "statements.yml"})
"""Files of a desk's folder that are no part of its policy."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy that can be used, and what is allowed in it but probably not meant."""

    policy: Policy
    warnings: tuple[Problem, ...] = ()


def load_policy(folder: Path, *, this_year: int) -> Loaded | list[Problem]:
    """Read every YAML file of `folder`; holidays are listed around `this_year`."""
    found_files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    files = [file for file in found_files if file.name not in BESIDE]
    if not files:
        place = Place(str(folder), 1, 1)
        advice = "name a folder that holds rules.yaml, or begin with `deskmate init`"
        return [Problem(place, "no policy here", advice)]
    reader = Reader()
    digest = hashlib.sha256()
    entries: dict[str, Entry] = {}
    for file in files:
        text = _text_of(file, reader)
        digest.update(f"{file.name}\n{text}\n".encode("utf-8", "replace"))
        node, problems = read_yaml(text, str(file))
        reader.problems += problems
        _merge(reader, entries, node)
    for file in sorted([*folder.glob("*.ics"), *folder.glob("*.csv")]):
        digest.update(_digest_of(file))
    policy = PolicyBuilder(reader, entries, this_year, folder).policy(digest.hexdigest()[:16])
    reader.problems += check_policy(policy)
    found = in_order(reader.problems)
    mistakes = [problem for problem in found if not problem.is_warning]
    return mistakes or Loaded(policy, tuple(found))


def _text_of(file: Path, reader: Reader) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reader.problem(Place(str(file), 1, 1), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        reader.problem(
            Place(str(file), 1, 1), f"is no UTF-8 text (byte {error.start})", "save it so"
        )
    return ""


def _digest_of(file: Path) -> bytes:
    """A feed or a table of facts is a part of the policy too; an unreadable one is told as such."""
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").digest()
    except OSError:
        return b""


def _merge(reader: Reader, entries: dict[str, Entry], node: Node) -> None:
    """Put a file's keys beside the others'; parts of a mapping may come from several files."""
    for name, entry in reader.mapping(node, "the policy", KEYS).items():
        known = entries.get(name)
        if known is None:
            entries[name] = entry
        elif name in MERGED and _are_mappings(known.node, entry.node):
            merged = dict(reader.mapping(known.node, name))
            for key, inner in reader.mapping(entry.node, name).items():
                if key in merged:
                    first = merged[key].key_place
                    reader.problem(inner.key_place, f"{name}: {key!r} stands in {first} already")
                merged.setdefault(key, inner)
            entries[name] = Entry(known.key_place, Node(known.node.place, merged))
        else:
            reader.problem(entry.key_place, f"{name!r} stands in {known.key_place} already")


def _are_mappings(first: Node, second: Node) -> bool:
    return isinstance(first.value, Mapping) and isinstance(second.value, Mapping)
