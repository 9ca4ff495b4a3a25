# SPDX-License-Identifier: GPL-3.0-or-later
"""What `says` answers with: the words found, where they stand, and why some do not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.rules.text_finding import Match
from bot.rules.truth import Truth


class Hit(NamedTuple):
    """One entry of a list found in a text: the evidence of a rule.

    `negated_by` and `excepted_by` say why a hit does not count. A tuple, and most of it worked out
    when asked for, because it is made by the thousand.
    """

    match: Match
    negated_by: str | None = None
    excepted_by: str | None = None

    @property
    def list_name(self) -> str:
        """The list."""
        return self.match.entry.list_name

    @property
    def entry(self) -> str:
        """The entry as it stands in the list."""
        return self.match.entry.written

    @property
    def language(self) -> str:
        """The language of the entry."""
        return self.match.entry.language

    @property
    def where(self) -> str:
        """The part of the message."""
        return self.match.part.where

    @property
    def word(self) -> int:
        """The number of its first word in that part, from 1."""
        return self.match.first + 1

    @property
    def length(self) -> int:
        """Its words."""
        return len(self.match.entry.elements)

    @property
    def span(self) -> tuple[int, int]:
        """Where it begins and ends in that part."""
        return self.match.part.tokens.place(self.match.first, self.match.after)

    @property
    def found(self) -> str:
        """The words as they were written."""
        return self.match.part.tokens.shown(self.match.first, self.match.after)

    @property
    def sentence(self) -> int:
        """The number of its sentence, from 1."""
        return self.match.part.tokens.sentences[self.match.first]

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


NOTHING_SAID = Said(Truth.FALSE)
