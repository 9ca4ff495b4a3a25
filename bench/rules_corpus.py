# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the tickets and the rules of bench/rules.py: synthetic, the same for every engine.

Words follow Zipf's law over a vocabulary of 20,000. Of the rules 45 % look for words beside a
field, 20 % for a regular expression, 20 % at fields alone, 15 % nest `all`, `any` and `not`.
Nothing is denied and nothing is quoted here, because the peers know neither.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

VOCABULARY = 20_000
TOO_COMMON = 300
"""Words of a lower rank stand in no rule: nobody looks for "the"."""
FIELDS = {
    "plan": [f"plan{n}" for n in range(4)],
    "region": [f"region{n}" for n in range(5)],
    "product": [f"product{n}" for n in range(20)],
    "brand": [f"brand{n}" for n in range(8)],
    "customer": [f"customer{n}" for n in range(500)],
}


@dataclass(frozen=True)
class Words:
    """Any of these words or phrases stands in the text as whole words."""

    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Regex:
    """The pattern is found in the text."""

    pattern: str


@dataclass(frozen=True)
class Field:
    """The field has one of these values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Every:
    """All parts hold."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True)
class Some:
    """One part holds."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True)
class Never:
    """The part does not hold."""

    part: Wanted


Wanted = Words | Regex | Field | Every | Some | Never


@dataclass(frozen=True)
class Sample:
    """One ticket: its text as a customer wrote it, and its fields."""

    number: int
    subject: str
    body: str
    fields: dict[str, str]

    @property
    def text(self) -> str:
        """What the peers search with patterns: everything, without capitals."""
        return f"{self.subject}\n{self.body}".lower()

    @property
    def tokens(self) -> str:
        """What the peers search for words: words between blanks, sentence ends as a dot."""
        spaced = self.text.replace(",", " , ").replace(".", " . ").replace("\n", " . ")
        return f" {' '.join(spaced.replace('-', ' ').split())} "


class Corpus:
    """Everything that is made of one seed."""

    def __init__(self, seed: int = 7) -> None:
        """Make the vocabulary."""
        self._random = random.Random(seed)
        letters = "aeiourstnlmdpkbgfvhc"
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            found["".join(self._random.choices(letters, k=self._random.randint(4, 9)))] = None
        self._words = list(found)
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))

    def tickets(self, count: int, customers: int | None = None) -> list[Sample]:
        """So many tickets of about 1.6 KB; `customers` widens the choice of customers."""
        return [self._ticket(number, customers) for number in range(count)]

    def rules(self, count: int) -> list[Wanted]:
        """So many mixed rules."""
        kinds = [self._about_words, self._about_patterns, self._about_fields, self._nested]
        chosen = self._random.choices(kinds, weights=[45, 20, 20, 15], k=count)
        return [make() for make in chosen]

    def scoped(self, count: int) -> list[Wanted]:
        """So many rules about words, each for one of as many customers."""
        return [Every((Field("customer", (f"customer{n}",)), self._list())) for n in range(count)]

    def _ticket(self, number: int, customers: int | None) -> Sample:
        fields = {name: self._random.choice(values) for name, values in FIELDS.items()}
        if customers is not None:
            fields["customer"] = f"customer{self._random.randrange(customers)}"
        return Sample(number, self._sentence(7)[:-1], self._body(), fields)

    def _body(self) -> str:
        sentences = []
        length = 0
        while length < 1_580:
            sentence = self._sentence(self._random.randint(6, 18))
            sentences.append(sentence)
            length += len(sentence) + 1
        paragraphs = [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]
        return "\n\n".join(paragraphs)

    def _sentence(self, length: int) -> str:
        words = self._random.choices(self._words, cum_weights=self._weights, k=length)
        if self._random.random() < 0.15:
            code = self._random.choice(["error", "code", "ref", "build"])
            words.insert(len(words) // 2, f"{code} {self._random.randint(100, 9999)}")
        if self._random.random() < 0.3 and length > 8:
            words[length // 2] += ","
        return " ".join(words).capitalize() + "."

    def _rare(self) -> str:
        return self._words[self._random.randrange(TOO_COMMON, VOCABULARY)]

    def _list(self) -> Words:
        phrases = []
        for _ in range(self._random.randint(3, 8)):
            is_phrase = self._random.random() < 0.25
            common = self._words[self._random.randrange(60)]
            phrases.append(f"{self._rare()} {common}" if is_phrase else self._rare())
        return Words(tuple(phrases))

    def _field(self) -> Field:
        name = self._random.choice(["plan", "region", "product", "brand"])
        return Field(name, tuple(self._random.sample(FIELDS[name], self._random.randint(1, 2))))

    def _about_words(self) -> Wanted:
        return Every((self._list(), self._field()))

    def _about_patterns(self) -> Wanted:
        one, two = self._rare(), self._rare()
        number = self._random.randint(1, 9)
        forms = [
            rf"\b{one}[- ]?[0-9]{{2,4}}\b",
            rf"\berror {number}[0-9]{{2}} .{{0,40}}{one}",
            rf"{one[:5]}[a-z]* {self._words[self._random.randrange(60)]}",
            rf"\b(?:{one}|{two})s? [a-z]+ed\b",
            rf"{one}.{{0,60}}{two}",
            rf"\bbuild {number}[0-9]{self._random.randint(10, 99)}\b",
        ]
        if self._random.random() < 0.05:
            forms = [rf"\b{number}[0-9]{{3}} [{one[:3]}][a-z]{{3,6}}\b"]
        pattern = Regex(self._random.choice(forms))
        return Every((pattern, self._field())) if self._random.random() < 0.5 else pattern

    def _about_fields(self) -> Wanted:
        customer = Field("customer", (self._random.choice(FIELDS["customer"]),))
        several = Every((self._field(), Field("product", (self._random.choice(FIELDS["product"]),)),
                         Field("brand", (self._random.choice(FIELDS["brand"]),))))  # fmt: skip
        return customer if self._random.random() < 0.5 else several

    def _nested(self) -> Wanted:
        either = Some((self._list(), Every((self._about_patterns(), self._field()))))
        both = Every((either, Never(self._field()), Never(self._list())))
        if self._random.random() < 0.5:
            return both
        return Some((Every((self._list(), self._list())), Every((self._field(), self._list()))))
