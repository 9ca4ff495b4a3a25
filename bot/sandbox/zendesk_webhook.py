# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the sandbox's webhooks: the webhook itself, its deliveries, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.world_courier import Carried

TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
"""The public secret that signs tests before a webhook is saved; accepting it is a bypass."""

TRIGGER_SUBSCRIPTION = "conditional_ticket_events"

DEFAULT_TRIGGER_BODY = """{
  "ticket_id": "{{ticket.id}}",
  "status": "{{ticket.status}}",
  "priority": "{{ticket.priority}}",
  "updated_at": "{{ticket.updated_at_with_timestamp}}",
  "actor_id": "{{current_user.id}}"
}
"""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook; subscribed to events, or connected to triggers with a body of its admin's."""

    webhook_id: str
    name: str
    endpoint: str
    secret: str
    created_at: datetime
    created_by: str
    subscriptions: tuple[str, ...] = ()
    description: str = ""
    status: str = "active"
    body: str = DEFAULT_TRIGGER_BODY
    username: str | None = None
    updated_at: datetime | None = None

    @property
    def is_trigger(self) -> bool:
        """True when a trigger calls it and its body is a template."""
        return TRIGGER_SUBSCRIPTION in self.subscriptions

    def wants(self, kind: str) -> bool:
        """Whether it is subscribed to an event type, by name or by the wildcard of tickets."""
        return any(each in (kind, "zen:event-type:ticket.*") for each in self.subscriptions)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One body on its way: `attempt` counts from 1, `order` keeps the queue in order."""

    invocation_id: str
    webhook_id: str
    body: bytes
    due_at: datetime
    order: int
    attempt: int = 1
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery and its answer."""

    invocation_id: str
    attempt: int
    at: datetime
    status: str
    carried: Carried
    body: bytes
    timestamp: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows an answer: the log's status, and in how many seconds to try again, if ever."""

    status: str
    again_in: float | None = None


def verdict_of(carried: Carried, attempt: int, *, pause: float) -> Verdict:
    """Zendesk's rules (Creating and monitoring webhooks).

    409 is tried again 3 times, a timeout 5 times, 429 and 503 only with a `Retry-After` below 60
    seconds; everything else that is not 2xx is lost.
    """
    if carried.is_taken:
        return Verdict("success")
    if carried.status == 409 and attempt <= 3:
        return Verdict("retrying", pause)
    if carried.trouble == "timeout" and attempt <= 5:
        return Verdict("retrying", pause)
    wait = carried.headers.get("retry-after", "")
    if carried.status in (429, 503) and wait.isdigit() and int(wait) < 60 and attempt <= 5:
        return Verdict("retrying", float(wait))
    return Verdict("failed")
