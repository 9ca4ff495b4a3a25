# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the words of all lists in a message, in one scan, and says where and why they count.

A hit that was denied ("no outage") or that stands in an excepted phrase is kept as evidence but
does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice, pairwise, product

from bot.rules.text_entries import Entry, ListProblem, ListSpec, entries_of
from bot.rules.text_finding import Finder, Match, Searched
from bot.rules.text_hits import NOTHING_SAID, Hit, Said
from bot.rules.text_negation import Negation, denied_by
from bot.rules.truth import Truth

MOST_HITS_COMPARED = 6
"""Hits of one list in one sentence that are tried when lists must stand together."""
MOST_CHOICES = 1_296
"""Choices of one hit per list that are tried in one sentence: all of four lists."""


class Vocabulary:
    """All word lists of a desk, compiled once and found together, or one by one."""

    def __init__(self, specs: Mapping[str, ListSpec], *, accelerated: bool = True) -> None:
        """Compile the lists; an entry that cannot be used is left out and stands in `problems`."""
        self.specs = dict(specs)
        read = [entry for name, spec in specs.items() for entry in entries_of(name, spec)]
        self.problems = tuple(entry for entry in read if isinstance(entry, ListProblem))
        self._entries: dict[str, list[Entry]] = {}
        for entry in read:
            if isinstance(entry, Entry):
                self._entries.setdefault(entry.list_name, []).append(entry)
        entries = [entry for several in self._entries.values() for entry in several]
        self._all = Finder(entries, accelerated=accelerated)
        self._single: dict[str, Finder] = {}

    def search(self, parts: Iterable[Searched], *, is_complete: bool = True) -> Findings:
        """Search the parts of a message; `is_complete` is false when one could not be read."""
        return Findings(self, tuple(parts), is_complete=is_complete)

    def matches(self, parts: Iterable[Searched]) -> dict[str, list[Match]]:
        """The words of all lists, in one scan."""
        found: dict[str, list[Match]] = {}
        for part in parts:
            for match in self._all.matches(part):
                found.setdefault(match.entry.list_name, []).append(match)
        return found

    def matches_of(self, list_name: str, parts: Iterable[Searched]) -> list[Match]:
        """The words of one list alone; for when few are asked for."""
        finder = self._single.get(list_name)
        if finder is None:
            finder = Finder(self._entries.get(list_name, ()), accelerated=False)
            self._single[list_name] = finder
        return [match for part in parts for match in finder.matches(part)]


def compile_lists(specs: Mapping[str, ListSpec], *, accelerated: bool = True) -> Vocabulary:
    """Make a vocabulary of named word lists; look at its `problems` before using it."""
    return Vocabulary(specs, accelerated=accelerated)


class Findings:
    """What one message says, list by list; negation is worked out for lists that are asked for."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        parts: tuple[Searched, ...],
        *,
        is_complete: bool,
        is_silent: bool = False,
    ) -> None:
        """Take the parts to search; a silent message (machine mail) says nothing."""
        self._vocabulary = vocabulary
        self._parts = parts
        self._is_complete = is_complete
        self._is_silent = is_silent
        self._hits: dict[str, tuple[Hit, ...]] = {}

    @cached_property
    def _matches(self) -> Mapping[str, Sequence[Match]]:
        return self._vocabulary.matches(self._parts)

    @cached_property
    def seen(self) -> frozenset[str]:
        """Lists with a word in the message, denied or not: an index needs only these."""
        return frozenset(
            name
            for name, matches in self._matches.items()
            if not matches[0].entry.mask or not all(match.entry.mask for match in matches)
        )

    def hits(self, list_name: str) -> tuple[Hit, ...]:
        """All hits of a list in reading order, those that do not count included.

        A name that is no list is a bug and raises KeyError.
        """
        if list_name not in self._hits:
            spec = self._vocabulary.specs[list_name]
            self._hits[list_name] = _judged(spec, self._matches_of(list_name))
        return self._hits[list_name]

    def _matches_of(self, list_name: str) -> Sequence[Match]:
        """From the scan for all lists if there was one, else for this list alone."""
        if "_matches" in self.__dict__:
            return self._matches.get(list_name, ())
        return self._vocabulary.matches_of(list_name, self._parts)

    def truth(self, list_name: str) -> Truth:
        """Whether the message says a list anywhere, as `says` would answer, and nothing more."""
        is_absent = "_matches" in self.__dict__ and list_name not in self._matches
        if not is_absent and any(hit.counts for hit in self.hits(list_name)):
            return Truth.TRUE
        return Truth.FALSE if self._is_complete else Truth.UNKNOWN

    def says(
        self,
        list_names: str | Sequence[str],
        *,
        where: str | None = None,
        one_of: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> Said:
        """Whether the message says a list, or several in one sentence.

        A word of one of the lists `one_of` must stand in that sentence too, and none of `without`.
        `where` asks for the subject or the body alone. Where a part of the message could not be
        read, "not found" is unknown.
        """
        names = (list_names,) if isinstance(list_names, str) else tuple(list_names)
        found = [self.hits(name) for name in names]
        if one_of:
            found.append(tuple(hit for name in one_of for hit in self.hits(name)))
        if where is not None:
            found = [tuple(hit for hit in hits if hit.where == where) for hits in found]
        if self._is_complete and not any(found):
            return NOTHING_SAID
        spoiled = {hit.place for name in without for hit in self.hits(name) if hit.counts}
        counted = [
            [hit for hit in hits if hit.counts and (not spoiled or hit.place not in spoiled)]
            for hits in found
        ]
        discounted = tuple(hit for hits in found for hit in hits if not hit.counts)
        chosen = tuple(counted[0]) if len(found) == 1 else _together(counted)
        if chosen:
            return Said(Truth.TRUE, chosen, discounted)
        return Said(Truth.FALSE if self._is_complete else Truth.UNKNOWN, (), discounted)


def silent(vocabulary: Vocabulary) -> Findings:
    """The findings of a machine's mail: it says nothing, whatever stands in it."""
    return Findings(vocabulary, (), is_complete=True, is_silent=True)


