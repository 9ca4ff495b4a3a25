# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what people see in a Block Kit message or an Adaptive Card: texts, buttons, plain words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

_MARKDOWN_MARK = re.compile(r"\\(?=[^\w\s])")


def texts_of(node: object) -> Iterator[str]:
    """Every text a reader would see in a Block Kit block or an Adaptive Card, in order."""
    match node:
        case {"type": "button"} | {"type": "Action.OpenUrl"}:
            return
        case {"title": str(title), "value": str(value)}:
            yield f"{title}: {value}"
        case Mapping():
            if isinstance(text := node.get("text"), str):
                yield text
            for name, value in node.items():
                if name != "text" or not isinstance(value, str):
                    yield from texts_of(value)
        case [*items]:
            for item in items:
                yield from texts_of(item)


def buttons_of(node: object) -> Iterator[str]:
    """What stands on its buttons."""
    match node:
        case {"type": "button", "text": {"text": str(name)}}:
            yield name
        case {"type": "Action.OpenUrl", "title": str(name)}:
            yield name
        case Mapping():
            for value in node.values():
                yield from buttons_of(value)
        case [*items]:
            for item in items:
                yield from buttons_of(item)


def plain(text: str) -> str:
    """Chat mark-up as a reader sees it: no stars, a link's name instead of its address."""
    named = re.sub(r"<([^|>]*)\|([^>]*)>", r"\2", text)
    return html.unescape(named.replace("*", "").replace("_", " ")).strip()


def unescaped(text: str) -> str:
    """Teams' Markdown as a reader sees it: without the strokes before its marks."""
    return _MARKDOWN_MARK.sub("", text)
