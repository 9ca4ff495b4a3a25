# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's chapters on how people hear of things: buttons, another way, a storm, a silence."""

from __future__ import annotations

from functools import partial

from bot.sandbox.teller import Teller
from bot.sandbox.world_chat import ChatMessage

ON_CALL = "on-call"
HOSTS = ("web-1", "web-2")
NODES = 14
SILENCE = "rebuild"
WORKS = "we rebuild db-1"


class DeliveryChapters:
    """Chapters that follow one another; each leaves the world quiet for the next."""

    def __init__(self, teller: Teller) -> None:
        """Nothing happens before a chapter is called."""
        self._teller = teller
        self._stage = teller.stage

    def more_buttons(self, assigned: int, put_off: int) -> None:
        """One ticket gets its assignee by a button, another one is put off."""
        teller = self._teller
        teller.tell(f"Tickets {assigned} and {put_off} warn too")
        warning = self._warning(assigned)
        self._stage.press(warning, person="ada", action="take")
        teller.tell(f"Ada presses “Assign to me” on ticket {assigned}")
        ada = teller.agent("ada").user_id
        teller.until(lambda: teller.ticket(assigned).assignee_id == ada, "Ada as the assignee")
        teller.tell("The helpdesk has her as its assignee")
        teller.answer(assigned, "Guten Tag Carl, wir sehen uns das an. Ada", by="ada")
        self._stage.press(self._warning(put_off), person="bo", action="snooze")
        teller.tell(f"Bo presses “Again in 15 min” on ticket {put_off}: quiet until then")
        teller.pause(2.5)
        teller.answer(put_off, "Hej Carl, nu är det snabbt igen. Bo", by="bo", status="solved")
        teller.tell("Bo has found it before, and answers")

    def alert_is_raised(self) -> None:
        """A critical alert pages who is on call; a button calls the next level at once."""
        teller = self._teller
        line = "98 % of /var used"
        self._alert("disk full", "db-1", service="database", line=line, severity="critical")
        teller.tell("Monitoring: disk full on db-1, critical")
        page = self._slack(ON_CALL, "disk full")
        teller.tell("Who is on call is paged in Slack, the helpdesk has a ticket")
        teller.pause(1.5)
        self._stage.press(page, person="bo", action="raise")
        teller.tell("Bo presses “Next level now”")
        raised = self._slack("support-leads", "disk full")
        teller.tell("The leads hear of it at once, and why")
        teller.pause(1)
        self._stage.press(raised, person="ada")
        self._until_taken(page)
        teller.tell("Ada presses “I have it”: both channels show it")
        teller.pause(2)

    def slack_refuses(self) -> None:
        """Messages go the next way, and Slack is told once what it missed."""
        teller = self._teller
        self._stage.slack_refuses()
        teller.tell("Slack refuses every message from now on (429)")
        for host in HOSTS:
            self._alert("queue is long", host, service="orders", severity="warning")
        teller.tell(f"Monitoring: queue is long on {' and '.join(HOSTS)}")
        teller.until(lambda: teller.cards("queue is long") >= len(HOSTS), "the alerts in Teams")
        teller.tell("Who is on call reads it in Teams, and why it came that way")
        teller.pause(2)
        asked = self._stage.mentions.say("support", "queue", person=teller.agent("bo").name)
        teller.tell(f"Bo asks in Teams: {asked.text}; the answer has {_lines(asked.answer)} lines")
        teller.pause(2.5)
        self._stage.slack_works()
        self._slack(ON_CALL, key="catch_up/")
        teller.tell("Slack works again, and is told in one message what it missed")
        teller.pause(2.5)

    def storm(self) -> None:
        """Many alerts in a moment become one message that counts them."""
        teller = self._teller
        for number in range(1, NODES + 1):
            self._alert(
                "host unreachable", f"node-{number:02}", service="network", severity="warning"
            )
        teller.tell(f"Monitoring: {NODES} hosts unreachable within a second")
        storm = self._slack(ON_CALL, key="storm:")
        teller.tell("After the first few, one message counts them; single ones are held back")
        teller.until(lambda: self._now(storm).is_edited, "the count to be renewed")
        teller.pause(1)
        teller.until(lambda: "It is over" in str(self._now(storm).blocks), "the storm's end")
        teller.tell("Quiet again: the same message says that it is over")
        teller.pause(1.5)

    def silence(self) -> None:
        """What is known already is held back for a while, critical things are not."""
        teller, ada = self._teller, self._teller.agent("ada")
        words = f"silence {SILENCE} 15m {WORKS}"
        self._stage.slack.command(ON_CALL, words, ada.name)
        teller.tell(f"Ada types /desk {words}")
        self._slack("support", WORKS, key="silence ")
        teller.tell("The team reads what is held back, by whom and until when")
        teller.pause(1.5)
        self._alert("backup is late", "db-1", service="database", severity="warning")
        self._alert("replica broken", "db-2", service="database", severity="critical")
        teller.tell("Monitoring: backup is late on db-1; replica broken on db-2, critical")
        page = self._slack(ON_CALL, "replica broken")
        teller.until(lambda: self._has_ticket("backup is late"), "the ticket of the silent alert")
        teller.tell("The critical one is told all the same; the other one only has its ticket")
        self._stage.press(page, person="bo")
        teller.pause(1.5)
        self._stage.operate("silence", "end", SILENCE, "--by", ada.name)
        teller.tell(f"The works are done: deskmate silence end {SILENCE}")
        self._slack(ON_CALL, "backup is late", key="silence/")
        teller.tell("It is over, and says what it held back")
        teller.pause(2.5)

    def _alert(
        self, name: str, host: str, *, service: str, severity: str, line: str | None = None
    ) -> None:
        self._stage.outside.alert_fires(
            name, host=host, service=service, severity=severity, line=line
        )

    def _warning(self, number: int) -> ChatMessage:
        find = partial(self._teller.warning, number)
        return self._teller.until_found(find, f"a warning for ticket {number}")

    def _slack(self, channel: str, words: str = "", *, key: str = "") -> ChatMessage:
        find = partial(self._teller.slack, channel, words, key=key)
        return self._teller.until_found(find, f"“{words or key}” in #{channel}")

    def _now(self, message: ChatMessage) -> ChatMessage:
        return self._teller.world.chat.message(message.channel, message.ts) or message

    def _until_taken(self, message: ChatMessage) -> None:
        self._teller.until(lambda: self._now(message).is_edited, "the message to say who has it")

    def _has_ticket(self, subject: str) -> bool:
        return any(subject in ticket.subject for ticket in self._teller.world.tickets())


def _lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())
