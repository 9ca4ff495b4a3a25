# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts Slack's socket again and again while people press buttons and messages go out.

    python tests/faults/socket_cuts.py --cuts 200

The daemon is a process of its own beside the sandbox, with the real client of Slack's Socket Mode;
a fifth of the cuts is silent, another one a "please connect anew" as Slack sends it, and posts lose
their line too. What was not acknowledged is delivered again, as Slack does. Every press must be
handled once, every message shown once: it exits 1 otherwise. The helpdesk hears of it later, by a
share of its writes; that it was decided once is looked at here.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from load import Load

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.sandbox.audit import slack_keys
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.slack_pace import POST
from bot.sandbox.stage import Stage
from bot.sandbox.world_chat import ChatMessage
from bot.sandbox.zendesk_limits import Limits
from bot.store.queues import InboxState, OutboxRow
from bot.store.store import Store
from bot.store.transaction import Reader

ROOMS = tuple(f"room-{number}" for number in range(6))
LIMITS = Limits(
    account=100_000, tickets_update=100_000, per_ticket=1000, incremental=6000, jobs=300
)
PRESSERS = 4
SETTLE_WITHIN = 240.0

Payload = Mapping[str, object]


def policy() -> str:
    """Each room hears of the alerts of its service; nothing is a storm."""
    people = ", ".join(f"{room}: {{slack: {room}}}" for room in ROOMS)
    rules = [
        f"  {room}: {{event: alert, if: {{alert.service: {room}}}, "
        f"then: {{category: incident, tell: {room}}}}}"
        for room in ROOMS
    ]
    return "\n".join((
        "desk: cuts", "helpdesk: {category: Category, canary: 1}", "categories: [incident, other]",
        "storms: {more_than: 100000}", f"people: {{{people}}}", "rules:", *rules,
    ))  # fmt: skip


class Alerts(Load):
    """Monitoring, and lines to Slack that break before or after a post took effect."""

    between = (0.2, 0.8)

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        super().__init__(chance)
        self.sent = 0
        self._stage = stage

    def once(self) -> None:
        detail: dict[str, object] = {
            "state": "firing", "name": f"Fault {self.sent}", "source": "sandbox",
            "service": self._chance.choice(ROOMS), "host": f"db{self.sent}",
        }  # fmt: skip
        if self._chance.random() < 0.1:
            fault = self._chance.choice((SlackFault.ANSWER_LOST, SlackFault.RESET))
            self._stage.world.faults.switch_on(fault, endpoint=POST, times=1)
        while self._stage.outside.send("alert", detail, event_id=f"a{self.sent}").status != 200:
            time.sleep(0.1)
        self.sent += 1


