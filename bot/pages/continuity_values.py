# SPDX-License-Identifier: GPL-3.0-or-later
"""What the continuity page is made for and of: its settings, its rows, one case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.rules.policy import Policy
from bot.texts.words import language
from bot.texts.words_type import Words


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What the page is made for: the desk, its zone, how codes are called, who reads in which
    language."""

    desk: str
    zone: str
    mailbox: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"

    @property
    def words(self) -> Words:
        """The words of its language."""
        return language(self.language).words

    @property
    def say(self) -> Mapping[str, str]:
        """What the page itself says."""
        return self.words.continuity


def desk_settings(policy: Policy) -> DeskSettings:
    """What of a policy the page needs."""
    return DeskSettings(
        policy.desk, policy.zone, policy.outage.mailbox, policy.labels, policy.language
    )


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One case or ticket: `waits` and `left` are lengths, empty for none."""

    name: str
    subject: str
    customer: str
    priority: str
    category: str
    since: str
    waits: str
    due: str
    left: str
    tone: str
    owner: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A mail that waits for a person."""

    key: str
    at: str
    sender: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything the page shows at one moment."""

    desk: str
    now: str
    state: str
    is_up: bool
    since: str
    blind_since: str
    mailbox: str
    mailbox_trouble: str
    tickets_as_of: str
    contacts_as_of: str
    cases: tuple[WaitingRow, ...] = ()
    tickets: tuple[WaitingRow, ...] = ()
    left_out: int = 0
    held: tuple[HeldRow, ...] = ()
    mails: tuple[str, ...] = ()
    way_back: str = ""
    """How many cases are on their way into the helpdesk that is back; empty for none."""
    seen_by: tuple[str, ...] = ()
    """Who read it by a personal link within a day, each with the last time, the newest first."""


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One message of a case."""

    at: str
    who: str
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case, word by word."""

    name: str
    row: WaitingRow
    email: str
    status: str
    tags: tuple[str, ...]
    said: tuple[SaidRow, ...]
    as_of: str
