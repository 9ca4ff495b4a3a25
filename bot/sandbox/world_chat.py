# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's chat: Slack messages with threads and pressed buttons, and Teams cards."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.world_journal import Journal

Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message in a channel; `ts` identifies it there, `thread` is the ts it answers to."""

    channel: str
    ts: str
    at: datetime
    author: str
    text: str
    blocks: tuple[Block, ...] = ()
    thread: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    is_edited: bool = False

    @property
    def key(self) -> str:
        """The outbox key that Deskmate's messages carry unseen; empty for everybody else's."""
        payload = self.metadata.get("event_payload")
        return str(payload.get("key") or "") if isinstance(payload, Mapping) else ""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button: `action` is its action id, `label` what stands on it."""

    channel: str
    ts: str
    at: datetime
    person: str
    action: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody typed a command in `chat` (`slack`, `teams`) and read an answer, at once."""

    chat: str
    channel: str
    at: datetime
    person: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class TeamsCard:
    """A card that was posted to a Teams webhook; `body` is the whole JSON as it came."""

    webhook: str
    at: datetime
    body: Mapping[str, object]


class ChatRoom:
    """Every chat of the world: `post`, `edit`, `press`, `ask`, `post_card`, and lists of them."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        """Begin with no messages."""
        self._clock = clock
        self._journal = journal
        self._lock = threading.RLock()
        self._messages: dict[tuple[str, str], ChatMessage] = {}
        self._presses: list[Press] = []
        self._asked: list[Asked] = []
        self._cards: list[TeamsCard] = []
        self._count = 0

    def post(
        self,
        channel: str,
        text: str,
        *,
        author: str = "deskmate",
        blocks: Sequence[Block] = (),
        thread: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> ChatMessage:
        """Put a message into a channel; its `ts` is unique and grows with time."""
        with self._lock:
            self._count += 1
            now = self._clock.now()
            ts = f"{int(now.timestamp())}.{self._count:06d}"
            message = ChatMessage(
                channel, ts, now, author, text, tuple(blocks), thread, dict(metadata or {})
            )
            self._messages[channel, ts] = message
        self._journal.add("chat_posted", channel=channel, ts=ts, author=author, text=text)
        return message

    def edit(
        self, channel: str, ts: str, text: str, *, blocks: Sequence[Block] = ()
    ) -> ChatMessage | None:
        """Replace a message's text and blocks; None where there is no such message."""
        with self._lock:
            message = self._messages.get((channel, ts))
            if message is None:
                return None
            message = replace(message, text=text, blocks=tuple(blocks), is_edited=True)
            self._messages[channel, ts] = message
        self._journal.add("chat_edited", channel=channel, ts=ts, text=text)
        return message

    def message(self, channel: str, ts: str) -> ChatMessage | None:
        """One message, None where there is none."""
        with self._lock:
            return self._messages.get((channel, ts))

    def messages(
        self, channel: str | None = None, *, thread: str | None = None
    ) -> tuple[ChatMessage, ...]:
        """Messages in the order they came, of one channel or one thread if named."""
        with self._lock:
            return tuple(
                each
                for each in self._messages.values()
                if channel in (None, each.channel) and thread in (None, each.thread, each.ts)
            )

    def channels(self) -> tuple[str, ...]:
        """The channels that hold a message, in the order of their first one."""
        return tuple(dict.fromkeys(each.channel for each in self.messages()))

    def press(self, channel: str, ts: str, *, person: str, action: str, label: str = "") -> Press:
        """Note that `person` pressed a button; telling the daemon is the Slack door's work."""
        pressed = Press(channel, ts, self._clock.now(), person, action, label)
        with self._lock:
            self._presses.append(pressed)
        self._journal.add("button_pressed", channel=channel, ts=ts, person=person, action=action)
        return pressed

    def presses(self) -> tuple[Press, ...]:
        """Every button that was pressed, in order."""
        with self._lock:
            return tuple(self._presses)

    def ask(self, chat: str, channel: str, *, person: str, text: str, answer: str) -> Asked:
        """Note what somebody typed and what they read; asking the daemon is a door's work."""
        asked = Asked(chat, channel, self._clock.now(), person, text, answer)
        with self._lock:
            self._asked.append(asked)
        self._journal.add("command_typed", chat=chat, channel=channel, person=person, text=text)
        return asked

    def asked(self, chat: str | None = None) -> tuple[Asked, ...]:
        """Every command that was typed, in order, in one chat if named."""
        with self._lock:
            return tuple(each for each in self._asked if chat in (None, each.chat))

    def post_card(self, webhook: str, body: Mapping[str, object]) -> TeamsCard:
        """Put a card into the Teams channel behind `webhook`."""
        card = TeamsCard(webhook, self._clock.now(), body)
        with self._lock:
            self._cards.append(card)
        self._journal.add("card_posted", webhook=webhook)
        return card

    def cards(self, webhook: str | None = None) -> tuple[TeamsCard, ...]:
        """Every card in the order it came, of one webhook if named."""
        with self._lock:
            return tuple(each for each in self._cards if webhook in (None, each.webhook))
