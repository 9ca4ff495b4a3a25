# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at word lists for entries that will find more, less or other things than was meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import combinations

from bot.config.false_friends import FALSE_FRIENDS
from bot.config.places import place_of, word_place
from bot.config.problems import Problem
from bot.rules.conditions import AllOf, AnyOf, Condition, Not, Says
from bot.rules.policy import Place, Policy, Rule
from bot.rules.text import ListSpec
from bot.rules.text_entries import Entry, Openness, entries_of

SHORTEST = 3
"""In letters; shorter words stand by chance in texts of another language."""
VOWELS = frozenset("aeiouyàâäåæèéêëîïôöøùûüаеёиоуыэюя")
SHOWN = 5
NONE: frozenset[tuple[str, str]] = frozenset()


def check_words(policy: Policy) -> list[Problem]:
    """Every doubtful entry of the word lists, as warnings."""
    return [
        *_single_words(policy),
        *_mixed_alphabets(policy),
        *_shared_between_categories(policy),
    ]


def _entries(policy: Policy, name: str) -> list[Entry]:
    """The usable entries of a list; what cannot be used is told elsewhere."""
    found = entries_of(name, policy.words[name])
    return [each for each in found if isinstance(each, Entry)]


def _single_words(policy: Policy) -> Iterator[Problem]:
    languages = {language for spec in policy.words.values() for language in spec.words}
    for name in policy.words:
        for entry in _entries(policy, name):
            if entry.mask or len(entry.elements) > 1:
                continue
            place = word_place(policy, name, entry.written, language=entry.language)
            yield from _too_short(place, entry)
            yield from _false_friends(place, entry, languages)


def _too_short(place: Place, entry: Entry) -> Iterator[Problem]:
    word = entry.elements[0].text
    # Without a vowel or with a digit it is an abbreviation (db, p1), and no word of a language.
    is_word = not VOWELS.isdisjoint(word) and not any(letter.isdecimal() for letter in word)
    if len(word) < SHORTEST and is_word:
        what = f"words {entry.list_name}: {entry.written!r} has fewer than {SHORTEST} letters"
        yield Problem(place, what, "write a longer word or a phrase", is_warning=True)


def _false_friends(place: Place, entry: Entry, languages: set[str]) -> Iterator[Problem]:
    """An open end is looked at from three letters on: `fel*` finds `fellow`, `*l` finds all."""
    element = entry.elements[0]
    if element.openness is Openness.EXACT:
        found = {element.text: FALSE_FRIENDS[element.text]} if element.text in FALSE_FRIENDS else {}
    elif len(element.text) < SHORTEST:
        return
    else:
        found = {word: means for word, means in FALSE_FRIENDS.items() if element.fits(word)}
    for word, meanings in found.items():
        others = [
            f"{meaning!r} in {language}"
            for language, meaning in meanings.items()
            if language != entry.language and language in languages
        ]
        if len(others) > (0 if entry.language else 1):
            what = (
                f"words {entry.list_name}: {entry.written!r} ({entry.language or 'any'}) finds "
                f"{word!r}, which is {' and '.join(others)}"
            )
            yield Problem(place, what, "write a phrase with the word in it", is_warning=True)


def _mixed_alphabets(policy: Policy) -> Iterator[Problem]:
    for name, spec in policy.words.items():
        for language, written in _spellings(spec):
            for word in written.split():
                alphabets = _alphabets(word)
                if len(alphabets) > 1:
                    what = f"words {name}: {word!r} mixes {' and '.join(sorted(alphabets))} letters"
                    place = word_place(policy, name, written, language=language)
                    yield Problem(place, what, "type it anew on one keyboard", is_warning=True)


def _spellings(spec: ListSpec) -> Iterator[tuple[str, str]]:
    for language, words in spec.words.items():
        yield from ((language, word) for word in words)
    yield from (("except", word) for word in spec.excepted)


def _alphabets(word: str) -> set[str]:
    """`vpn-сервер` is two words; `сервеp` with a Latin p is none."""
    names = {"LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek"}
    worst: set[str] = set()
    for part in "".join(each if each.isalpha() else " " for each in word).split():
        kinds = {unicodedata.name(letter, "").split(" ")[0] for letter in part}
        found = {names[kind] for kind in kinds if kind in names}
        worst = max(worst, found, key=len)
    return worst


def _shared_between_categories(policy: Policy) -> Iterator[Problem]:
    """The same entry of the same language in two lists, each of which decides a category."""
    seen = set()
    written = {name: _written(policy, name) for name in policy.words}
    deciding = [rule for rule in policy.rules if rule.effects.category is not None]
    for first, second in combinations(deciding, 2):
        if first.effects.category == second.effects.category:
            continue
        for one, other in _meeting_lists(first, second):
            shared = written.get(one, NONE) & written.get(other, NONE)
            if shared and frozenset((one, other)) not in seen:
                seen.add(frozenset((one, other)))
                words = sorted(f"{word!r} ({language})" for language, word in shared)
                shown = ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
                what = (
                    f"words {other}: {shown} in {one!r} too, but {one!r} decides "
                    f"{first.effects.category} and {other!r} {second.effects.category}"
                )
                advice = "keep each word in one list, or exclude one list with `unless`"
                yield Problem(place_of(policy, f"words.{other}"), what, advice, is_warning=True)


def _meeting_lists(first: Rule, second: Rule) -> Iterator[tuple[str, str]]:
    """Pairs of lists by which both rules can fire on one word: neither excludes the other's."""
    said_first, not_first = _lists(first.condition)
    said_second, not_second = _lists(second.condition)
    for one in sorted(said_first):
        for other in sorted(said_second):
            if one != other and other not in not_first and one not in not_second:
                yield one, other


def _lists(condition: Condition, *, is_negated: bool = False) -> tuple[set[str], set[str]]:
    """The lists that decide alone, one word being enough, and those that must not be found."""
    match condition:
        case Says(lists=(name,), one_of=(), without=without):
            return (set(), {name}) if is_negated else ({name}, set(without))
        case Not(part):
            return _lists(part, is_negated=not is_negated)
        case AllOf(parts) | AnyOf(parts):
            both = [_lists(part, is_negated=is_negated) for part in parts]
            return (
                {name for said, _ in both for name in said},
                {name for _, excluded in both for name in excluded},
            )
        case _:
            return set(), set()


def _written(policy: Policy, name: str) -> frozenset[tuple[str, str]]:
    return frozenset(
        (entry.language, entry.written.casefold())
        for entry in _entries(policy, name)
        if not entry.mask
    )
