# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the smaller parts of a policy: fingerprints, templates, management paths."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.people import LANGUAGES
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry
from bot.rules.policy import Fingerprint, Path


def read_fingerprint(reader: Reader, name: str, entry: Entry) -> Fingerprint:
    """One entry of `fingerprints:`: a pattern, whose group 1 makes two tickets the same fault."""
    node = entry.node
    if not isinstance(node.value, Mapping):
        return Fingerprint(name, reader.text(node, f"fingerprints {name}"), entry.key_place)
    entries = reader.mapping(node, f"fingerprints {name}", ("pattern", "because"))
    if "pattern" not in entries:
        reader.problem(entry.key_place, f"fingerprints {name}: no pattern", "write `pattern: ...`")
        return Fingerprint(name, "", entry.key_place)
    pattern = reader.text(entries["pattern"].node, "pattern")
    return Fingerprint(name, pattern, entry.key_place)


def read_template(reader: Reader, name: str, entry: Entry) -> dict[str, str]:
    """One entry of `templates:`: the words for customers, in one language or several."""
    if not isinstance(entry.node.value, Mapping):
        return {"": reader.text(entry.node, f"templates {name}")}
    found = {}
    for language, inner in reader.mapping(entry.node, f"templates {name}").items():
        if language == "because":
            continue
        if language not in LANGUAGES:
            advice = did_you_mean(language, LANGUAGES)
            reader.problem(inner.key_place, f"templates {name}: no language {language!r}", advice)
        found[language] = reader.text(inner.node, f"templates {name} {language}")
    return found


def read_path(reader: Reader, name: str, entry: Entry) -> Path:
    """One entry of `paths:`: management's steps, and the least time between two of them."""
    what = f"paths {name}"
    entries = reader.mapping(entry.node, what, ("steps", "wait", "hours", "because"))
    steps = reader.texts(entries["steps"].node, "steps") if "steps" in entries else ()
    if not steps:
        reader.problem(entry.key_place, f"{what}: no steps", "write `steps: [lead, manager]`")
    if "wait" in entries and "hours" not in entries:
        advice = "name the calendar in which it counts, or `hours: always`"
        reader.problem(entries["wait"].key_place, f"{what}: wait in whose hours?", advice)
    return Path(
        name=name,
        steps=steps,
        wait=reader.duration(entries["wait"].node, "wait") if "wait" in entries else None,
        hours=reader.text(entries["hours"].node, "hours") if "hours" in entries else None,
        because=reader.statements(entries["because"].node) if "because" in entries else (),
        place=entry.key_place,
    )
