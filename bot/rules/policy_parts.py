# SPDX-License-Identifier: GPL-3.0-or-later
"""The smaller parts of a policy: places in files, fingerprints, paths, books, findings, digests,
reminders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """As editors and compilers print it."""
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("(built in)", 1, 1)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One entry of `fingerprints:`: what makes two tickets the same fault.

    Group 1 of the google-re2 `pattern` (or the whole match) in the subject and the body is it.
    """

    name: str
    pattern: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Path:
    """One entry of `paths:`: management's steps, taken one at a time.

    `wait` is the least time between two steps, in `hours`; a person may step at any time.
    """

    name: str
    steps: tuple[str, ...]
    wait: timedelta | None = None
    hours: str | None = None
    because: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Digest:
    """One entry of `digests:`: what is open and due soon, told when a calendar opens or closes.

    It goes out `before` a closing, or at an opening; `due_within` bounds what "soon" is.
    """

    name: str
    hours: str
    is_at_closing: bool
    before: timedelta = timedelta()
    tell: tuple[str, ...] = ()
    due_within: timedelta = timedelta(hours=2)
    because: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Publication:
    """Something shown to customers: where, and the template of its words."""

    where: str
    template: str


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """What `ledger:` writes into: a book, by calendar month in the desk's zone."""

    book: str
    period: str = "month"


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation or a warning of a policy's rule: a code for scripts, a text for people."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReminderSpec:
    """One entry of `reminders:`; either a date field (`before`) or a status (`after`).

    `if_field` are own fields that must have these values. `hours` is the calendar in which `after`
    counts and in which people hear of a date, None for any time.
    """

    name: str
    tell: tuple[str, ...]
    date_field: str | None = None
    before: tuple[timedelta, ...] = ()
    statuses: frozenset[str] = frozenset()
    after: timedelta | None = None
    every: timedelta | None = None
    if_field: Mapping[str, str] = field(default_factory=dict)
    hours: str | None = None
    because: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class KnowledgeSpec:
    """`knowledge:`: where suggestions come from, and how sure they must be.

    `folder` holds files of articles; `solved` is how far back solved tickets count, None for not
    at all; `origins` are the sites whose pages may ask the door for suggestions.
    """

    folder: str | None = None
    uses_help_centre: bool = False
    floor: float = 0.3
    solved: timedelta | None = None
    solved_floor: float = 0.45
    origins: tuple[str, ...] = ()
    place: Place = NOWHERE
