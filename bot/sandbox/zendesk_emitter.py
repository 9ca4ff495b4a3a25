# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends the sandbox's webhooks as Zendesk does: signed, at least once, in no promised order.

`deliver_due` sends what is due by the world's clock; `start` does so in a thread. Deliveries to a
dead daemon are lost, as the real ones are.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from datetime import datetime, timedelta

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.world import World
from bot.sandbox.world_courier import Carried, carry, signature
from bot.sandbox.world_values import TicketNews
from bot.sandbox.zendesk_breaker import Breaker
from bot.sandbox.zendesk_payloads import PREFIX, event_bodies, trigger_body
from bot.sandbox.zendesk_render import instant
from bot.sandbox.zendesk_webhook import (
    DEFAULT_TRIGGER_BODY,
    TEST_SECRET,
    TRIGGER_SUBSCRIPTION,
    Attempt,
    Delivery,
    Webhook,
    verdict_of,
)

ALL_TICKET_EVENTS = (PREFIX + "*",)
ACCOUNT_ID = 21_212_121
_REORDER_PATIENCE = timedelta(seconds=5)


class WebhookEmitter:
    """Knows the webhooks, queues a delivery for each event they want, and keeps a log."""

    def __init__(
        self,
        world: World,
        faults: Faults | None = None,
        *,
        timeout: float = 12.0,
        pause: float = 1.0,
    ) -> None:
        """`timeout` is real seconds per request, `pause` the world's seconds before a retry."""
        self.timeout = timeout
        self.pause = pause
        self._world = world
        self._faults = faults or world.faults
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._orders = itertools.count(1)
        self._webhooks: dict[str, Webhook] = {}
        self._breakers: dict[str, Breaker] = {}
        self._queue: list[Delivery] = []
        self._attempts: list[Attempt] = []
        world.desk.listen(self._hear)

    def connect(
        self,
        endpoint: str,
        *,
        name: str = "Deskmate",
        secret: str | None = None,
        subscriptions: tuple[str, ...] = ALL_TICKET_EVENTS,
        description: str = "",
        username: str | None = None,
    ) -> Webhook:
        """Make a webhook that is subscribed to events; all ticket events if none are named."""
        with self._lock:
            number = next(self._orders)
            made = Webhook(
                f"01SANDBOX{number:017d}", name, endpoint, secret or f"c2FuZGJveA{number:05d}=",
                self._world.clock.now(), str(self._world.daemon.user_id), subscriptions,
                description, username=username,
            )  # fmt: skip
            self._webhooks[made.webhook_id] = made
            self._breakers[made.webhook_id] = Breaker()
            return made

    def connect_trigger(
        self, endpoint: str, *, secret: str | None = None, body: str = DEFAULT_TRIGGER_BODY
    ) -> Webhook:
        """Make a webhook that triggers call on every new and changed ticket, with this body."""
        made = self.connect(endpoint, secret=secret, subscriptions=(TRIGGER_SUBSCRIPTION,))
        return self.change(replace(made, body=body))

    def change(self, webhook: Webhook) -> Webhook:
        """Keep a changed webhook under its id."""
        with self._lock:
            self._webhooks[webhook.webhook_id] = webhook
            return webhook

    def remove(self, webhook_id: str) -> bool:
        """Take a webhook away with what waits for it."""
        with self._lock:
            self._queue = [each for each in self._queue if each.webhook_id != webhook_id]
            return self._webhooks.pop(webhook_id, None) is not None

    def webhook(self, webhook_id: str) -> Webhook | None:
        """One webhook."""
        return self._webhooks.get(webhook_id)

    def webhooks(self) -> tuple[Webhook, ...]:
        """Every webhook."""
        with self._lock:
            return tuple(self._webhooks.values())

    def attempts(self, webhook_id: str | None = None) -> tuple[Attempt, ...]:
        """Every try in order, of one webhook if named by an id that its invocations begin with."""
        with self._lock:
            prefix = webhook_id or ""
            return tuple(each for each in self._attempts if each.invocation_id.startswith(prefix))

    @property
    def waiting(self) -> int:
        """How many deliveries are queued, due or not."""
        with self._lock:
            return len(self._queue)

    def deliver_due(self) -> int:
        """Send what is due by now, each once; how many requests were made."""
        count = 0
        while True:
            delivery = self._next_due()
            if delivery is None:
                return count
            count += self._try(delivery)

    def send_test(self, endpoint: str, body: bytes) -> Attempt:
        """The "Test webhook" button: at once, signed with the public test secret."""
        draft = Webhook("test", "test", endpoint, TEST_SECRET, self._world.clock.now(), "")
        return self._send(draft, Delivery("test", "test", body, self._world.clock.now(), 0))

    def start(self) -> None:
        """Deliver in a thread until `stop`."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what waits stays queued."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _hear(self, news: TicketNews) -> None:
        with self._lock:
            for webhook in self._webhooks.values():
                if webhook.status != "active":
                    continue
                if not webhook.is_trigger:
                    bodies = event_bodies(news, self._world.people, account_id=ACCOUNT_ID)
                    for kind, body in bodies:
                        if webhook.wants(kind):
                            self._add(webhook, body, kind)
                elif news.what in ("created", "changed"):
                    body = trigger_body(webhook.body, news, self._world.people)
                    self._add(webhook, body, "trigger")

    def _add(self, webhook: Webhook, body: bytes, kind: str) -> None:
        now, order = self._world.clock.now(), next(self._orders)
        if self._faults.strike(Fault.WEBHOOK_LOST, kind):
            return
        delayed = self._faults.strike(Fault.WEBHOOK_DELAYED, kind)
        due = now + timedelta(seconds=delayed.seconds if delayed else 0)
        is_held = self._faults.strike(Fault.WEBHOOK_REORDERED, kind) is not None
        delivery = Delivery(
            f"{webhook.webhook_id}-{order:09d}", webhook.webhook_id, body,
            due + (_REORDER_PATIENCE if is_held else timedelta()), order, is_held=is_held,
        )  # fmt: skip
        self._queue.append(delivery)
        if self._faults.strike(Fault.WEBHOOK_DUPLICATED, kind):
            self._queue.append(replace(delivery, order=next(self._orders)))
        if not is_held:
            self._queue = [self._let_go(each, due) for each in self._queue]
        self._wake.set()

    def _let_go(self, delivery: Delivery, due: datetime) -> Delivery:
        if not delivery.is_held:
            return delivery
        return replace(delivery, is_held=False, due_at=due, order=next(self._orders))

    def _next_due(self) -> Delivery | None:
        with self._lock:
            now = self._world.clock.now()
            due = [each for each in self._queue if each.due_at <= now]
            if not due:
                return None
            first = min(due, key=lambda each: (each.due_at, each.order))
            self._queue.remove(first)
            return first

    def _try(self, delivery: Delivery) -> int:
        webhook = self._webhooks.get(delivery.webhook_id)
        if webhook is None:
            return 0
        breaker, now = self._breakers[delivery.webhook_id], self._world.clock.now()
        if not breaker.lets_pass(now):
            lost = Carried(0, "circuit broken")
            self._note(Attempt(
                delivery.invocation_id, delivery.attempt, now, "circuit broken", lost,
                delivery.body,
            ))  # fmt: skip
            return 0
        attempt = self._send(webhook, delivery)
        breaker.note(now, is_success=attempt.carried.is_taken)
        self._note(attempt)
        verdict = verdict_of(attempt.carried, delivery.attempt, pause=self.pause)
        if verdict.again_in is not None:
            due = self._world.clock.now() + timedelta(seconds=verdict.again_in)
            with self._lock:
                self._queue.append(replace(delivery, due_at=due, attempt=delivery.attempt + 1))
        return 1

    def _send(self, webhook: Webhook, delivery: Delivery) -> Attempt:
        now, secret = self._world.clock.now(), webhook.secret
        kind = webhook.webhook_id
        stale = self._faults.strike(Fault.WEBHOOK_STALE_STAMP, kind)
        stamp = instant(now - timedelta(seconds=stale.seconds if stale else 0))
        if self._faults.strike(Fault.WEBHOOK_TEST_SECRET, kind):
            secret = TEST_SECRET
        signed = signature(secret, stamp, delivery.body)
        if self._faults.strike(Fault.WEBHOOK_WRONG_SIGNATURE, kind):
            signed = signature("another secret", stamp, delivery.body)
        headers = {
            "User-Agent": "Zendesk Webhook", "Content-Type": "application/json; charset=utf-8",
            "X-Zendesk-Account-Id": str(ACCOUNT_ID), "X-Zendesk-Webhook-Id": webhook.webhook_id,
            "X-Zendesk-Webhook-Invocation-Id": delivery.invocation_id,
            "X-Zendesk-Webhook-Signature": signed,
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        }  # fmt: skip
        carried = carry(webhook.endpoint, delivery.body, headers, timeout=self.timeout)
        status = verdict_of(carried, delivery.attempt, pause=self.pause).status
        return Attempt(
            delivery.invocation_id, delivery.attempt, now, status, carried, delivery.body, stamp,
            signed,
        )  # fmt: skip

    def _note(self, attempt: Attempt) -> None:
        with self._lock:
            self._attempts.append(attempt)
        self._world.journal.add(
            "webhook_tried",
            invocation=attempt.invocation_id,
            status=attempt.carried.status or attempt.carried.trouble,
        )

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            self.deliver_due()
            self._world.clock.wait(self._wake, self._seconds_to_next())

    def _seconds_to_next(self) -> float:
        with self._lock:
            if not self._queue:
                return 1.0
            first = min(each.due_at for each in self._queue)
        return max(0.0, min(1.0, (first - self._world.clock.now()).total_seconds()))
