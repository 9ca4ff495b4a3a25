# SPDX-License-Identifier: GPL-3.0-or-later
"""What every step of a rehearsal needs: the stage, the policy, the daemon's store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.commands.decide_course import decide_one
from bot.handlers.outage import load_state
from bot.rules.actions import Notice
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy
from bot.rules.outage_state import Phase
from bot.rules.policy import Policy
from bot.rules.presence import present
from bot.sandbox.drill.stage import DrillStage
from bot.sandbox.night.cast import Customer
from bot.sandbox.night.post import PostOffice
from bot.store.queues import OutboxState
from bot.store.store import Store

LOOK_EVERY = 0.05
SOON = 45.0
"""Seconds within which anything that is not timed must have happened."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """A ticket's category and priority, in own codes."""

    category: str | None = None
    priority: str | None = None

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.category or 'no category'}, {self.priority or 'no priority'}"


class Scene:
    """Looks at the world and at the store while the real daemon runs beside them."""

    def __init__(
        self, stage: DrillStage, compiled: CompiledPolicy, store: Store, clock: Clock
    ) -> None:
        """`compiled` is the desk's policy as it is written, with its own times."""
        self.stage = stage
        self.world = stage.world
        self.compiled = compiled
        self.clock = clock
        self._store = store
        mailbox = compiled.policy.outage.mailbox
        self.post = (
            PostOffice(stage.world, stage.mailbox, mailbox)
            if stage.mailbox is not None and mailbox
            else None
        )

    @property
    def policy(self) -> Policy:
        """The desk's policy."""
        return self.compiled.policy

    def holds(self, look: Callable[[], object], *, seconds: float = SOON) -> bool:
        """Look until it holds; whether it did in time."""
        return look_until(self.stage, self.clock, look, seconds)

    def phase(self) -> Phase:
        """How the helpdesk stands, as the daemon has it."""
        with self._store.read() as reader:
            return load_state(reader).phase

    def decided(self, customer: Customer, *, by_mail: bool) -> Sorting:
        """What the policy makes of a letter, by its pure rules."""
        now = self.clock.now()
        line: dict[str, Any] = {
            "at": now.isoformat(),
            "event": "mailbox" if by_mail else "created",
            "via": f"email:{self.policy.outage.mailbox}" if by_mail else "web",
            "subject": customer.subject,
            "body": customer.letter,
            "requester": customer.email,
            "context": {
                "helpdesk": "down" if by_mail else "up",
                "helpdesk_down_since": (now - timedelta(minutes=5)).isoformat(),
            },
        }
        answer = decide_one(line, self.compiled)
        return Sorting(answer["category"], answer["priority"])

    def ticket_id_of(self, customer: Customer) -> str | None:
        """The ticket of a customer's first mail, None before the daemon made one of it."""
        if self.post is None or not self.post.said(customer):
            return None
        with self._store.read() as reader:
            rows = reader.mails.by_message_id(self.post.said(customer)[0].message_id)
        return next((row.ticket_id for row in rows if row.ticket_id), None)

    def ticket_id(self, number: int) -> str | None:
        """The daemon's ticket of a helpdesk's number."""
        with self._store.read() as reader:
            ticket = reader.tickets.by_number(number)
        return ticket.ticket_id if ticket else None

    def sorting(self, ticket_id: str) -> Sorting:
        """What the daemon has made of a ticket."""
        with self._store.read() as reader:
            ticket = reader.tickets.load(ticket_id)
        return Sorting(ticket.category, ticket.priority) if ticket else Sorting()

    def reference(self, ticket_id: str) -> str:
        """The reference of a case."""
        with self._store.read() as reader:
            ticket = reader.tickets.load(ticket_id)
        return (ticket.reference or "") if ticket else ""

    def addressed(self, ticket_id: str) -> tuple[str, ...]:
        """Where the daemon wants messages about a ticket to go, other ways included."""
        with self._store.read() as reader:
            rows = reader.outbox.of_ticket(ticket_id)
        found = [each.outgoing.destination for each in rows
                 if isinstance(each.outgoing.message, Notice)]  # fmt: skip
        return tuple(dict.fromkeys(found))

    def heard(self, where: Iterable[str], since: datetime) -> tuple[str, ...]:
        """Those destinations at which something arrived since an instant."""
        return tuple(each for each in where if self.stage.told_since(each, since) is not None)

    def is_sent(self, key: str) -> bool:
        """Whether the daemon has written down that a message arrived."""
        with self._store.read() as reader:
            row = reader.outbox.by_key(key)
        return row is not None and row.state is OutboxState.DELIVERED

    def is_queued(self, destination: str) -> bool:
        """Whether a message of this outage waits there for its turn: a way takes so many an hour.

        In a rehearsal everything comes at once, so that a number is told less than in earnest.
        """
        with self._store.read() as reader:
            rows = reader.outbox.of_thread("outage:1")
        return any(
            each.outgoing.destination == destination and each.state is OutboxState.WAITING
            for each in rows
        )

    def destinations_of(self, names: Iterable[str]) -> dict[str, str]:
        """Destination -> who is reached there now, for people and rosters of the policy."""
        now = self.clock.now()
        found: dict[str, str] = {}
        for name in names:
            for person in present(name, self.compiled, now):
                for each in destinations(person):
                    found.setdefault(each, person.name)
        return found


def look_until(stage: DrillStage, clock: Clock, look: Callable[[], object], seconds: float) -> bool:
    """Look again and again until it holds; whether it did in time."""
    deadline, never = clock.monotonic() + seconds, threading.Event()
    while not look():
        if clock.monotonic() > deadline:
            return False
        stage.check_daemon()
        clock.wait(never, LOOK_EVERY)
    return True
