# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `audience:`, the one place that says what customers may see and what stays in the house."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.audience import Audience, Side

AUDIENCE_KEYS = ("public", "internal", "forbidden_words")
SIDE_KEYS = ("fields", "tags", "templates")


def read_audience(reader: Reader, node: Node) -> Audience:
    """`audience:`; templates that it does not name are public, fields and tags are neither."""
    entries = reader.mapping(node, "audience", AUDIENCE_KEYS)
    return Audience(
        public=_side(reader, entries, "public"),
        internal=_side(reader, entries, "internal"),
        forbidden_words=_forbidden(reader, entries),
    )


def _side(reader: Reader, entries: Mapping[str, Entry], key: str) -> Side:
    if key not in entries:
        return Side()
    inner = reader.mapping(entries[key].node, key, SIDE_KEYS)
    return Side(
        **{name: reader.texts(inner[name].node, name) for name in SIDE_KEYS if name in inner}
    )


def _forbidden(reader: Reader, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    if "forbidden_words" not in entries:
        return ()
    node = entries["forbidden_words"].node
    words = reader.texts(node, "forbidden_words")
    if not all(word.strip(" *") for word in words):
        reader.problem(node.place, "forbidden_words: an empty word stands in every text")
    return tuple(word for word in words if word.strip(" *"))
