# SPDX-License-Identifier: GPL-3.0-or-later
"""The smaller parts of a policy: places in files, fingerprints, paths, books, findings, digests,
reminders, suggestions, outage times."""

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
    """Something shown to customers: where, and the template of its words.

    With `is_of_outage` its rule asked whether the helpdesk is down, and it goes with the outage.
    """

    where: str
    template: str
    is_of_outage: bool = False


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


@dataclass(frozen=True, slots=True)
class IntakeCheck:
    """`intake:` of `helpdesk_down:`: where a mail of ours must become a ticket, and how soon."""

    address: str
    every: timedelta = timedelta(minutes=15)
    within: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OutagePolicy:
    """`helpdesk_down:`: who is told, and the times of the state machine (docs/outages.md).

    Durations are wall time. The defaults were simulated: 400 outages of 20 minutes were noticed
    after 113 s (median), 30 days of 5 % noise declared none.
    """

    tell: tuple[str, ...] = ()
    mailbox: str | None = None
    banner: str | None = None
    tag: str | None = None
    banner_texts: Mapping[str, str] = field(default_factory=dict)
    ack_hint: Mapping[str, str] = field(default_factory=dict)
    signature: Mapping[str, str] = field(default_factory=dict)
    reference_prefix: str | None = None
    interval: timedelta = timedelta(seconds=30)
    interval_suspect: timedelta = timedelta(seconds=15)
    declare_in_a_row: int = 4
    declare_after: timedelta = timedelta(seconds=90)
    declare_failing: int = 8
    declare_of: int = 12
    declare_window: timedelta = timedelta(minutes=5)
    leave_suspect: int = 3
    recover_in_a_row: int = 5
    recover_after: timedelta = timedelta(minutes=2)
    hold: timedelta = timedelta(minutes=10)
    hold_greatest: timedelta = timedelta(minutes=60)
    relapse_in_a_row: int = 2
    reopen_window: timedelta = timedelta(minutes=30)
    release_after: timedelta = timedelta(minutes=5)
    banner_after: timedelta = timedelta(minutes=5)
    banner_valid: timedelta = timedelta(minutes=15)
    write_probe_every: timedelta = timedelta(minutes=5)
    reminder_every: timedelta = timedelta(minutes=30)
    unobserved_after: timedelta = timedelta(minutes=5)
    blind_after: timedelta = timedelta(minutes=10)
    backfill_per_minute: int = 60
    witnesses: tuple[str, ...] = ()
    intake: IntakeCheck | None = None
    links_by_mail: bool = False
    place: Place = NOWHERE
