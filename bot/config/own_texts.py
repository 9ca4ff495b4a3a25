# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `texts:`, a desk's own words per kind of notice and language, and measures them."""

from __future__ import annotations

from bot.config.people import LANGUAGES
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.actions import NoticeKind
from bot.rules.policy import Place
from bot.texts.own import PARTS, fault_of, own_parts
from bot.texts.render import (
    GREATEST_BODY,
    GREATEST_HEADLINE,
    GREATEST_LINE,
    GREATEST_SHORT,
    facts_of,
)
from bot.texts.samples import NOW, samples

KINDS = {each.value: each for each in NoticeKind}
LIMITS = {
    "headline": (GREATEST_HEADLINE, "a Slack header and a mail's subject"),
    "body": (GREATEST_BODY, "a card in Teams"),
    "next_step": (GREATEST_LINE, "a line of a message"),
    "short": (GREATEST_SHORT, "an SMS with its link"),
}


def read_own_texts(reader: Reader, name: str, entry: Entry) -> dict[str, dict[str, str]]:
    """One kind of `texts:`: per language, the parts that the desk words itself."""
    if name not in KINDS:
        advice = did_you_mean(name, KINDS)
        reader.problem(entry.key_place, f"texts: no message is called {name!r}", advice)
        return {}
    found = {}
    for language, inner in reader.mapping(entry.node, f"texts {name}").items():
        if language not in LANGUAGES:
            advice = did_you_mean(language, LANGUAGES)
            reader.problem(inner.key_place, f"texts {name}: no language {language!r}", advice)
            continue
        found[language] = _parts(reader, KINDS[name], language, inner.node)
    return found


def _parts(reader: Reader, kind: NoticeKind, language: str, node: Node) -> dict[str, str]:
    parts = {}
    for part, entry in reader.mapping(node, f"texts {kind} {language}", PARTS).items():
        text = reader.text(entry.node, part)
        if part not in PARTS:
            continue
        fault = fault_of(part, text)
        if fault:
            reader.problem(entry.node.place, f"texts {kind} {language} {part}: {fault}")
            continue
        _measure(reader, kind, language, part, text, entry.node.place)
        parts[part] = text
    return parts


def _measure(
    reader: Reader, kind: NoticeKind, language: str, part: str, text: str, place: Place
) -> None:
    """With ordinary facts it must fit every channel, and say something."""
    limit, where = LIMITS[part]
    filled = [
        own_parts({part: text}, facts_of(each, now=NOW)).get(part)
        for each in samples(kind, language)
    ]
    what = f"texts {kind} {language} {part}"
    if None in filled:
        reader.problem(place, f"{what}: cannot be filled in", "look at its filters")
        return
    longest = max(len(each or "") for each in filled)
    if longest > limit:
        advice = f"keep it within {limit}, for {where}"
        reader.problem(place, f"{what}: {longest} characters with ordinary facts", advice)
    if part in ("headline", "short") and not all(filled):
        reader.problem(place, f"{what}: says nothing", "write something for every case")
