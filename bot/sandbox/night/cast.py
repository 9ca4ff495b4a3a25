# SPDX-License-Identifier: GPL-3.0-or-later
"""Who writes in the night of an outage, and what comes of each letter: the cast of the story."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

MAILBOX = "help@acme.example"
"""The address that the banner names: the mailbox that Deskmate reads."""
SUPPORT = "support@acme.example"
"""The helpdesk's own address."""
CHARSETS = {
    "en": "utf-8",
    "fr": "iso-8859-1",
    "de": "windows-1252",
    "sv": "utf-8",
    "ru": "windows-1251",
}
"""In which charset a language's customers write: mail programs of five decades are in use."""
LOCALES = {"en": "en-GB", "fr": "fr", "de": "de", "sv": "sv", "ru": "ru"}


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer with what they write and hear this night; an empty text is not written.

    `again` is their second mail, `later` one while the helpdesk is down for the second time;
    `answer` is what an agent answers from Slack, and `thanks` what the customer says to that.
    With `to_both` the first letter goes to the helpdesk's own address as well; with `comes_twice`
    a mail server delivers it twice.
    """

    language: str
    name: str
    email: str
    subject: str
    letter: str
    again: str = ""
    later: str = ""
    answer: str = ""
    thanks: str = ""
    to_both: bool = False
    comes_twice: bool = False

    @property
    def domain(self) -> str:
        """Where they write from."""
        return self.email.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Company:
    """A customers' company that the helpdesk knows."""

    name: str
    domain: str
    plan: str
    region: str


COMPANIES = (
    Company("Harbour Freight Lines", "harbourlines.example", "enterprise", "emea"),
    Company("Maple County Schools", "maplecounty.example", "professional", "americas"),
    Company("Transports Lemoine", "lemoine.example", "enterprise", "emea"),
    Company("Atelier Garonne", "garonne.example", "basic", "emea"),
    Company("Stadtwerke Lindenau", "sw-lindenau.example", "enterprise", "emea"),
    Company("Brandt Feinmechanik", "brandt-fm.example", "professional", "emea"),
    Company("Fjällvik Kommun", "fjallvik.example", "professional", "emea"),
    Company("Norrskog Trä AB", "norrskog.example", "basic", "emea"),
    Company("Волгастрой", "volgastroy.example", "professional", "emea"),
    Company("Северный порт", "sevport.example", "enterprise", "emea"),
)


def in_turn(*languages: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """The customers in the order in which they write: one of each language after the other."""
    return tuple(chain.from_iterable(zip(*languages, strict=True)))
