# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's story: what people and programs do in the world, one chapter after the other.

Each chapter says what happens, does it, and waits until the daemon has answered it; what never
comes is an `Unanswered`, with what was waited for.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from bot.sandbox.stage import Stage
from bot.sandbox.world_chat import ChatMessage
from bot.sandbox.world_values import DeskTicket, NewComment

LOOK_EVERY = 0.05


class Unanswered(Exception):  # noqa: N818 - it names what happened, as a story would
    """The daemon did not do in time what the story waited for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One customer's ticket in the story: who writes what, and what it should become."""

    who: str
    subject: str
    body: str
    category: str
    priority: str | None = None


LETTERS = (
    Letter(
        "northwind",
        "Portal is down for everyone",
        "Hello,\nnobody can log in since 9:40, the portal is down for all of us.\n\nNora",
        "incident",
        "urgent",
    ),
    Letter(
        "contoso",
        "Export nicht möglich",
        "Guten Tag,\nder Export bricht mit einer Fehlermeldung ab.\n\nMit besten Grüßen\nCarl",
        "incident",
    ),
    Letter(
        "fabrikam",
        "Comment créer un rapport ?",
        "Bonjour,\ncomment puis-je créer un rapport mensuel ?\n\nMerci, Fay",
        "question",
    ),
    Letter(
        "northwind",
        "No outage, just a wish",
        "Hi,\nthere is no outage on our side. Could you add a dark mode?\n\n"
        "> On Monday you wrote: the portal is down\n\nNora",
        "wish",
    ),
    Letter(
        "contoso",
        "Systemet är långsamt",
        "Hej,\nsystemet är mycket långsamt sedan i morse.\n\nHälsningar Carl",
        "incident",
    ),
)


