# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/desk` understands beside `help`: `cases`, `case REFERENCE`, `answer REFERENCE words`.

An answer is written down before anybody is told that it is on its way.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import CancelledError

from bot.clock import Clock
from bot.rules.actions import Notice
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AnswerGiven, ButtonPressed, Event, OutageOrdered
from bot.rules.history import ChangeKind
from bot.rules.outage_state import from_row
from bot.rules.rights import may
from bot.rules.ticket import Origin, Ticket
from bot.sources.chat_desk import DeskViews
from bot.sources.chat_incidents import Answer, IncidentCommands
from bot.sources.chat_links import LinkGiver, PageAddress
from bot.sources.chat_silences import UNITS, SilenceCommands
from bot.sources.chat_threads import ThreadWord, as_typed
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.telemetry import logger
from bot.texts.cleaning import one_line
from bot.texts.replies import chat_reply, desk_help, not_written_down
from bot.texts.words import language

COMMIT_WITHIN = 1.8
"""Seconds: Slack waits three, and the person's name was read before."""
MOST_CASES = 20
MOST_WORDS = 10
SOURCE = "slack"
MACHINE = "outage"
"""The name under which the store keeps the outage machine's state."""
_LONGEST_LINE = 150

_OUTAGE = re.compile(r"(?i)(declare|clear)(?: (\d{1,3})(m|h|d))? (.+)", re.DOTALL)

log = logger("chat")


