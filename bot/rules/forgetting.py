# SPDX-License-Identifier: GPL-3.0-or-later
"""By what a person is known, and what stands in their place once they are forgotten; pure.

The name in their place is derived by a keyed hash: the same for all that remains of them, so that
counts stay right, and nobody without the key can tell whose it is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.rules.history import Change
from bot.rules.keeping import emptied_change, emptied_ticket
from bot.rules.ticket import Person, Ticket

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DOMAIN = "forgotten.invalid"
_ID = "person_id"
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
LEAST_WORDS = 2
"""A name of one word is a word; it is looked for in their own rows alone, which lose all words."""
REPORTED = frozenset({"category", "code", "plan", "region"})
"""Own fields that reports count by; the others may hold anything."""


@dataclass(frozen=True, slots=True)
class KnownAs:
    """All by which one person is known: mail addresses, full names, the helpdesk's ids."""

    addresses: frozenset[str]
    names: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def is_requester(self, person: Person) -> bool:
        """Whether a ticket's requester is this person."""
        by_id = person.person_id is not None and person.person_id in self.ids
        return by_id or (person.email or "").casefold() in self.addresses

    def is_of(self, ticket: Ticket) -> bool:
        """Whether a ticket is theirs: they asked for it, or wrote the case that it was."""
        return self.is_requester(ticket.requester) or self.is_requester(ticket.customer)

    def with_ticket(self, ticket: Ticket) -> KnownAs:
        """Knowing also what one of their tickets says of them, and of nobody else."""
        known = self
        for person in (ticket.requester, ticket.customer):
            known = known._with(person) if known.is_requester(person) else known
        return known

    def _with(self, person: Person) -> KnownAs:
        return replace(
            self,
            addresses=self.addresses | ({person.email.casefold()} if person.email else set()),
            names=self.names | full_name(person.name),
            ids=self.ids | ({person.person_id} if person.person_id else set()),
        )


def full_name(name: str | None) -> frozenset[str]:
    """A name that may be looked for anywhere; nothing where it is one word."""
    words = (name or "").split()
    return frozenset({" ".join(words)}) if len(words) >= LEAST_WORDS else frozenset()


def pseudonym_of(address: str, secret: str) -> str:
    """What stands for a person from now on: `gone-4f7kq2xn`; 40 bits, keyed."""
    digest = hmac.new(secret.encode(), f"forgotten/{address.casefold()}".encode(), hashlib.sha256)
    value = int.from_bytes(digest.digest()[:5], "big")
    return "gone-" + "".join(_ALPHABET[value >> (5 * place) & 31] for place in range(8))


class Scrubber:
    """Puts a pseudonym in the place of everything by which a person is known."""

    def __init__(self, known: KnownAs, pseudonym: str) -> None:
        """An address is replaced where it stands alone: `elenora@x.io` is not `nora@x.io`."""
        self.pseudonym = pseudonym
        self.address = f"{pseudonym}@{_DOMAIN}"
        self.addresses = known.addresses
        self._known = known
        addresses = "|".join(map(re.escape, sorted(known.addresses, key=len, reverse=True)))
        self._address = re.compile(rf"(?<![\w.+%-])(?:{addresses})(?![\w-]|\.\w)", re.IGNORECASE)
        names = "|".join(
            r"\s+".join(map(re.escape, name.split()))
            for name in sorted(known.names, key=len, reverse=True)
        )
        self._name = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if names else None

    @property
    def needles(self) -> frozenset[str]:
        """What a row must hold to be worth a look, with A to Z in small letters; as text and JSON.

        Of a name the longest word, for a line may break within it. Of letters beyond Z a database
        may not know the small ones, so they stand here in every size.
        """
        words = {max(name.split(), key=len) for name in self._known.names}
        sizes = {
            size for each in words for size in (each, each.lower(), each.upper(), each.title())
        }
        texts = self._known.addresses | sizes
        as_json = {json.dumps(text)[1:-1] for text in texts}
        ids = {f'"{_ID}":{json.dumps(each)}' for each in self._known.ids}
        return frozenset(each.translate(_SMALL) for each in (*texts, *as_json, *ids))

    def text(self, text: str) -> str:
        """A plain text without the person."""
        text = self._address.sub(self.address, text)
        return self._name.sub(self.pseudonym, text) if self._name else text

    def column(self, text: str) -> str:
        """A column of a row without the person: JSON is taken apart, so that it stays JSON."""
        value = _parsed(text)
        if value is None:
            return self.text(text)
        left = self.value(value)
        return text if left == value else json.dumps(left, separators=(",", ":"))

    def value(self, value: Any) -> Any:
        """A plain JSON value without the person, whatever it holds inside."""
        match value:
            case str():
                return self.column(value)
            case list():
                return [self.value(each) for each in value]
            case dict():
                return {self.text(key): self._entry(key, each) for key, each in value.items()}
            case _:
                return value

    def ticket(self, ticket: Ticket) -> Ticket:
        """Their ticket, as far as clocks and reports need it."""
        left = emptied_ticket(ticket)
        fields = {name: value for name, value in ticket.fields.items() if name in REPORTED}
        gone = Person(self.pseudonym)
        return replace(left, requester=gone, writer=None, fields=fields, form={})

    def change(self, change: Change) -> Change:
        """One thing that happened to their ticket."""
        left = emptied_change(change)
        who = change.person_id
        if who is not None and (who in self._known.ids or who.casefold() in self._known.addresses):
            return replace(left, person_id=self.pseudonym)
        return left

    def _entry(self, key: str, value: Any) -> Any:
        is_theirs = key == _ID and value in self._known.ids
        return self.pseudonym if is_theirs else self.value(value)


def _parsed(text: str) -> Any:
    """The JSON value that a text is, None where it is plain text or a bare scalar."""
    if text[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, Mapping | list) else None