class Storyteller:
    """Tells the chapters on a stage; `tell` hears each line, `pause` lets a reader read."""

    def __init__(
        self,
        stage: Stage,
        clock: Clock,
        *,
        tell: Callable[[str], None],
        pause: Callable[[float], None],
    ) -> None:
        """Nothing happens before `chapters` is walked."""
        self._stage = stage
        self._world = stage.world
        self._clock = clock
        self._tell = tell
        self._pause = pause
        self._numbers: list[int] = []

    def chapters(self) -> Iterator[str]:
        """Every chapter's name before it begins; walk it to the end."""
        for name, chapter in (
            ("Tickets come in", self._tickets_come_in),
            ("An agent answers", self._agent_answers),
            ("A clock warns", self._clock_warns),
            ("Somebody takes it", self._somebody_takes_it),
            ("Monitoring fires an alert", self._alert_fires),
            ("The helpdesk goes down", self._helpdesk_goes_down),
            ("It comes back", self._helpdesk_comes_back),
        ):
            yield name
            chapter()

    def _tickets_come_in(self) -> None:
        for letter in LETTERS:
            customer = self._stage.furniture.customers[letter.who]
            ticket = self._world.create_ticket(letter.subject, letter.body, requester=customer)
            self._numbers.append(ticket.number)
            self._tell(f"{customer.name} writes: {letter.subject}")
            self._pause(0.6)
        for number, letter in zip(self._numbers, LETTERS, strict=True):
            self._until(partial(self._is_sorted, number), f"a category for ticket {number}")
            ticket = self._ticket(number)
            urgency = f", priority {ticket.priority}" if ticket.priority else ""
            category = self._stage.category_of(number)
            self._tell(f"Sorted in the helpdesk: {letter.subject} is {category}{urgency}")
        self._pause(2)

    def _agent_answers(self) -> None:
        agent = self._stage.furniture.agents["ada"]
        number = self._numbers[2]
        text = "Bonjour, le rapport mensuel se trouve sous Analyses. Bien cordialement, Ada"
        self._world.change_ticket(
            number, by=agent, values={"status": "solved"}, comment=NewComment(text)
        )
        self._tell(f"Ada answers and solves ticket {number}; its clocks stop, nobody is bothered")
        self._pause(1.5)

    def _clock_warns(self) -> None:
        number = self._numbers[0]
        self._tell(f"Nobody has answered ticket {number} yet; its first response is running out")
        self._until(lambda: self._warning(number) is not None, "a warning in Slack")
        self._until(lambda: bool(self._cards(number)), "a warning in Teams")
        self._until(lambda: bool(self._mails(number)), "a warning by mail")
        self._tell("Slack, Teams and mail have warned, before the promise is broken")
        self._pause(2.5)

    def _somebody_takes_it(self) -> None:
        number = self._numbers[0]
        warning = self._warning(number)
        assert warning is not None, "the chapter before waited for it"
        self._stage.press(warning, person="bo")
        self._tell("Bo presses the button of the warning")
        self._until(lambda: self._is_noted(number), f"a note on ticket {number}")
        self._tell(f"The helpdesk's ticket {number} says so in an internal note; no more warnings")
        bo = self._stage.furniture.agents["bo"]
        self._world.change_ticket(
            number, by=bo, values={"assignee_id": bo.user_id},
            comment=NewComment("Hello Nora, we have found the fault and are on it. Bo"),
        )  # fmt: skip
        self._tell("Bo answers the customer within the promise")
        self._pause(2)

    def _alert_fires(self) -> None:
        before = len(self._world.chat.messages())
        self._stage.outside.alert_fires(
            "disk full",
            host="db-1",
            service="database",
            line="98 % of /var used",
            severity="critical",
        )
        self._tell("Monitoring: disk full on db-1")
        self._until(lambda: len(self._world.chat.messages()) > before, "the alert in Slack")
        self._tell("The team has heard of it in Slack")
        self._pause(1.5)

    def _helpdesk_goes_down(self) -> None:
        self._stage.helpdesk_fails()
        self._tell("The helpdesk answers every call with an error page")
        self._until(lambda: self._is_told("down"), "the notice in Slack", seconds=60)
        self._until(lambda: bool(self._world.mail.sent("escalations@acme.example")), "a mail")
        self._tell("Noticed. Staff know by Slack, Teams and mail, the escalation mailbox too")
        number = self._numbers[1]
        warning = self._until_found(lambda: self._warning(number), f"a warning for ticket {number}")
        self._stage.press(warning, person="ada")
        self._tell(f"The clocks run on without it: ticket {number} warns, and Ada takes it")
        self._until(lambda: self._stage.banner() is not None, "the banner on the portal")
        self._tell("Customers read a banner on the portal")
        self._pause(2.5)

    def _helpdesk_comes_back(self) -> None:
        self._stage.helpdesk_works()
        self._tell("The helpdesk answers again; it is watched before it is believed")
        number = self._numbers[1]
        self._until(lambda: self._is_noted(number), "the note that was held", seconds=60)
        self._tell(f"What was held is written: ticket {number} has Ada's note, once")
        self._until(lambda: self._stage.banner() is None, "the end of the banner", seconds=60)
        self._tell("All clear: the banner is gone, staff have a summary")
        self._pause(2)

    def _ticket(self, number: int) -> DeskTicket:
        ticket = self._world.ticket(number)
        assert ticket is not None, "nobody deletes tickets in this story"
        return ticket

    def _is_sorted(self, number: int) -> bool:
        return bool(self._stage.category_of(number))

    def _warning(self, number: int) -> ChatMessage | None:
        for message in self._world.chat.messages():
            if f"#{number}" in message.text and message.blocks and message.thread is None:
                return message
        return None

    def _cards(self, number: int) -> list[str]:
        found = (json.dumps(card.body) for card in self._world.chat.cards())
        return [card for card in found if f"#{number}" in card]

    def _mails(self, number: int) -> list[bytes]:
        return [m.raw for m in self._world.mail.sent() if f"#{number}".encode() in m.raw]

    def _is_noted(self, number: int) -> bool:
        daemon = self._world.daemon.user_id
        notes = (c for c in self._world.comments(number) if c.author_id == daemon)
        return any(not note.is_public for note in notes)

    def _is_told(self, word: str) -> bool:
        return any(word in message.text.lower() for message in self._world.chat.messages())

    def _until_found(self, find: Callable[[], ChatMessage | None], what: str) -> ChatMessage:
        self._until(lambda: find() is not None, what, seconds=60)
        found = find()
        assert found is not None, "it was there a moment ago, and chat messages stay"
        return found

    def _until(self, holds: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
        """Look until it holds; the world changes on the daemon's side, so nobody can tell us."""
        deadline = self._clock.monotonic() + seconds
        never = threading.Event()
        while not holds():
            if self._clock.monotonic() > deadline:
                raise Unanswered(f"waited {seconds:.0f} s for {what}")
            self._stage.check_daemon()
            self._clock.wait(never, LOOK_EVERY)
