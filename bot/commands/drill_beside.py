# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rehearsal asks of the daemon that runs beside it: through the store, as any other event.

Messages go out by rows of the outbox and are sent by the daemon, so that the daemon is tried too.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from bot.clock import Clock
from bot.handlers.outage import load_state
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy
from bot.rules.mail import Fate
from bot.rules.outage_state import Phase
from bot.rules.presence import present
from bot.settings import Settings
from bot.store.queues import OutboxRow, OutboxState
from bot.store.store import Store

LOOK_EVERY = 0.2
ASK_WITHIN = 5.0
OF_USE = timedelta(minutes=10)
"""After that a test message that was not sent is of no use any more."""
ARRIVED = (OutboxState.DELIVERED, OutboxState.ACCEPTED)
_OPEN = (OutboxState.WAITING, OutboxState.CLAIMED, OutboxState.UNKNOWN)


class Beside:
    """The running daemon, as its store and its doors show it."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        """`store` is the daemon's own."""
        self._settings = settings
        self._store = store
        self._clock = clock

    @property
    def door(self) -> str:
        """The daemon's own address on this machine."""
        return _local(self._settings.listen_host, self._settings.listen_port)

    @property
    def pages(self) -> str:
        """Where this machine serves the continuity page."""
        return _local(self._settings.pages_host, self._settings.pages_port)

    def is_running(self) -> bool:
        """Whether a daemon answers at the door."""
        return asked(f"{self.door}/healthz").startswith("200")

    def is_down(self) -> bool:
        """Whether the helpdesk is held for down."""
        with self._store.read() as reader:
            return load_state(reader).phase in (Phase.DOWN, Phase.RECOVERING)

    def has_come_back(self, counter: int, way: str) -> bool:
        """Whether the canary's counter came back by `webhook` or `export`, and was written down."""
        with self._store.read() as reader:
            return reader.inbox.by_key(f"canary/{counter}/{way}") is not None

    def send(self, rows: Iterable[Outgoing]) -> None:
        """Hand test messages to the daemon."""
        now = self._clock.now()
        self._store.write(lambda tx: [tx.outbox.add(row, now) for row in rows])

    def row(self, key: str) -> OutboxRow | None:
        """What became of a message."""
        with self._store.read() as reader:
            return reader.outbox.by_key(key)

    def is_settled(self, key: str) -> bool:
        """Whether a message was sent, or never will be."""
        row = self.row(key)
        return row is not None and row.state not in _OPEN

    def fate(self, message_id: str) -> Fate | None:
        """What became of a mail in the mailbox, None before it was read."""
        with self._store.read() as reader:
            rows = reader.mails.by_message_id(message_id)
        return next((row.fate for row in rows), None)

    def holds(self, look: Callable[[], object], seconds: float) -> bool:
        """Look until it holds; whether it did in time."""
        deadline, never = self._clock.monotonic() + seconds, threading.Event()
        while not look():
            if self._clock.monotonic() > deadline:
                return False
            self._clock.wait(never, LOOK_EVERY)
        return True


def drill_messages(compiled: CompiledPolicy, clock: Clock, *, by: str) -> tuple[Outgoing, ...]:
    """One to each way of those who hear of outages, and of those named instead, marked as a drill.

    Nobody is called by name, and each way is tried by itself: none of them goes another way.
    """
    now, policy = clock.now(), compiled.policy
    thread = f"drill@{now.isoformat()}"
    notice = Notice(
        NoticeKind.ADMIN, thread, now, reason=f"drill:{by[:60]}",
        language=policy.language, zone=policy.zone,
    )  # fmt: skip
    told = [person for name in policy.outage.tell for person in present(name, compiled, now)]
    instead = [other for person in told for name in person.otherwise
               for other in present(name, compiled, now)]  # fmt: skip
    found: dict[str, Notice] = {}
    for person in (*told, *instead):
        tongue, zone = person.language or policy.language, person.zone or policy.zone
        for destination in destinations(person):
            found.setdefault(destination, replace(notice, language=tongue, zone=zone))
    if policy.outage.mailbox:
        found.setdefault(f"mail:{policy.outage.mailbox}", notice)
    return tuple(
        Outgoing(
            key=f"{thread}/{where}", destination=where, order_key=f"{where}/{thread}", message=what,
            expires_at=now + OF_USE,
        )
        for where, what in found.items()
    )  # fmt: skip


def asked(url: str) -> str:
    """The status line with which an address answers, or why it does not."""
    try:
        with urllib.request.urlopen(url, timeout=ASK_WITHIN) as answer:
            return f"{answer.status} {answer.headers.get_content_type()}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.reason}"
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))[:120]


def _local(host: str, port: int) -> str:
    """An address that listens everywhere is asked on loopback."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"http://{shown}:{port}"
