# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `facts:`: a field of the helpdesk or a file beside the policy, how old it may be, and what
holds while it is unknown."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import FactSource

KEYS = ("from", "file", "if_unknown", "greatest_age")
MOST_LINES = 100_000
GREATEST_FILE = 8 * 1024 * 1024


def read_fact(reader: Reader, folder: Path, name: str, entry: Entry) -> FactSource:
    """One entry of `facts:`: a field, or `from` or `file`, `if_unknown` and `greatest_age`."""
    if not isinstance(entry.node.value, dict):
        return FactSource(name, reader.text(entry.node, name), place=entry.key_place)
    entries = reader.mapping(entry.node, f"facts {name}", KEYS)
    if ("from" in entries) == ("file" in entries):
        advice = "write `from: organization.plan`, or `file: plans.csv`"
        reader.problem(entry.key_place, f"facts {name}: one source is needed", advice)
    age: timedelta | None = None
    if "greatest_age" in entries:
        age = reader.duration(entries["greatest_age"].node, "greatest_age")
    values, as_of = None, None
    if "file" in entries:
        node = entries["file"].node
        path = folder / reader.text(node, "file")
        values, as_of = _values(reader, node, path, name), _written_at(path)
    return FactSource(
        name=name,
        source=reader.text(entries["from"].node, "from") if "from" in entries else "",
        if_unknown=reader.text(entries["if_unknown"].node, "if_unknown")
        if "if_unknown" in entries
        else None,
        greatest_age=age,
        values=values,
        as_of=as_of,
        place=entry.key_place,
    )


def _values(reader: Reader, node: Node, path: Path, name: str) -> dict[str, str]:
    """The fact of each customer: columns `organisation` and the fact's own name."""
    try:
        if path.stat().st_size > GREATEST_FILE:
            reader.problem(node.place, f"{path.name} is over 8 MiB", "split it")
            return {}
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows = csv.DictReader(source)
            columns = rows.fieldnames or ()
            if "organisation" not in columns or name not in columns:
                what = f"{path.name} has no columns `organisation` and `{name}`"
                reader.problem(node.place, what, "name them in its first line")
                return {}
            pairs = zip(range(MOST_LINES), rows, strict=False)
            return {(row["organisation"] or "").casefold(): row[name] or "" for _, row in pairs}
    except OSError as error:
        reader.problem(node.place, f"{path.name} cannot be read: {error.strerror}")
    except (UnicodeDecodeError, csv.Error):
        reader.problem(node.place, f"{path.name} is no CSV in UTF-8", "save it so")
    return {}


def _written_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