def _judged(spec: ListSpec, matches: Sequence[Match]) -> tuple[Hit, ...]:
    if not matches:
        return ()
    if len(matches) == 1:
        return _judged_alone(spec, matches[0])
    matches = sorted(matches, key=lambda each: each.entry.order)
    masks = _masks(matches) if spec.excepted else {}
    phrases = _phrases(matches)
    hits: dict[tuple[str, int, int], Hit] = {}
    for match in matches:
        if match.entry.mask:
            continue
        where = match.part.where
        words = range(match.first, match.after) if masks else ()
        excepted = next((masks[where, k] for k in words if (where, k) in masks), None)
        taken = phrases.get(where, frozenset())
        negated = None if excepted else _denial(spec.negation, match, taken)
        hits.setdefault((where, match.first, match.after), Hit(match, negated, excepted))
    return tuple(sorted(hits.values(), key=lambda hit: (hit.where != "subject", hit.word)))


def _judged_alone(spec: ListSpec, match: Match) -> tuple[Hit, ...]:
    """The one word found of a list: no other can except it or claim its cue."""
    if match.entry.mask:
        return ()
    return (Hit(match, _denial(spec.negation, match, frozenset())),)


def _denial(how: Negation, match: Match, taken: frozenset[int]) -> str | None:
    return denied_by(match.part.tokens, match.first, match.after, how=how, taken=taken)


def _masks(matches: Sequence[Match]) -> dict[tuple[str, int], str]:
    """Which words stand in an excepted phrase, and in which."""
    return {
        (match.part.where, k): match.entry.written
        for match in matches
        if match.entry.mask
        for k in range(match.first, match.after)
    }


def _phrases(matches: Sequence[Match]) -> dict[str, frozenset[int]]:
    """Words that belong to a phrase of the list: they are no cues for its other words."""
    words: dict[str, set[int]] = {}
    for match in matches:
        if not match.entry.mask and len(match.entry.elements) > 1:
            words.setdefault(match.part.where, set()).update(range(match.first, match.after))
    return {where: frozenset(found) for where, found in words.items()}


def _together(found: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """One hit of each list in one sentence, each by words of its own; empty if there is none."""
    if not found or not all(found):
        return ()
    by_sentence: list[dict[tuple[str, int], list[Hit]]] = []
    for hits in found:
        places: dict[tuple[str, int], list[Hit]] = {}
        for hit in hits:
            places.setdefault(hit.place, []).append(hit)
        by_sentence.append(places)
    for sentence in by_sentence[0]:
        if all(sentence in places for places in by_sentence):
            hits_here = [places[sentence][:MOST_HITS_COMPARED] for places in by_sentence]
            if chosen := _apart(hits_here):
                return chosen
    return ()


def _apart(found: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """A choice of one hit per list in which no word serves two lists; the search is bounded."""
    for choice in islice(product(*found), MOST_CHOICES):
        ordered = sorted(choice, key=lambda hit: hit.word)
        if all(one.word + one.length <= two.word for one, two in pairwise(ordered)):
            return choice
    return ()
