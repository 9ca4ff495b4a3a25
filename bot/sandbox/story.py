# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's story: what people and programs do in the world, one chapter after the other.

Each chapter says what happens, does it, and waits until the daemon has answered it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bot.sandbox.story_delivery import DeliveryChapters
from bot.sandbox.teller import Letter, Teller

DOWN = Letter(
    "northwind",
    "Portal is down for everyone",
    "Hello,\nnobody can log in since 9:40, the portal is down for all of us.\n\nNora",
)
EXPORT = Letter(
    "contoso",
    "Export nicht möglich",
    "Guten Tag,\nder Export bricht mit einer Fehlermeldung ab.\n\nMit besten Grüßen\nCarl",
)
REPORT = Letter(
    "fabrikam",
    "Comment créer un rapport ?",
    "Bonjour,\ncomment puis-je créer un rapport mensuel ?\n\nMerci, Fay",
)
DARK = Letter(
    "northwind",
    "No outage, just a wish",
    "Hi,\nthere is no outage on our side. Could you add a dark mode?\n\n"
    "> On Monday you wrote: the portal is down\n\nNora",
)
SLOW = Letter(
    "contoso",
    "Systemet är långsamt",
    "Hej,\nsystemet är mycket långsamt sedan i morse.\n\nHälsningar Carl",
)
LAST_MINUTE = Letter(
    "fabrikam",
    "Le portail est en panne",
    "Bonjour,\nle portail est en panne pour toute l'équipe.\n\nMerci, Fay",
)
"""The one that comes just before the helpdesk fails."""


class Storyteller:
    """Tells the chapters of the demo."""

    def __init__(self, teller: Teller) -> None:
        """Nothing happens before `chapters` is walked."""
        self._teller = teller
        self._stage = teller.stage
        self._delivery = DeliveryChapters(teller)
        self._numbers: dict[Letter, int] = {}

    def chapters(self) -> Iterator[str]:
        """Every chapter's name before it begins; walk it to the end."""
        delivery, numbers = self._delivery, self._numbers
        for name, chapter in (
            ("Tickets come in", self._tickets_come_in),
            ("An agent answers", self._agent_answers),
            ("A clock warns", self._clock_warns),
            ("Somebody takes it", self._somebody_takes_it),
            ("More buttons", lambda: delivery.more_buttons(numbers[EXPORT], numbers[SLOW])),
            ("Monitoring fires an alert", delivery.alert_is_raised),
            ("Slack refuses, Teams takes over", delivery.slack_refuses),
            ("A storm of alerts", delivery.storm),
            ("A silence", delivery.silence),
            ("The helpdesk goes down", self._helpdesk_goes_down),
            ("It comes back", self._helpdesk_comes_back),
        ):
            yield name
            chapter()

    def _tickets_come_in(self) -> None:
        teller = self._teller
        for letter in (DOWN, EXPORT, REPORT, DARK, SLOW):
            self._numbers[letter] = teller.write(letter)
            teller.pause(0.5)
        for letter, number in self._numbers.items():
            teller.until(partial(teller.is_sorted, number), f"a category for ticket {number}")
            ticket = teller.ticket(number)
            urgency = f", priority {ticket.priority}" if ticket.priority else ""
            category = self._stage.category_of(number)
            teller.tell(f"Sorted in the helpdesk: {letter.subject} is {category}{urgency}")
        teller.pause(2)

    def _agent_answers(self) -> None:
        teller, report, dark = self._teller, self._numbers[REPORT], self._numbers[DARK]
        text = "Bonjour, le rapport mensuel se trouve sous Analyses. Bien cordialement, Ada"
        teller.answer(report, text, by="ada", status="solved")
        teller.answer(dark, "Hi Nora, we have noted it. Ada", by="ada", status="solved")
        teller.tell(f"Ada answers tickets {report} and {dark}; their clocks stop, nobody is told")
        teller.pause(1.5)

    def _clock_warns(self) -> None:
        teller, number = self._teller, self._numbers[DOWN]
        teller.tell(f"Nobody has answered ticket {number}; its first response is running out")
        teller.until(lambda: teller.warning(number) is not None, "a warning in Slack")
        teller.until(lambda: teller.cards(f"#{number}") > 0, "a warning in Teams")
        teller.until(lambda: teller.mails(f"#{number}") > 0, "a warning by mail")
        teller.tell("Slack, Teams and mail have warned, before the promise is broken")
        teller.pause(2.5)

    def _somebody_takes_it(self) -> None:
        teller, number = self._teller, self._numbers[DOWN]
        warning = teller.warning(number)
        assert warning is not None, "the chapter before waited for it"
        self._stage.press(warning, person="bo")
        teller.tell("Bo presses “I have it”")
        teller.until(
            lambda: teller.is_noted(number, "Bo Lind has it"), f"a note on ticket {number}"
        )
        teller.tell(f"Ticket {number} says so in an internal note; nobody is warned again")
        teller.answer(number, "Hello Nora, we have found the fault and are on it. Bo", by="bo")
        teller.tell("Bo answers the customer within the promise")
        teller.pause(2)

    def _helpdesk_goes_down(self) -> None:
        teller, stage = self._teller, self._stage
        number = self._numbers[LAST_MINUTE] = teller.write(LAST_MINUTE)
        teller.until(partial(teller.is_sorted, number), f"a category for ticket {number}")
        stage.helpdesk_fails()
        teller.tell("The helpdesk answers every call with an error page")
        teller.until(
            lambda: teller.slack("support", key="outage") is not None, "a notice", seconds=60
        )
        escalations = "escalations@acme.example"
        teller.until(lambda: bool(teller.world.mail.sent(escalations)), "a mail")
        teller.tell("Noticed. Staff know by Slack, Teams and mail, the escalation mailbox too")
        warning = teller.until_found(
            partial(teller.warning, number), f"a warning for ticket {number}"
        )
        stage.press(warning, person="ada")
        teller.tell(f"The clocks run on without it: ticket {number} warns, and Ada takes it")
        teller.until(lambda: stage.banner() is not None, "the banner on the portal")
        teller.tell("Customers read a banner on the portal")
        teller.pause(2.5)

    def _helpdesk_comes_back(self) -> None:
        teller, stage, number = self._teller, self._stage, self._numbers[LAST_MINUTE]
        stage.helpdesk_works()
        teller.tell("The helpdesk answers again; it is watched before it is believed")
        teller.until(
            lambda: teller.is_noted(number, "Ada Berg has it"), "the note that was held", seconds=60
        )
        teller.tell(f"What was held is written: ticket {number} has Ada's note, once")
        teller.answer(number, "Bonjour Fay, nous y travaillons. Ada", by="ada")
        teller.until(lambda: stage.banner() is None, "the end of the banner", seconds=60)
        teller.tell("All clear: the banner is gone, staff have a summary")
        teller.pause(2)
