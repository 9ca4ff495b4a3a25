# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as editors see it: plain values, read by the reader of policies."""

from __future__ import annotations

from typing import Any

from bot.config.yaml_nodes import Node, read_yaml


def document(text: str) -> Any:
    """The plain values of a text without a mistake."""
    node, problems = read_yaml(text, "example")
    assert problems == []
    return _plain(node)


def _plain(node: Node) -> Any:
    if isinstance(node.value, tuple):
        return [_plain(each) for each in node.value]
    if isinstance(node.value, dict):
        return {name: _plain(entry.node) for name, entry in node.value.items()}
    return node.value
