# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a story on a stage: says a line, lets a reader read, waits until the daemon has answered.

What never comes is an `Unanswered`, with what was waited for.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.sandbox.stage import Stage
from bot.sandbox.world_chat import ChatMessage
from bot.sandbox.world_values import DeskTicket, NewComment, User

LOOK_EVERY = 0.05


class Unanswered(Exception):  # noqa: N818 - it names what happened, as a story would
    """The daemon did not do in time what the story waited for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One customer's ticket in a story: who writes what."""

    who: str
    subject: str
    body: str


class Teller:
    """What every chapter needs; `tell` hears each line, `pause` lets a reader read."""

    def __init__(
        self,
        stage: Stage,
        clock: Clock,
        *,
        tell: Callable[[str], None],
        pause: Callable[[float], None],
    ) -> None:
        """Nothing happens on the stage before a chapter begins."""
        self.stage = stage
        self.world = stage.world
        self.tell = tell
        self.pause = pause
        self._clock = clock

    def write(self, letter: Letter) -> int:
        """A customer writes; the number of the ticket."""
        customer = self.stage.furniture.customers[letter.who]
        ticket = self.world.create_ticket(letter.subject, letter.body, requester=customer)
        self.tell(f"{customer.name} writes: {letter.subject}")
        return ticket.number

    def answer(self, number: int, text: str, *, by: str, status: str | None = None) -> None:
        """An agent answers a customer in the helpdesk."""
        values = {"status": status} if status else {}
        self.world.change_ticket(number, by=self.agent(by), values=values, comment=NewComment(text))

    def agent(self, name: str) -> User:
        """An agent by first name, in small letters."""
        return self.stage.furniture.agents[name]

    def ticket(self, number: int) -> DeskTicket:
        """A ticket as it is in the helpdesk."""
        ticket = self.world.ticket(number)
        assert ticket is not None, "nobody deletes tickets in these stories"
        return ticket

    def slack(self, channel: str, words: str = "", *, key: str = "") -> ChatMessage | None:
        """The first message in a channel with these words whose key begins so."""
        for message in self.world.chat.messages(channel):
            shown = message.text + json.dumps(message.blocks, ensure_ascii=False)
            if words in shown and message.key.startswith(key):
                return message
        return None

    def warning(self, number: int) -> ChatMessage | None:
        """The first message to the team about a ticket."""
        for message in self.world.chat.messages("support"):
            if f"#{number}" in message.text and message.blocks and message.thread is None:
                return message
        return None

    def cards(self, words: str) -> int:
        """How many Teams cards have these words."""
        return sum(words in json.dumps(card.body) for card in self.world.chat.cards())

    def mails(self, words: str) -> int:
        """How many mails of the daemon's have these words."""
        return sum(words.encode() in mail.raw for mail in self.world.mail.sent())

    def is_noted(self, number: int, words: str) -> bool:
        """Whether the daemon has written an internal note with these words on a ticket."""
        daemon = self.world.daemon.user_id
        notes = (each for each in self.world.comments(number) if each.author_id == daemon)
        return any(words in note.body and not note.is_public for note in notes)

    def is_sorted(self, number: int) -> bool:
        """Whether a ticket has a category in the helpdesk."""
        return bool(self.stage.category_of(number))

    def until_found(
        self, find: Callable[[], ChatMessage | None], what: str, *, seconds: float = 60
    ) -> ChatMessage:
        """Look until there is such a message."""
        self.until(lambda: find() is not None, what, seconds=seconds)
        found = find()
        assert found is not None, "it was there a moment ago, and chat messages stay"
        return found

    def until(self, holds: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
        """Look until it holds; the world changes on the daemon's side, so nobody can tell us."""
        deadline = self._clock.monotonic() + seconds
        never = threading.Event()
        while not holds():
            if self._clock.monotonic() > deadline:
                raise Unanswered(f"waited {seconds:.0f} s for {what}")
            self.stage.check_daemon()
            self._clock.wait(never, LOOK_EVERY)
