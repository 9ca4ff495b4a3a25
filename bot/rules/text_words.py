# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the words of all lists in a message, in one scan, and says where and why they count.

A hit that was denied ("no outage") or that stands in an excepted phrase is kept as evidence but
does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.rules.text_anchors import Anchors
from bot.rules.text_entries import Entry, ListProblem, ListSpec, entries_of
from bot.rules.text_negation import Negation, denied_by
from bot.rules.text_tokens import Gap, Tokens
from bot.rules.truth import Truth

MOST_HITS_COMPARED = 6
"""Hits of one list in one sentence that are tried when lists must stand together."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of a list found in a text: the evidence of a rule.

    `word` and `sentence` count from 1 in their part of the message; `start` and `end` are offsets
    in that part.  `negated_by` and `excepted_by` say why a hit does not count.
    """

    list_name: str
    entry: str
    language: str
    found: str
    where: str
    word: int
    length: int
    sentence: int
    start: int
    end: int
    negated_by: str | None = None
    excepted_by: str | None = None

    @property
    def counts(self) -> bool:
        """Whether nothing in the text takes the words back."""
        return self.negated_by is None and self.excepted_by is None

    @property
    def place(self) -> tuple[str, int]:
        """The sentence it stands in."""
        return (self.where, self.sentence)

    def evidence(self) -> str:
        """One line for `explain`: the list, the words as written, and where they stand."""
        said = f'list "{self.list_name}": "{self.found}" in the {self.where}, word {self.word}'
        if self.negated_by is not None:
            return f'{said}, denied by "{self.negated_by}"'
        if self.excepted_by is not None:
            return f'{said}, excepted by "{self.excepted_by}"'
        return said


@dataclass(frozen=True, slots=True)
class Said:
    """The answer of `says` with its evidence.

    `hits` made it true; `discounted` were found but denied or excepted.
    """

    truth: Truth
    hits: tuple[Hit, ...] = ()
    discounted: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """One part of a message that was searched; `where` names it in the evidence."""

    where: str
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class _Match:
    entry: Entry
    part: Searched
    first: int

    @property
    def after(self) -> int:
        return self.first + len(self.entry.elements)


class Vocabulary:
    """All word lists of a desk, compiled once and found together."""

    def __init__(self, specs: Mapping[str, ListSpec], *, accelerated: bool = True) -> None:
        """Compile the lists; an entry that cannot be used is left out and stands in `problems`."""
        self.specs = dict(specs)
        read = [entry for name, spec in specs.items() for entry in entries_of(name, spec)]
        self.problems = tuple(entry for entry in read if isinstance(entry, ListProblem))
        entries = [entry for entry in read if isinstance(entry, Entry)]
        self._plain = Anchors((e for e in entries if not e.fold), accelerated=accelerated)
        self._folded = Anchors((e for e in entries if e.fold), accelerated=accelerated)
        self._folds = any(entry.fold for entry in entries)

    def search(self, parts: Iterable[Searched], *, is_complete: bool = True) -> Findings:
        """Search the parts of a message; `is_complete` is false when one could not be read."""
        matches: dict[str, list[_Match]] = {}
        for part in parts:
            for match in self._matches(part):
                matches.setdefault(match.entry.list_name, []).append(match)
        return Findings(self.specs, matches, is_complete=is_complete)

    def _matches(self, part: Searched) -> Iterable[_Match]:
        yield from self._matches_in(self._plain, part, part.tokens.words)
        if self._folds:
            yield from self._matches_in(self._folded, part, part.tokens.bare_words)

    def _matches_in(self, anchors: Anchors, part: Searched, words: list[str]) -> Iterable[_Match]:
        for place in anchors.places(words):
            first = place.word - place.entry.anchor_at
            if place.entry.fits(words, first) and _is_one_phrase(
                part.tokens, first, len(place.entry.elements)
            ):
                yield _Match(place.entry, part, first)


def _is_one_phrase(tokens: Tokens, first: int, length: int) -> bool:
    """Whether no comma and no sentence end stands inside the words."""
    return length == 1 or max(tokens.gaps[first : first + length - 1]) < Gap.PHRASE


def compile_lists(specs: Mapping[str, ListSpec], *, accelerated: bool = True) -> Vocabulary:
    """Make a vocabulary of named word lists; look at its `problems` before using it."""
    return Vocabulary(specs, accelerated=accelerated)


