# SPDX-License-Identifier: GPL-3.0-or-later
"""What Slack would refuse in the blocks of a message, with the limits its reference states.

Among them the four that its client library does not look at: long fields, more than 50 blocks,
an action id used twice in a block, an unknown kind of block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

GREATEST_BLOCKS = 50
GREATEST_HOME = 100
"""Blocks of a Home; a message has fewer."""
GREATEST_TOGETHER = 13_200
"""Characters over all blocks; undocumented, measured by others (bolt-js#2509)."""

Json = Mapping[str, object]


def block_problems(blocks: object, *, most: int = GREATEST_BLOCKS) -> list[str]:
    """Every reason to refuse, empty when there is none; `blocks` is JSON as it came."""
    if not isinstance(blocks, list):
        return ["blocks are no list"]
    problems = list(_each(blocks))
    if len(blocks) > most:
        problems.append(f"{len(blocks)} blocks, at most {most}")
    ids = [each["block_id"] for each in blocks if isinstance(each, dict) and "block_id" in each]
    if len(ids) != len(set(ids)):
        problems.append("a block_id is used twice")
    return problems


def characters(blocks: object) -> int:
    """How many characters all texts of the blocks have together."""
    match blocks:
        case str():
            return 0
        case list():
            return sum(map(characters, blocks))
        case dict():
            text = blocks.get("text")
            own = len(text) if isinstance(text, str) else 0
            return own + sum(characters(value) for value in blocks.values())
        case _:
            return 0


def _each(blocks: list[object]) -> Iterator[str]:
    for place, block in enumerate(blocks):
        if not isinstance(block, dict):
            yield f"block {place} is no object"
            continue
        kind = str(block.get("type"))
        check = _KINDS.get(kind)
        found = [f"unknown type {kind!r}"] if check is None else list(check(block))
        found += _length(block, "block_id", 255)
        yield from (f"block {place} ({kind}): {problem}" for problem in found)


def _header(block: Json) -> Iterator[str]:
    yield from _text(block.get("text"), 150, kinds=("plain_text",))


def _section(block: Json) -> Iterator[str]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield "neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], 3_000)
    if fields is not None:
        yield from _count(fields, 10, "fields")
        for each in fields if isinstance(fields, list) else ():
            yield from _text(each, 2_000)


def _actions(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count(elements, 25, "elements")
    if not isinstance(elements, list):
        return
    ids = [each.get("action_id") for each in elements if isinstance(each, dict)]
    if len(ids) != len(set(ids)):
        yield "an action_id is used twice"
    for each in elements:
        yield from _button(each) if isinstance(each, dict) else ["an element is no object"]


def _button(element: Json) -> Iterator[str]:
    if element.get("type") != "button":
        yield f"element of type {element.get('type')!r} is not known here"
    yield from _text(element.get("text"), 75, kinds=("plain_text",))
    yield from _length(element, "action_id", 255)
    yield from _length(element, "value", 2_000)
    yield from _length(element, "url", 3_000)
    if element.get("style") not in (None, "primary", "danger"):
        yield f"style {element.get('style')!r}"


def _context(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count(elements, 10, "elements")
    for each in elements if isinstance(elements, list) else ():
        yield from _text(each, 3_000)


def _divider(block: Json) -> Iterator[str]:
    yield from ()


_KINDS: Mapping[str, Callable[[Json], Iterator[str]]] = {
    "header": _header,
    "section": _section,
    "actions": _actions,
    "context": _context,
    "divider": _divider,
}


def _text(
    value: object, limit: int, *, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "a text is no object"
        return
    kind, text = value.get("type"), value.get("text")
    if kind not in kinds:
        yield f"a text of type {kind!r}"
    known = {"type", "text", "emoji"} if kind == "plain_text" else {"type", "text", "verbatim"}
    if strange := value.keys() - known:
        yield f"a text with {', '.join(sorted(strange))}"
    if not isinstance(text, str) or not text:
        yield "an empty text"
    elif len(text) > limit:
        yield f"a text of {len(text)} characters, at most {limit}"


def _length(block: Json, name: str, limit: int) -> list[str]:
    value = block.get(name)
    if value is None or (isinstance(value, str) and 0 < len(value) <= limit):
        return []
    return [f"{name} must have 1 to {limit} characters"]


def _count(values: object, limit: int, name: str) -> Iterator[str]:
    if not isinstance(values, list) or not 1 <= len(values) <= limit:
        yield f"{name} must be a list of 1 to {limit}"
