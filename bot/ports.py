# SPDX-License-Identifier: GPL-3.0-or-later
"""The faces of the outside: what a helpdesk and a channel must offer, and how they may answer.

No exception crosses a port for an expected failure: a call returns an `Outcome` or a `Trouble`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.rules.actions import Message, Outgoing, TicketCreation, TicketUpdate
from bot.rules.events import Event
from bot.rules.knowledge import Article
from bot.rules.mail import Contact, Twin
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.probes import Flag, VendorIncident, Verdict
from bot.rules.ticket import Snapshot

KEY_LIFE = timedelta(minutes=90)
"""How long after its first use a creation's key surely protects; Zendesk forgets it after two
hours."""


class TroubleKind(StrEnum):
    """Why a read of the helpdesk brought nothing."""

    DOWN = "down"
    SLOW = "slow"
    THROTTLED = "throttled"
    CREDENTIALS = "credentials"
    WRONG_CONTENT = "wrong_content"
    NOT_FOUND = "not_found"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A read that failed: `retry_after` in seconds where the other side named it."""

    kind: TroubleKind
    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Events read from the helpdesk and the cursor to store with them in one transaction."""

    events: tuple[Event, ...]
    cursor: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class ContactPage:
    """People read from the helpdesk and the cursor to store with them.

    `gone` are the ids of those who may ask for help no more: suspended, or our own now. Who was
    deleted is not among them, because nobody can tell that from a merge.
    """

    contacts: tuple[Contact, ...]
    cursor: str
    is_last: bool
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sought:
    """A case to look for: by its reference, and by its requester since an instant.

    Of a requester with many tickets those of this subject and these words are looked at first.
    """

    reference: str
    email: str
    since: datetime
    subject: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Articles read from the help centre: those that may be shown, and ids that no longer may.

    `cursor` leads on. `ends_pass` says that a pass over the whole help centre is through: what it
    did not show is gone.
    """

    articles: tuple[Article, ...]
    withdrawn: tuple[str, ...]
    cursor: str
    is_last: bool
    ends_pass: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe's answer: `elapsed` in seconds, `detail` for people.

    Where it was throttled, `own_share` says how much of our limit we had used ourselves.
    """

    verdict: Verdict
    elapsed: float
    detail: str = ""
    retry_after: float | None = None
    flag: Flag | None = None
    own_share: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of `check --online`: what was looked at, whether it holds, what to do if not."""

    what: str
    is_ok: bool
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that came with a mail: its name and type as the sender gave them, and its bytes."""

    name: str
    content_type: str
    content: bytes


Enclosures = Callable[[str], Sequence[Enclosed]]
"""The files of a raw mail, by its name; nothing where it is gone or cannot be read."""


class Helpdesk(Protocol):
    """The helpdesk, both ways; Zendesk first."""

    def tickets_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        """One page of ticket snapshots (`TicketSeen`, `TicketGone`) after `cursor`."""
        ...

    def changes_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        """One page of `CommentAdded` and `FieldChanged` after `cursor`."""
        ...

    def tickets(self, numbers: Sequence[int]) -> Mapping[int, Snapshot | Trouble]:
        """Up to 100 tickets as they are now, in one call; `NOT_FOUND` for those that are gone."""
        ...

    def update(self, updates: Mapping[str, TicketUpdate]) -> Mapping[str, Outcome]:
        """Carry out updates, outbox key -> outcome; merged per ticket, in bulk when many.

        A comment leaves its key in the audit's metadata.
        """
        ...

    def was_applied(self, key: str, update: TicketUpdate) -> Outcome:
        """After `Unknown`: look whether `update` took effect; `Refused` means it did not."""
        ...

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        """Make a ticket; `Delivered` names its number there.

        `key` makes an ordinary creation happen once for as long as the helpdesk remembers keys
        (`KEY_LIFE`): after `Unknown` the same call is the safe one.
        """
        ...

    def was_created(self, creation: TicketCreation) -> Outcome:
        """After `Unknown`, where the key no longer protects: look for `external_id`.

        `Delivered` names the number; `Refused` means it is not there; `Unknown` that a look a
        minute later has to confirm that.
        """
        ...

    def articles(self, cursor: str | None) -> ArticlePage | Trouble:
        """One page of the help centre after `cursor`; without one a pass over all of it begins."""
        ...

    def probe_edge(self) -> Probe:
        """Ask without credentials whether anybody is at home."""
        ...

    def probe_read(self) -> Probe:
        """Read our own user."""
        ...

    def probe_write(self, counter: int) -> Probe:
        """Write `counter` to the canary ticket and read it back."""
        ...

    def examine(self) -> Sequence[Finding]:
        """Check credentials, scopes, fields, groups and the helpdesk's own receipt trigger."""
        ...


class Contacts(Protocol):
    """Who may ask for help, as the helpdesk knows them."""

    def contacts_since(self, cursor: str | None, start: datetime) -> ContactPage | Trouble:
        """One page of customers that changed after `cursor`, with their companies' facts."""
        ...


class Twins(Protocol):
    """What the helpdesk has that may be a case of ours."""

    def twins(self, sought: Sought) -> tuple[Twin, ...] | Trouble:
        """Tickets and suspended mails of this reference or requester, the oldest first."""
        ...


class Vendor(Protocol):
    """What the helpdesk's vendor says of itself."""

    def incidents(self) -> tuple[VendorIncident, ...] | Trouble:
        """What is wrong there now, by the vendor's own word."""
        ...


class Channel(Protocol):
    """One way to people: Slack, Teams, mail, SMS, the portal."""

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Send one row; `payload()` of the same channel shows what would be sent."""
        ...

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """After `Unknown`: look whether it arrived; `Refused` means it did not, `Unknown` that
        this channel cannot tell."""
        ...

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Check credentials and destinations without telling anybody anything."""
        ...


__all__ = [
    "Accepted",
    "Channel",
    "ContactPage",
    "Contacts",
    "Delivered",
    "Enclosed",
    "Enclosures",
    "Finding",
    "Helpdesk",
    "Message",
    "Outcome",
    "Page",
    "Probe",
    "Refused",
    "Trouble",
    "TroubleKind",
    "TryLater",
    "Unknown",
]
