# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers where the parts of a policy were written, so that a warning can name the very place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import NOWHERE, Place, Policy, Rule


def places_of(entries: Mapping[str, Entry]) -> dict[str, Place]:
    """`hours`, `hours.office`, and `words.LIST.LANGUAGE.WORD` for each word of the lists."""
    return dict(_places(entries))


def place_of(policy: Policy, path: str) -> Place:
    """Where a part of the policy stands, else the whole that it belongs to."""
    return policy.places.get(path) or policy.places.get(path.split(".")[0], NOWHERE)


def word_place(
    policy: Policy, list_name: str, written: str, *, language: str | None = None
) -> Place:
    """Where a word of a list stands, in any language if none is named; else the list."""
    spec = policy.words.get(list_name)
    languages = (*(spec.words if spec else ()), "except") if language is None else (language,)
    paths = (f"words.{list_name}.{each}.{written}" for each in languages)
    found = (policy.places[path] for path in paths if path in policy.places)
    return next(found, place_of(policy, f"words.{list_name}"))


def text_place(policy: Policy, rule: Rule, text: str) -> Place:
    """Where a rule first says a text; else the rule."""
    return policy.places.get(f"rules.{rule.rule_id}={text}", rule.place)


def _places(entries: Mapping[str, Entry]) -> Iterator[tuple[str, Place]]:
    for key, entry in entries.items():
        yield key, entry.key_place
        if not isinstance(entry.node.value, Mapping):
            continue
        for name, inner in entry.node.value.items():
            yield f"{key}.{name}", inner.key_place
            if key in ("templates", "helpdesk_down", "people"):
                yield from _leaves(f"{key}.{name}", inner.node)
            if key == "words":
                yield from _words(name, inner.node)
            if key == "rules":
                yield from reversed([(f"rules.{name}={text}", at) for text, at in _texts(inner)])


def _leaves(path: str, node: Node) -> Iterator[tuple[str, Place]]:
    """Where each text below a node stands; a text that stands alone has the language ""."""
    if not isinstance(node.value, Mapping):
        yield f"{path}.", node.place
        return
    for name, entry in node.value.items():
        yield f"{path}.{name}", entry.node.place


def _texts(entry: Entry) -> Iterator[tuple[str, Place]]:
    """Every text below an entry, in order."""
    waiting = [entry.node]
    while waiting:
        node = waiting.pop()
        match node.value:
            case tuple():
                waiting += reversed(node.value)
            case Mapping():
                waiting += reversed([inner.node for inner in node.value.values()])
            case value:
                yield str(value), node.place


def _words(name: str, node: Node) -> Iterator[tuple[str, Place]]:
    languages = (
        {language: entry.node for language, entry in node.value.items()}
        if isinstance(node.value, Mapping)
        else {"": node}
    )
    for language, words in languages.items():
        each = words.value if isinstance(words.value, tuple) else (words,)
        for word in each:
            yield f"words.{name}.{language}.{word.value}", word.place
