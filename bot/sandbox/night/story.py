# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of the night: forty customers, two outages, one mailbox, one Slack channel.

Each chapter does what people do, and waits until the world shows what Deskmate made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.sandbox.night.cast import MAILBOX, Customer
from bot.sandbox.night.post import ACKNOWLEDGEMENT, ANSWER
from bot.sandbox.night.stage import CUSTOMERS, NightStage
from bot.sandbox.teller import Teller

RELAPSE_AFTER = 12
"""So many customers have their ticket when the helpdesk fails again."""
CHANNEL = "support"
PREFIXES = {"en": "answer", "fr": "réponse", "de": "Antwort", "sv": "svar", "ru": "ответ"}
DECLARED = re.compile(r"outage:\d+/(declared|reopened)@")
NEWSLETTER = (
    f"From: Port News <news@portnews.example>\r\nTo: {MAILBOX}\r\n"
    "Subject: Tide tables and more, issue 48\r\nMessage-ID: <48@portnews.example>\r\n"
    "List-Id: <news.portnews.example>\r\nPrecedence: bulk\r\n\r\nRead it online.\r\n"
)


class NightTeller:
    """Walks through the night, a chapter at a time."""

    def __init__(self, stage: NightStage, teller: Teller) -> None:
        """Nothing happens before `chapters` is walked."""
        self._stage = stage
        self._teller = teller
        self._world = stage.world
        self._post = stage.post
        self._tell = teller.tell
        self._pause = teller.pause
        self._until = teller.until

    def chapters(self) -> Iterator[str]:
        """Every chapter's name before it begins; walk it to the end."""
        for name, chapter in (
            ("A quiet evening", self._quiet_evening),
            ("The helpdesk goes down", self._goes_down),
            ("Forty customers write to the mailbox", self._forty_write),
            ("Agents answer from Slack", self._agents_answer),
            ("It comes back, and cases go in", self._comes_back),
            ("It fails again in the middle", self._fails_again),
            ("It comes back for good", self._comes_back_for_good),
        ):
            yield name
            chapter()

    def _quiet_evening(self) -> None:
        nora = self._stage.furniture.customers["northwind"]
        ticket = self._world.create_ticket(
            "How do I print a label?", "Hello, how do I print a label? Nora", requester=nora
        )
        self._until(lambda: self._teller.is_sorted(ticket.number), "a category for the ticket")
        self._until(self._has_read_contacts, "a look at who the customers are")
        self._tell("All is well: a ticket is sorted, and who the customers are has been read")
        self._pause(1)

    def _goes_down(self) -> None:
        self._stage.helpdesk_fails()
        self._tell("The helpdesk answers every call with an error page, and takes no mail")
        self._until(lambda: self._declared() == 1, "the notice in Slack", seconds=60)
        self._tell("Noticed; our people know by Slack and mail")
        self._until(lambda: self._stage.banner() is not None, "the banner", seconds=60)
        self._tell(f"Customers' pages show a banner: write to {MAILBOX}")
        self._pause(4)

    def _forty_write(self) -> None:
        for customer in CUSTOMERS:
            self._post.write(customer, customer.letter)
            self._pause(0.2)
        self._post.machine_writes(NEWSLETTER.encode(), sender="news@portnews.example")
        both = sum(each.to_both for each in CUSTOMERS)
        self._tell(f"{len(CUSTOMERS)} customers write in five languages, {both} of them to the "
                   "helpdesk's own address as well")  # fmt: skip
        self._until(lambda: self._count_heard(ACKNOWLEDGEMENT) == len(CUSTOMERS),
                    "an acknowledgement for each", seconds=90)  # fmt: skip
        self._tell("Each has one acknowledgement in their language, with a reference")
        twice = [each for each in CUSTOMERS if each.again]
        for customer in twice:
            self._post.write(customer, customer.again)
            self._pause(0.2)
        away = CUSTOMERS[-2]
        self._post.machine_writes(
            _out_of_office(away, self._post.heard(away, ACKNOWLEDGEMENT)[0].message_id),
            sender=away.email,
        )
        self._tell(f"{len(twice)} write a second time; a newsletter and an auto-responder too")
        self._until(self._is_mailbox_empty, "the mailbox to be worked off", seconds=60)
        self._tell("Every mail has its fate; second letters joined the cases of the first")
        self._pause(4)

    def _agents_answer(self) -> None:
        asked = [each for each in CUSTOMERS if each.answer]
        for turn, customer in enumerate(asked):
            self._answer(customer, agent=("ada", "bo")[turn % 2])
            self._pause(0.5)
        for customer in asked:
            self._until(lambda c=customer: bool(self._post.heard(c, ANSWER)),  # type: ignore[misc]
                        f"an answer for {customer.name}")  # fmt: skip
        self._tell(f"{len(asked)} customers have an answer in their thread, written in Slack")
        grateful = [each for each in asked if each.thanks]
        for customer in grateful:
            self._post.write(customer, customer.thanks,
                             answers=self._post.heard(customer, ANSWER)[-1])  # fmt: skip
        self._until(self._is_mailbox_empty, "their replies to be read", seconds=60)
        self._tell(f"{len(grateful)} reply; their words join their cases")
        self._pause(6)

    def _comes_back(self) -> None:
        self._stage.helpdesk_works()
        self._tell("The helpdesk answers again, and makes late tickets of the mails it had queued")
        self._until(lambda: self._there() >= RELAPSE_AFTER,
                    f"{RELAPSE_AFTER} customers' tickets", seconds=120)  # fmt: skip
        self._tell(f"All clear; {self._there()} customers have their ticket, oldest first")

    def _fails_again(self) -> None:
        self._stage.helpdesk_fails()
        there = self._there()
        self._tell("It fails again: what is under way stops where it is")
        self._until(lambda: self._declared() == 2, "the second notice", seconds=60)
        for customer in (each for each in CUSTOMERS if each.later):
            has = "in the helpdesk" if self._stage.tickets_of(customer) else "with us"
            self._post.write(customer, customer.later)
            self._tell(f"{customer.name} writes again; their case is {has}")
        self._until(self._is_mailbox_empty, "their mails to be read", seconds=60)
        self._tell(f"Down for the second time; {there} tickets are there and stay single")
        self._pause(2)

    def _comes_back_for_good(self) -> None:
        self._stage.helpdesk_works()
        self._tell("The helpdesk answers again; it is watched for longer this time")
        self._until(lambda: self._there() == len(CUSTOMERS), "forty tickets", seconds=180)
        self._until(lambda: self._stage.banner() is None, "the end of the banner", seconds=60)
        self._tell("Every customer has their ticket; the banner is gone")
        self._until(self._is_summed_up, "the summary in Slack", seconds=90)
        self._tell("Our people read one summary, whose sum is checked")
        self._pause(3)

    def _answer(self, customer: Customer, *, agent: str) -> None:
        reference = self._post.heard(customer, ACKNOWLEDGEMENT)[0].reference
        notice = self._teller.until_found(
            lambda: self._teller.slack(CHANNEL, reference, key="case/"), f"{reference} in Slack"
        )
        words = f"{PREFIXES[customer.language]}: {customer.answer}"
        self._stage.slack.say(CHANNEL, words, user=agent, thread=notice.ts)
        self._tell(f"{agent.title()} answers {customer.name} in the thread of {reference}")

    def _declared(self) -> int:
        """How often our people read in Slack that it is down; each message carries its key."""
        messages = self._world.chat.messages(CHANNEL)
        return sum(bool(DECLARED.match(each.key)) for each in messages)

    def _count_heard(self, kind: str) -> int:
        return sum(bool(self._post.heard(each, kind)) for each in CUSTOMERS)

    def _there(self) -> int:
        return sum(bool(self._stage.tickets_of(each)) for each in CUSTOMERS)

    def _is_mailbox_empty(self) -> bool:
        return self._stage.mailbox.count() == 0

    def _is_summed_up(self) -> bool:
        messages = self._world.chat.messages(CHANNEL)
        return any("40 cases" in f"{each.text} {each.blocks}" for each in messages)

    def _has_read_contacts(self) -> bool:
        return any("users" in name for name in self._stage.zendesk.calls)


def _out_of_office(customer: Customer, answered: str) -> bytes:
    return (
        f"From: {customer.email}\r\nTo: {MAILBOX}\r\nSubject: =?utf-8?b?0J7RgtCy0LXRgg==?=\r\n"
        f"Message-ID: <away.{customer.email}>\r\nIn-Reply-To: {answered}\r\n"
        "Auto-Submitted: auto-replied\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Меня нет на месте до понедельника.\r\n"
    ).encode()
