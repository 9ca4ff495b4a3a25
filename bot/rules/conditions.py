# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions a rule may be written with: a small closed set, nested to any depth.

Each class is one word of the rules language (docs/rules.md); `bot/rules/evaluation.py` answers
them with true, false or unknown. Nothing here computes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must hold; how `if: {a, b}` and `all: [...]` are read.

    `order` says in which order the parts are best asked: those that need no text come first.
    """

    parts: tuple[Condition, ...]
    order: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work the order out once."""
        places = range(len(self.parts))
        order = tuple(sorted(places, key=lambda place: needs_text(self.parts[place])))
        object.__setattr__(self, "order", order)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must hold; `if_any: [...]` and `any: [...]`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold; `unless: ...` and `not: ...`."""

    part: Condition


class TextPart(StrEnum):
    """Where words are looked for: the subject and the new part unless a rule says otherwise."""

    NEW = "new"
    SUBJECT = "subject"
    BODY = "body"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Says:
    """Words of the named lists are found; several lists must meet in one sentence.

    In that sentence a word of one of the lists `one_of` must stand too, and none of `without`.
    `is_anywhere` (`says_all:`) asks for all lists anywhere in the text instead.
    """

    lists: tuple[str, ...]
    where: TextPart = TextPart.NEW
    is_anywhere: bool = False
    one_of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """A google-re2 pattern is found in the text or in a field (`matches:`)."""

    pattern: str
    field: str | None = None
    where: TextPart = TextPart.NEW


class Comparison(StrEnum):
    """How a field is compared; `in` is what a plain value or a list means."""

    IN = "in"
    NOT_IN = "not_in"
    HAS = "has"
    HAS_ALL = "has_all"
    MISSING = "missing"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    STARTS = "starts"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field compared with values: own codes for priority and category (ordered, worst first),
    texts for the rest; tags as a set; `org.x`, `requester.x`, `helpdesk.state`, `alert.x` too."""

    field: str
    values: tuple[str, ...]
    comparison: Comparison = Comparison.IN


@dataclass(frozen=True, slots=True)
class AnyOpen:
    """At least one of the calendars is open at the event's time (`any_open:`)."""

    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllClosed:
    """Every one of the calendars is closed at the event's time (`all_closed:`)."""

    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The event changed this field, perhaps to or from a value, perhaps by somebody."""

    field: str
    to: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many tickets like this one within a sliding window, this one included.

    `same` are fields that must agree; `customers` asks for that many different organisations.
    """

    at_least: int
    within: timedelta
    category: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    customers: int = 0


@dataclass(frozen=True, slots=True)
class CountAlerts:
    """At least so many alerts like this one within a sliding window, this one included."""

    same: tuple[str, ...]
    at_least: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class TagAdded:
    """The event added one of these tags, perhaps by somebody (`tag_added:`)."""

    tags: tuple[str, ...]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NobodyOn:
    """Nobody of the roster is there at the event's time (`nobody_on:`)."""

    roster: str


@dataclass(frozen=True, slots=True)
class NoticeUnder:
    """Works were announced less than so long before they start (`notice_under:`)."""

    notice: timedelta


@dataclass(frozen=True, slots=True)
class StartsDuring:
    """Announced works start while one of the calendars is open (`starts_during:`)."""

    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MachineMail:
    """The message was written by a machine (`machine_mail: true`)."""

    expected: bool = True


Condition = (
    AllOf
    | AnyOf
    | Not
    | Says
    | Matches
    | FieldIs
    | AnyOpen
    | AllClosed
    | Changed
    | Count
    | CountAlerts
    | TagAdded
    | NobodyOn
    | NoticeUnder
    | StartsDuring
    | MachineMail
)


def needs_text(condition: Condition) -> bool:
    """Whether a condition can be answered only by reading the message."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return any(needs_text(part) for part in parts)
        case Not(part):
            return needs_text(part)
        case Says() | Matches(field=None):
            return True
        case _:
            return False
