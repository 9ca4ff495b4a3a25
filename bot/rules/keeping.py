# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each kind of data is kept, and what remains of a row whose words are let go; pure.

What exactly-once rests on outlives the words: keys, numbers, instants, states, references.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.rules.actions import CustomerMail, Message, Notice, Outgoing, TicketCreation, TicketUpdate
from bot.rules.events import Event, Unreadable
from bot.rules.history import Change
from bot.rules.ticket import Person, Ticket

NOBODYS = "-"
"""What stands where an address or a stream stood."""
GONE = "its words are not kept any longer"
WORDY = frozenset({"subject", "description"})
"""Fields whose changes are words, not values."""


class Kept(StrEnum):
    """The kinds of data; the words of `keep:` in the policy."""

    TICKETS = "tickets"
    """What was said in tickets that are done, and their requester's name and address."""
    EVENTS = "events"
    """What events said, once they are settled; timers that ended."""
    MESSAGES = "messages"
    """What messages said, once they are settled."""
    DEAD_LETTERS = "dead_letters"
    """The same of messages that were refused, ran out of time or were dropped."""
    KEYS = "keys"
    """That an event or a message was there at all: with its key it comes again and is new."""
    MAILS = "mails"
    """Mails as they came, and as they were read."""
    SENDERS = "senders"
    """Who wrote a mail, and under which subject; that it was decided is never forgotten."""
    JOURNAL = "journal"
    """Why everything was decided."""
    ALERTS = "alerts"
    """Who was told of tickets that are done, and who took them."""
    INCIDENTS = "incidents"
    """The timelines of outages and incidents, the last one and open ones apart."""
    CONTACTS = "contacts"
    """Who may ask for help, since the helpdesk last showed them."""


_DAY = timedelta(days=1)
USUAL: Mapping[Kept, timedelta | None] = MappingProxyType(
    {
        Kept.TICKETS: 400 * _DAY,
        Kept.EVENTS: 30 * _DAY,
        Kept.MESSAGES: 30 * _DAY,
        Kept.DEAD_LETTERS: 90 * _DAY,
        Kept.KEYS: 90 * _DAY,
        Kept.MAILS: 90 * _DAY,
        Kept.SENDERS: 400 * _DAY,
        Kept.JOURNAL: 400 * _DAY,
        Kept.ALERTS: 400 * _DAY,
        Kept.INCIDENTS: None,
        Kept.CONTACTS: None,
    }
)
"""400 days explain any decision of the year a customer may ask about. Contacts stay: the helpdesk
shows them again only when they change, and an outage asks for them."""
LEAST: Mapping[Kept, timedelta] = MappingProxyType(
    {kind: 14 * _DAY if kind is Kept.KEYS else _DAY for kind in Kept}
)
"""Late copies of an outage's mails come for seven days, held messages wait as long as it lasts."""


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """`keep:`: how long each kind is kept, None for always."""

    times: Mapping[Kept, timedelta | None] = field(default_factory=lambda: USUAL)

    def of(self, kind: Kept) -> timedelta | None:
        """How long a kind is kept, None for always."""
        return self.times[kind]


def emptied_message(outgoing: Outgoing) -> Outgoing:
    """A settled message without its words; its kind, its ticket and its destination stay."""
    message = _emptied(outgoing.message)
    if not isinstance(message, CustomerMail):
        return replace(outgoing, message=message)
    return replace(outgoing, message=message, destination=f"mail:{NOBODYS}", fallback=())


def emptied_event(event: Event) -> Event:
    """A settled event of which only its key, its instant and its source are known."""
    return replace(event, stream=NOBODYS, fact=Unreadable(event.source, GONE, ""))


def emptied_ticket(ticket: Ticket) -> Ticket:
    """A ticket without its words and its requester's name; numbers, values and instants stay."""
    requester = Person(ticket.requester.person_id)
    return replace(ticket, subject="", description="", requester=requester, writer=None)


def emptied_change(change: Change) -> Change:
    """One thing that happened to a ticket, without what was said."""
    if change.field in WORDY:
        return replace(change, body=None, old=None, new=None)
    return replace(change, body=None)


def _emptied(message: Message) -> Message:
    match message:
        case Notice():
            return replace(
                message, title="", link=None, customer=None, organisation=None, owner=None,
                quote="", next_step="", mention=(), lines=(), recipient="", page_for="",
            )  # fmt: skip
        case TicketUpdate():
            return replace(message, comment=None, fields={}, assignee_email=None)
        case TicketCreation():
            return replace(message, subject="", messages=(), requester=Person(), fields={})
        case CustomerMail():
            return replace(
                message, to="", to_name="", subject="", text="", in_reply_to=None, references=()
            )
        case _:
            return message