class DeskCommands:
    """Answers a `/desk` command; called with its text, the person's name, and their user id."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        compiled: Callable[[], CompiledPolicy],
        *,
        source: str = SOURCE,
        page_address: PageAddress | None = None,
    ) -> None:
        """`compiled` gives the policy of the moment: its language, rosters and rights.

        `source` is the chat in which people speak; `page_address` makes personal links, None where
        others read what is answered.
        """
        self._source = source
        self._store = store
        self._clock = clock
        self._compiled = compiled
        self._views = DeskViews(store, compiled, find_ticket)
        self._links = LinkGiver(store, compiled, page_address, source)
        self._incidents = IncidentCommands(store, compiled, find_ticket, source)
        self._silences = SilenceCommands(store, compiled, source)

    def __call__(self, text: str, person: str, user_id: str = "") -> str:
        """What the person reads, for their eyes only; `user_id` is Slack's, empty elsewhere."""
        word, _, rest = text.strip().partition(" ")
        match word.casefold():
            case "cases":
                return self._cases()
            case "case" if rest.strip():
                return self._case(rest.strip())
            case "answer" if rest.strip():
                return self._answered(rest.strip(), person, user_id)
            case "ack" if rest.strip():
                return self._acknowledged(rest.strip(), person, user_id)
            case "silence" | "maintenance" as what:
                return self._silence_ordered(what, rest.strip(), person, user_id)
            case "outage" if rest.strip().casefold() == "link":
                return self._links.answer(person, self._clock.now(), user_id)
            case "outage" if rest.strip():
                return self._outage_ordered(rest.strip(), person, user_id)
            case "incident":
                return self._incident_ordered(rest.strip(), person, user_id)
        return self._view(word.casefold(), rest.strip())

    def _view(self, word: str, rest: str) -> str:
        """The desk as it is, or the help."""
        now, views = self._clock.now(), self._views
        match word:
            case "queue":
                return views.queue(now)
            case "risk":
                return views.risk(now)
            case "oncall":
                return views.on_call(now)
            case "outage":
                return views.outage(now)
            case "ticket" if rest:
                return views.ticket(rest, now)
            case "next" if rest:
                return views.next_level(rest, now)
        return desk_help(self._language())

    def heard(self, said: ThreadWord, person: str) -> str | None:
        """Take an answer from the thread of a case's message; None in any other thread."""
        with self._store.read() as reader:
            row = reader.outbox.by_reference(said.reference)
            message = row.outgoing.message if row is not None else None
            ticket_id = message.ticket_id if isinstance(message, Notice) else None
            ticket = reader.tickets.load(ticket_id) if ticket_id else None
        if ticket is None:
            return None
        if not said.text:
            return self._say("how_to_answer", ticket.reference or f"#{ticket.number}")
        key = f"answer/{ticket.ticket_id}/slack/{said.channel}:{said.ts}"
        return self._given(ticket, said.text, person, key, user_id=said.user_id)

    def _cases(self) -> str:
        with self._store.read() as reader:
            found = [each for each in reader.tickets.open_tickets() if _is_case(each)]
        if not found:
            return self._say("no_cases")
        lines = [_line(each) for each in found[:MOST_CASES]]
        more = len(found) - MOST_CASES
        return "\n".join([*lines, f"+ {more}"] if more > 0 else lines)

    def _case(self, named: str) -> str:
        with self._store.read() as reader:
            ticket = find_ticket(named, reader)
            if ticket is None:
                return self._say("unknown_case", named)
            said = [
                f"{change.at:%H:%M} UTC {change.actor}: {one_line(change.body, _LONGEST_LINE)}"
                for change in reader.tickets.history(ticket.ticket_id)
                if change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT) and change.body
            ]
            age = self._views.age_of(ticket, reader, self._clock.now())
        return "\n".join([_line(ticket), *said[-MOST_WORDS:], *age])

    def _answered(self, rest: str, person: str, user_id: str) -> str:
        named, _, words = rest.partition(" ")
        words = as_typed(words).strip()
        with self._store.read() as reader:
            ticket = find_ticket(named, reader)
        if ticket is None:
            return self._say("unknown_case", named)
        if not words:
            return self._say("how_to_answer", named)
        now = self._clock.now()
        digest = hashlib.sha256(f"{ticket.ticket_id}\n{person}\n{words}".encode()).hexdigest()
        # The same words of the same person within a minute are one answer: Slack asks again.
        key = f"answer/{ticket.ticket_id}/{digest[:24]}/{now:%Y%m%dT%H%M}"
        return self._given(ticket, words, person, key, user_id=user_id)

    def _given(self, ticket: Ticket, words: str, person: str, key: str, *, user_id: str) -> str:
        """Write an answer down if this person may give it, then say so."""
        policy = self._compiled().policy
        if not may(policy, "answer", person, user_id):
            return self._say("not_allowed", ", ".join(policy.rights.get("answer", ())))
        given = AnswerGiven(f"ticket:{ticket.ticket_id}", words, person, self._source)
        event = Event(key, f"case/{ticket.ticket_id}", self._clock.now(), self._source, given)
        if not self._is_written_down(event):
            return not_written_down(self._language())
        return self._say("answer_taken", ticket.reference or f"#{ticket.number}")

    def _acknowledged(self, named: str, person: str, user_id: str) -> str:
        """Take a ticket as the button "I have it" does; a second time changes nothing."""
        policy, say = self._compiled().policy, language(self._language()).words.take
        with self._store.read() as reader:
            ticket = find_ticket(named, reader)
            taken = reader.alerts.load(f"taken/{ticket.ticket_id}") if ticket else None
        if ticket is None:
            return self._say("unknown_ticket", named)
        called = ticket.reference or f"#{ticket.number}"
        if taken is not None:
            return f"{called} {say['taken']} {one_line(str(taken.get('by', '')), 60)}"
        if ticket.status.is_done:
            return f"{called} {say['closed']}"
        if not may(policy, "acknowledge", person, user_id):
            return self._say("not_allowed", ", ".join(policy.rights.get("acknowledge", ())))
        now, subject = self._clock.now(), f"ticket:{ticket.ticket_id}"
        user = {"user": user_id} if user_id else {}
        pressed = ButtonPressed("acknowledge", subject, person, self._source, user)
        key = f"{self._source}/ack/{ticket.ticket_id}/{person}/{now.isoformat()}"
        event = Event(key, f"case/{ticket.ticket_id}", now, self._source, pressed)
        if not self._is_written_down(event):
            return not_written_down(self._language())
        return f"{called} {say['thanks']}"

    def _silence_ordered(self, what: str, rest: str, person: str, user_id: str) -> str:
        """What is silenced, what a silence would hide, or a person's word to begin or end one."""
        answer = self._silences.answer(what, rest, person, self._clock.now(), user_id)
        return self._when_written_down(answer)

    def _outage_ordered(self, rest: str, person: str, user_id: str) -> str:
        """`declare [2h] why` or `clear why`: a person's word on the helpdesk."""
        policy = self._compiled().policy
        if not may(policy, "outage", person, user_id):
            return self._say("not_allowed", ", ".join(policy.rights.get("outage", ())) or "-")
        found = _OUTAGE.fullmatch(as_typed(rest))
        if found is None:
            return self._say("how_to_outage")
        verb, count, unit, because = found.groups()
        is_down = verb.casefold() == "declare"
        if not is_down and not self._is_down():
            return self._say("nothing_to_clear")
        now = self._clock.now()
        until = now + int(count) * UNITS[unit] if is_down and count else None
        order = OutageOrdered(is_down, one_line(because, _LONGEST_LINE), person, until)
        # The same word of the same person within a minute is one order: Slack asks again.
        key = f"{self._source}/outage/{verb.casefold()}/{person}/{now:%Y%m%dT%H%M}"
        if not self._is_written_down(Event(key, "outage", now, self._source, order)):
            return not_written_down(self._language())
        return self._say("outage_declared" if is_down else "outage_cleared")

    def _incident_ordered(self, rest: str, person: str, user_id: str) -> str:
        """What there is, or a person's word on an incident of the product."""
        answer = self._incidents.answer(rest, person, self._clock.now(), user_id)
        return self._when_written_down(answer)

    def _when_written_down(self, answer: Answer) -> str:
        if answer.event is not None and not self._is_written_down(answer.event):
            return not_written_down(self._language())
        return answer.text

    def _is_down(self) -> bool:
        with self._store.read() as reader:
            return from_row(reader.states.load(MACHINE)).phase.word == "down"

    def _is_written_down(self, event: Event) -> bool:
        try:
            failure = self._store.receive((event,)).exception(timeout=COMMIT_WITHIN)
        except (TimeoutError, CancelledError) as error:
            failure = error
        if failure is not None:
            log.error("command_not_written_down", key=event.key, reason=repr(failure)[:200])
        return failure is None

    def _language(self) -> str:
        return self._compiled().policy.language

    def _say(self, what: str, detail: str = "") -> str:
        return chat_reply(what, self._language(), one_line(detail, _LONGEST_LINE))


def find_ticket(named: str, reader: Reader) -> Ticket | None:
    """A case by its reference, or a ticket of the helpdesk by its number."""
    bare = named.strip("[]#")
    if bare.isdecimal():
        return reader.tickets.by_number(int(bare))
    return reader.tickets.by_reference(bare.upper())


def _is_case(ticket: Ticket) -> bool:
    return ticket.origin is Origin.MAILBOX


def _line(ticket: Ticket) -> str:
    whose = ticket.organisation or ticket.customer.name or ticket.customer.email or ""
    parts = (ticket.reference or f"#{ticket.number}", ticket.priority, whose, ticket.subject)
    return one_line(" - ".join(part for part in parts if part), _LONGEST_LINE)
