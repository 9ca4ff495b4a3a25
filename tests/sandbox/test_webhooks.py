# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's webhooks: signed as Zendesk signs, delivered as badly as Zendesk delivers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
from sandbox_callers import later

from bot.clock import SystemClock, VirtualClock
from bot.sandbox.faults import Fault
from bot.sandbox.http import Call, LoopbackServer, Reply
from bot.sandbox.world import World
from bot.sandbox.world_courier import signature
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk_emitter import WebhookEmitter
from bot.sandbox.zendesk_webhook import TEST_SECRET, Webhook

STAMP, SIGNATURE = (
    "x-zendesk-webhook-signature-timestamp",
    "x-zendesk-webhook-signature",
)


class Receiver:
    """A daemon's door that notes every call and answers from a script, 200 at its end."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.script: list[Reply | None] = []
        self.has_arrived = threading.Event()
        self.server = LoopbackServer(self._answer)
        self.server.start()

    def _answer(self, call: Call) -> Reply | None:
        self.calls.append(call)
        self.has_arrived.set()
        return self.script.pop(0) if self.script else Reply(200)

    def kinds(self) -> list[str]:
        """The types of what arrived, without their prefix."""
        return [json.loads(each.body)["type"].rpartition(".")[2] for each in self.calls]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.stop()


@pytest.fixture
def emitter(world: World, desk: Furniture) -> WebhookEmitter:
    return WebhookEmitter(world, timeout=10.0)


@pytest.fixture
def webhook(emitter: WebhookEmitter, receiver: Receiver) -> Webhook:
    return emitter.connect(f"{receiver.server.url}/webhooks/zendesk")


def _is_signed(call: Call, secret: str) -> bool:
    return call.headers[SIGNATURE] == signature(secret, call.headers[STAMP], call.body)


def test_the_signature_is_reproducible() -> None:
    """Base64 of HMAC-SHA256 over timestamp and body; the secret is used as it reads."""
    signed = signature("c2VjcmV0=", "2026-03-02T09:00:00Z", b'{"a": 1}\n')

    assert signed == "sJeDcggQgRWZvvXQyzBU9GKNL63EGPsbAUNLVXYvRrI="


def test_an_event_arrives_signed_in_the_fixed_schema(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver
) -> None:
    """Ids are text, enums upper-case, the body pretty-printed, the signature over raw bytes."""
    ticket = world.create_ticket("Slow", "So slow", requester=desk.customers["contoso"])

    assert emitter.deliver_due() == 1

    (call,) = receiver.calls
    body = json.loads(call.body)
    assert _is_signed(call, webhook.secret)
    assert call.headers["x-zendesk-webhook-id"] == webhook.webhook_id
    assert body["subject"] == f"zen:ticket:{ticket.number}"
    assert (body["detail"]["id"], body["detail"]["status"]) == (str(ticket.number), "NEW")
    assert call.body == json.dumps(body, indent=3).encode() + b"\n"


def test_one_submission_gives_an_event_for_each_change(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver
) -> None:
    """Comment, priority, status, tags and a custom field are events of their own."""
    world.change_ticket(
        desk.canary, by=desk.agents["ada"], fields={desk.category.field_id: "login"},
        values={"priority": "high", "status": "open"},
    )  # fmt: skip
    world.add_comment(desk.canary, "hi", by=desk.agents["ada"])
    emitter.deliver_due()

    assert sorted(receiver.kinds()) == [
        "comment_added", "custom_field_changed", "custom_status_changed", "priority_changed",
        "status_changed", "tags_changed",
    ]  # fmt: skip
    bodies = {json.loads(each.body)["type"]: json.loads(each.body) for each in receiver.calls}
    status = bodies["zen:event-type:ticket.status_changed"]
    assert status["event"] == {"current": "OPEN", "previous": "HOLD"}
    comment = bodies["zen:event-type:ticket.comment_added"]["event"]["comment"]
    assert (comment["is_public"], comment["author"]["is_staff"]) == (True, True)
    assert comment["id"] == str(world.comments(desk.canary)[-1].comment_id)


def test_a_triggers_body_is_its_admins(
    world: World, desk: Furniture, emitter: WebhookEmitter, receiver: Receiver
) -> None:
    """Placeholders are filled in without escaping, so a quote breaks the JSON."""
    url = f"{receiver.server.url}/webhooks/zendesk/trigger"
    made = emitter.connect_trigger(url, body='{"id": "{{ticket.id}}", "t": "{{ticket.title}}"}')

    ticket = world.create_ticket('a "b"', "x", requester=desk.customers["contoso"])
    emitter.deliver_due()

    (call,) = receiver.calls
    assert _is_signed(call, made.secret)
    assert call.body == f'{{"id": "{ticket.number}", "t": "a "b""}}'.encode()


@pytest.mark.parametrize(
    ("answers", "tries"),
    [
        ([Reply(200)], 1),
        ([Reply(409)] * 9, 4),
        ([Reply(500)] * 9, 1),
        ([Reply(401)] * 9, 1),
        ([Reply(503)] * 9, 1),
        ([Reply(503, headers={"Retry-After": "30"}), Reply(200)], 2),
        ([Reply(429, headers={"Retry-After": "30"}), Reply(200)], 2),
        ([Reply(503, headers={"Retry-After": "60"}), Reply(200)], 1),
        ([None] * 9, 1),
    ],
)
def test_only_some_answers_are_tried_again(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver,
    clock: VirtualClock, answers: list[Reply | None], tries: int,
) -> None:  # fmt: skip
    """409 three times, 503 and 429 with a short `Retry-After`; anything else is lost."""
    receiver.script = list(answers)
    world.create_ticket("Slow", "x", requester=desk.customers["contoso"])

    for _ in range(12):
        emitter.deliver_due()
        later(clock, 31)

    assert len(receiver.calls) == tries
    assert len({each.headers["x-zendesk-webhook-invocation-id"] for each in receiver.calls}) == 1


def test_a_timeout_is_tried_five_times_more(
    world: World, desk: Furniture, clock: VirtualClock
) -> None:
    """Six requests in all, each signed afresh, when nobody answers in time."""
    emitter = WebhookEmitter(world, timeout=0.01)
    listener = socket.create_server(("127.0.0.1", 0))
    webhook = emitter.connect(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    world.create_ticket("Slow", "x", requester=desk.customers["contoso"])

    for _ in range(8):
        emitter.deliver_due()
        later(clock, 5)
    listener.close()

    attempts = emitter.attempts(webhook.webhook_id)
    assert [each.carried.trouble for each in attempts] == ["timeout"] * 6
    assert len({each.timestamp for each in attempts}) == 6


def test_a_dead_daemon_misses_the_event(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver,
    clock: VirtualClock,
) -> None:  # fmt: skip
    """A refused connection is not tried again: the export is the source of truth."""
    receiver.server.refuse()
    world.create_ticket("Slow", "x", requester=desk.customers["contoso"])
    emitter.deliver_due()
    receiver.server.accept()
    later(clock, 60)

    assert (emitter.deliver_due(), receiver.calls) == (0, [])
    assert emitter.attempts()[-1].carried.trouble == "refused"


def test_deliveries_are_doubled_lost_late_and_out_of_order(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver,
    clock: VirtualClock,
) -> None:  # fmt: skip
    """Four switches of delivery, each for one event."""
    agent, number = desk.agents["ada"], desk.canary

    def event(fault: Fault | None, priority: str, seconds: float = 0) -> list[str]:
        receiver.calls.clear()
        if fault:
            world.faults.switch_on(fault, times=1, seconds=seconds)
        world.change_ticket(number, by=agent, values={"priority": priority})
        emitter.deliver_due()
        return [json.loads(each.body)["event"]["current"] for each in receiver.calls]

    assert event(Fault.WEBHOOK_DUPLICATED, "low") == ["LOW", "LOW"]
    assert event(Fault.WEBHOOK_LOST, "high") == []
    assert event(Fault.WEBHOOK_REORDERED, "normal") == []
    assert event(None, "urgent") == ["URGENT", "NORMAL"]
    assert event(Fault.WEBHOOK_DELAYED, "low", seconds=480) == []
    later(clock, 480)
    emitter.deliver_due()
    (late,) = receiver.calls
    assert json.loads(late.body)["time"] == "2026-03-02T09:00:00Z"
    assert late.headers[STAMP] == "2026-03-02T09:08:00Z"
    assert _is_signed(late, webhook.secret)


def test_a_reordered_event_does_not_wait_for_ever(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, clock: VirtualClock
) -> None:
    """Without a next event it comes after five seconds."""
    world.faults.switch_on(Fault.WEBHOOK_REORDERED, times=1)
    world.change_ticket(desk.canary, by=desk.agents["ada"], values={"priority": "low"})

    at_once = emitter.deliver_due()
    later(clock, 5)

    assert (at_once, emitter.deliver_due(), emitter.waiting) == (0, 1, 0)


def test_bad_signatures_can_be_sent(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver
) -> None:
    """The public test secret, a wrong one, and a stamp of long ago."""
    faults = (Fault.WEBHOOK_TEST_SECRET, Fault.WEBHOOK_WRONG_SIGNATURE, Fault.WEBHOOK_STALE_STAMP)
    for fault, priority in zip(faults, ("low", "high", "urgent"), strict=True):
        world.faults.switch_on(fault, times=1, seconds=3600)
        world.change_ticket(desk.canary, by=desk.agents["ada"], values={"priority": priority})
        emitter.deliver_due()

    public, wrong, stale = receiver.calls
    assert _is_signed(public, TEST_SECRET)
    assert not _is_signed(wrong, webhook.secret)
    assert _is_signed(stale, webhook.secret)
    assert stale.headers[STAMP] == "2026-03-02T08:00:00Z"


def test_an_open_breaker_loses_events(
    world: World, desk: Furniture, emitter: WebhookEmitter, webhook: Webhook, receiver: Receiver,
    clock: VirtualClock,
) -> None:  # fmt: skip
    """After a hundred errors nothing is sent for five seconds, then it is tried again."""
    receiver.script = [Reply(500)] * 100
    agent = desk.agents["ada"]
    for place in range(105):
        priority = "low" if place % 2 else "high"
        world.change_ticket(desk.canary, by=agent, values={"priority": priority})
    emitter.deliver_due()
    sent = len(receiver.calls)
    later(clock, 6)
    world.change_ticket(desk.canary, by=agent, values={"priority": "urgent"})
    emitter.deliver_due()

    assert (sent, len(receiver.calls)) == (100, 101)
    assert [each.status for each in emitter.attempts()[100:105]] == ["circuit broken"] * 5


def test_a_thread_delivers_by_itself(receiver: Receiver) -> None:
    """With the machine's clock, `start` delivers until `stop`."""
    world = World(SystemClock())
    emitter = WebhookEmitter(world)
    emitter.connect(receiver.server.url)
    emitter.start()

    world.create_ticket("Slow", "x", requester="a@a.example")
    receiver.has_arrived.wait(5)
    emitter.stop()

    assert receiver.kinds() == ["created"]