class Presser(Load):
    """Somebody who presses "I have it" wherever it stands; now and then two do so together."""

    between = (0.05, 0.5)

    def __init__(
        self, stage: Stage, chance: random.Random, begun: set[str], under_way: threading.Event
    ) -> None:
        super().__init__(chance)
        self.pressed: list[Payload] = []
        self.deliveries = 0
        self._stage, self._begun, self._under_way = stage, begun, under_way

    def once(self) -> None:
        free = [each for each in self._stage.world.chat.messages() if self._is_free(each)]
        if not free:
            return
        message = self._chance.choice(free)
        if message.ts in self._begun:
            return
        self._begun.add(message.ts)
        people = self._chance.sample(sorted(self._stage.furniture.agents), 2)
        for person in people[: 2 if self._chance.random() < 0.2 else 1]:
            self._press(message, self._stage.furniture.agents[person].name)

    def _press(self, message: ChatMessage, person: str) -> None:
        try:
            payload = self._stage.slack.press_payload(
                message.channel, message.ts, "acknowledge", person
            )
        except LookupError:
            return  # the button went while they looked at it
        self.pressed.append(payload)
        is_heard = False
        while not is_heard:
            while not self._stage.slack.socket.wait_until_connected():
                pass
            self._under_way.set()
            is_heard = self._stage.slack.send(payload).is_acknowledged
            self.deliveries += 1

    def _is_free(self, message: ChatMessage) -> bool:
        buttons = any(each.get("type") == "actions" for each in message.blocks)
        return buttons and message.ts not in self._begun


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of cuts came to."""

    cuts: int
    connections: int
    alerts: int
    presses: int
    deliveries: int
    lost_presses: int
    handled_twice: int
    not_taken_once: int
    messages_lost: int
    messages_twice: int

    @property
    def holds(self) -> bool:
        """Whether the promise was kept."""
        bad = (self.lost_presses, self.handled_twice, self.not_taken_once)
        return not any((*bad, self.messages_lost, self.messages_twice))

    def figures(self) -> dict[str, object]:
        """The figures as printed."""
        return {
            "cuts": self.cuts,
            "connections": self.connections,
            "presses": self.presses,
            "delivered_again": self.deliveries - self.presses,
            "presses_lost": self.lost_presses,
            "presses_handled_twice": self.handled_twice,
            "not_taken_once": self.not_taken_once,
            "messages": self.alerts,
            "messages_lost": self.messages_lost,
            "messages_twice": self.messages_twice,
        }


def run(cuts: int, seed: int, tell: Callable[[str], None]) -> Result:
    """Cut, press, post; then let the daemon finish and compare."""
    chance, under_way, begun = random.Random(seed), threading.Event(), set[str]()
    with tempfile.TemporaryDirectory(prefix="deskmate-cuts-") as name:
        folder = Path(name)
        (folder / "policy").mkdir()
        (folder / "policy" / "rules.yaml").write_text(policy(), encoding="utf-8")
        stage = Stage(SystemClock(), folder, export_delay=1, limits=LIMITS).open()
        daemon = DaemonProcess(stage.environment(), folder / "policy", stage.places.log)
        alerts = Alerts(stage, random.Random(seed + 1))
        pressers = [
            Presser(stage, random.Random(seed + 2 + number), begun, under_way)
            for number in range(PRESSERS)
        ]
        try:
            daemon.start()
            while not stage.slack.socket.wait_until_connected():
                daemon.check()
            for each in (alerts, *pressers):
                each.start()
            for number in range(1, cuts + 1):
                _cut(stage, under_way, chance, number)
                daemon.check()
                if number % 20 == 0:
                    tell(f"{number} cuts, {sum(len(each.pressed) for each in pressers)} presses")
            stage.world.faults.clear()
            for each in (alerts, *pressers):
                each.stop()
            _settle(stage, daemon)
            daemon.stop()
            return _looked_at(stage, cuts, alerts, pressers)
        finally:
            daemon.kill()
            stage.close()


def _cut(stage: Stage, under_way: threading.Event, chance: random.Random, number: int) -> None:
    """At any moment, or within the hundredths of a second in which a press is on its way."""
    connection = stage.slack.socket
    while not connection.wait_until_connected(number):
        pass
    time.sleep(chance.uniform(0.0, 1.0))
    if chance.random() < 0.7:
        under_way.clear()
        under_way.wait(1.5)
        time.sleep(chance.uniform(0.0, 0.08))
    cuts = (connection.drop, connection.refresh, connection.end, connection.end, connection.end)
    cuts[number % len(cuts)]()


def _settle(stage: Stage, daemon: DaemonProcess) -> None:
    """Until no press and no message to Slack waits; edits may, and the helpdesk."""
    deadline, quiet = time.monotonic() + SETTLE_WITHIN, 0
    while quiet < 5 and time.monotonic() < deadline:
        daemon.check()
        with _reading(stage) as reader:
            is_busy = reader.inbox.waiting() or any(row.state.is_open for row in _posts(reader))
        quiet = 0 if is_busy else quiet + 1
        time.sleep(1.0)


@contextmanager
def _reading(stage: Stage) -> Iterator[Reader]:
    url = f"sqlite:///{stage.places.store}"
    with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
        yield reader


def _posts(reader: Reader) -> list[OutboxRow]:
    """What was decided to be posted in Slack."""
    return [
        row
        for row in reader.outbox.all()
        if row.outgoing.destination.startswith("slack:")
        and row.outgoing.key.startswith("rule/")
        and not row.outgoing.is_edit
    ]


def _looked_at(stage: Stage, cuts: int, alerts: Alerts, pressers: list[Presser]) -> Result:
    payloads = [payload for each in pressers for payload in each.pressed]
    keys = [_key(each) for each in payloads]
    shown = slack_keys(stage.world)
    with _reading(stage) as reader:
        rows = [reader.inbox.by_key(key) for key in keys]
        done = Counter(each.event_key for each in reader.journal.everything())
        posts = _posts(reader)
        taken = Counter(
            row.outgoing.ticket_id
            for row in reader.outbox.all()
            if row.outgoing.key.startswith("acknowledge/ticket:")
        )
    once = sum(count == 1 for count in taken.values())
    return Result(
        cuts=cuts,
        connections=stage.slack.socket.opened,
        alerts=alerts.sent,
        presses=len(keys),
        deliveries=sum(each.deliveries for each in pressers),
        lost_presses=sum(row is None or row.state is not InboxState.SETTLED for row in rows),
        handled_twice=sum(done[key] > 1 for key in keys),
        not_taken_once=len({_message(each) for each in payloads}) - once,
        messages_lost=alerts.sent - sum(shown[row.outgoing.key] > 0 for row in posts),
        messages_twice=sum(count > 1 for count in shown.values()),
    )


def _message(payload: Payload) -> str:
    container = payload["container"]
    assert isinstance(container, Mapping), "every press names its message"
    return f"{container['channel_id']}:{container['message_ts']}"


def _key(payload: Payload) -> str:
    """The key under which `sources/chat` writes a press down."""
    actions, user = payload["actions"], payload["user"]
    assert isinstance(actions, list) and isinstance(user, Mapping), "every press has both"
    action = actions[0]
    pressed = f"{action['action_id']}/{action['action_ts']}/{user['id']}"
    return f"slack/{pressed}/{_message(payload)}"


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261129)
    asked = parser.parse_args()
    result = run(asked.cuts, asked.seed, lambda line: print(line, file=sys.stderr, flush=True))
    print(json.dumps(result.figures(), indent=1))
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