class Findings:
    """What one message says, list by list; negation is worked out for lists that are asked for."""

    def __init__(
        self,
        specs: Mapping[str, ListSpec],
        matches: Mapping[str, Sequence[_Match]],
        *,
        is_complete: bool,
        is_silent: bool = False,
    ) -> None:
        """Take the raw matches; a silent message (machine mail) says nothing."""
        self._specs = specs
        self._matches = matches
        self._is_complete = is_complete
        self._is_silent = is_silent
        self._hits: dict[str, tuple[Hit, ...]] = {}

    @cached_property
    def seen(self) -> frozenset[str]:
        """Lists with a word in the message, denied or not: an index needs only these."""
        return frozenset(
            name
            for name, matches in self._matches.items()
            if any(not match.entry.mask for match in matches)
        )

    def hits(self, list_name: str) -> tuple[Hit, ...]:
        """All hits of a list in reading order, those that do not count included.

        A name that is no list is a bug and raises KeyError.
        """
        if list_name not in self._hits:
            spec = self._specs[list_name]
            self._hits[list_name] = _judged(spec, self._matches.get(list_name, ()))
        return self._hits[list_name]

    def says(
        self,
        list_names: str | Sequence[str],
        *,
        one_of: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> Said:
        """Whether the message says a list, or several in one sentence.

        A word of one of the lists `one_of` must stand in that sentence too, and none of `without`.
        Where a part of the message could not be read, "not found" is unknown.
        """
        names = (list_names,) if isinstance(list_names, str) else tuple(list_names)
        if self._is_silent:
            return Said(Truth.FALSE)
        found = [self.hits(name) for name in names]
        if one_of:
            found.append(tuple(hit for name in one_of for hit in self.hits(name)))
        spoiled = {hit.place for name in without for hit in self.hits(name) if hit.counts}
        counted = [[h for h in hits if h.counts and h.place not in spoiled] for hits in found]
        discounted = tuple(hit for hits in found for hit in hits if not hit.counts)
        chosen = tuple(counted[0]) if len(found) == 1 else _together(counted)
        if chosen:
            return Said(Truth.TRUE, chosen, discounted)
        return Said(Truth.FALSE if self._is_complete else Truth.UNKNOWN, (), discounted)


def silent(vocabulary: Vocabulary) -> Findings:
    """The findings of a machine's mail: it says nothing, whatever stands in it."""
    return Findings(vocabulary.specs, {}, is_complete=True, is_silent=True)


def _judged(spec: ListSpec, matches: Sequence[_Match]) -> tuple[Hit, ...]:
    masks = _masks(matches)
    phrases = _phrases(matches)
    hits: dict[tuple[str, int, int], Hit] = {}
    for match in matches:
        if match.entry.mask:
            continue
        where = match.part.where
        excepted = next(
            (masks[where, k] for k in range(match.first, match.after) if (where, k) in masks), None
        )
        taken = phrases.get(where, frozenset())
        negated = None if excepted else _denial(spec.negation, match, taken)
        hit = _hit(match, negated_by=negated, excepted_by=excepted)
        hits.setdefault((where, match.first, match.after), hit)
    return tuple(sorted(hits.values(), key=lambda hit: (hit.where != "subject", hit.word)))


def _denial(how: Negation, match: _Match, taken: frozenset[int]) -> str | None:
    return denied_by(match.part.tokens, match.first, match.after, how=how, taken=taken)


def _masks(matches: Sequence[_Match]) -> dict[tuple[str, int], str]:
    """Which words stand in an excepted phrase, and in which."""
    return {
        (match.part.where, k): match.entry.written
        for match in matches
        if match.entry.mask
        for k in range(match.first, match.after)
    }


def _phrases(matches: Sequence[_Match]) -> dict[str, frozenset[int]]:
    """Words that belong to a phrase of the list: they are no cues for its other words."""
    words: dict[str, set[int]] = {}
    for match in matches:
        if not match.entry.mask and len(match.entry.elements) > 1:
            words.setdefault(match.part.where, set()).update(range(match.first, match.after))
    return {where: frozenset(found) for where, found in words.items()}


def _hit(match: _Match, *, negated_by: str | None, excepted_by: str | None) -> Hit:
    tokens = match.part.tokens
    start, end = tokens.place(match.first, match.after)
    return Hit(
        list_name=match.entry.list_name,
        entry=match.entry.written,
        language=match.entry.language,
        found=tokens.shown(match.first, match.after),
        where=match.part.where,
        word=match.first + 1,
        length=len(match.entry.elements),
        sentence=tokens.sentences[match.first],
        start=start,
        end=end,
        negated_by=negated_by,
        excepted_by=excepted_by,
    )


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
            if chosen := _apart(hits_here, ()):
                return chosen
    return ()


def _apart(found: Sequence[Sequence[Hit]], chosen: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The first choice of one hit per list in which no word serves two lists."""
    if not found:
        return chosen
    for hit in found[0]:
        if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
            complete = _apart(found[1:], (*chosen, hit))
            if complete:
                return complete
    return ()
