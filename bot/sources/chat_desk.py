# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/desk` shows of the desk as it is: the queue, what is at risk, one ticket, who is on call.

Every line is bounded and holds no control characters; a customer's words call nobody, because the
answer is plain text for one person's eyes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy
from bot.rules.escalation_values import Ladder
from bot.rules.outage_state import Blind, from_row
from bot.rules.risk import risk_of
from bot.rules.roster import next_hand_over, on_duty
from bot.rules.ticket import Ticket
from bot.rules.ticket_clocks import clocks_of
from bot.store.rows import value_of
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.store.waiting import TICKETS, as_of, next_due
from bot.texts.cleaning import one_line
from bot.texts.instants import duration, time_of
from bot.texts.replies import helpdesk_age
from bot.texts.words import Language, language

MOST = 10
MOST_LOOKED_AT = 500
"""Open tickets that are judged for risk: the answer must come within three seconds."""
_LONGEST = 150

Finder = Callable[[str, Reader], Ticket | None]


class DeskViews:
    """Answers `queue`, `risk`, `ticket`, `oncall`, `next` and `outage`."""

    def __init__(self, store: Store, compiled: Callable[[], CompiledPolicy], find: Finder) -> None:
        """`find` knows tickets by what people call them."""
        self._store = store
        self._compiled = compiled
        self._find = find

    def queue(self, now: datetime) -> str:
        """The open tickets, the next deadline first."""
        with self._store.read() as reader:
            tickets = reader.tickets.open_tickets()
            rows = [(next_due(each, reader), each) for each in tickets]
            rows.sort(key=lambda row: (row[0] is None, row[0].at if row[0] else now))
            lines = [self._line(ticket, reader, now) for _, ticket in rows[:MOST]]
            age = self._age(reader, now)
        return "\n".join((self._listed(lines, len(rows), "nothing_open"), age))

    def risk(self, now: datetime) -> str:
        """The tickets at risk with their reasons, the next deadline first."""
        compiled = self._compiled()
        with self._store.read() as reader:
            tickets = reader.tickets.open_tickets()
            found = []
            for ticket in tickets[:MOST_LOOKED_AT]:
                history = reader.tickets.history(ticket.ticket_id)
                clocks = clocks_of(ticket, history, compiled, now)
                if (risk := risk_of(ticket, history, clocks, tickets)) is not None:
                    found.append(risk)
            found.sort(key=lambda each: (each.due_at is None, each.due_at or now))
            lines = [
                f"{self._line(each.ticket, reader, now)} ({'; '.join(each.reasons)})"
                for each in found[:MOST]
            ]
            age = self._age(reader, now)
        return "\n".join((self._listed(lines, len(found), "nothing_at_risk"), age))

    def ticket(self, named: str, now: datetime) -> str:
        """One ticket: what, whose, by when, who has it, and its clocks."""
        with self._store.read() as reader:
            ticket = self._find(named, reader)
            if ticket is None:
                return self._say("unknown_ticket", named)
            lines = [self._line(ticket, reader, now)]
            for name, clock in reader.tickets.clocks(ticket.ticket_id).items():
                due = clock.get("due_at")
                said = self._time(datetime.fromisoformat(due), now) if due else "-"
                lines.append(f"{self._clock_name(name)}: {clock.get('phase')}, {said}")
            lines += self._levels(ticket, reader, now)
            lines += self.age_of(ticket, reader, now)
        return "\n".join(lines)

    def on_call(self, now: datetime) -> str:
        """Who of each roster is on duty, and who follows when."""
        compiled = self._compiled()
        rosters, lines = compiled.policy.rosters, []
        for roster in rosters.values():
            who = ", ".join(on_duty(roster, rosters, compiled.calendars, now))
            line = f"{roster.name}: {who or self._tongue.words.nobody}"
            after = next_hand_over(roster, rosters, compiled.calendars, now)
            if after is not None:
                then = ", ".join(after.who) or self._tongue.words.nobody
                line += f" → {then}, {self._time(after.start, now)}"
            lines.append(one_line(line, _LONGEST))
        return "\n".join(lines) or self._say("no_rosters")

    def next_level(self, named: str, now: datetime) -> str:
        """Who is told next of a ticket, and when."""
        with self._store.read() as reader:
            ticket = self._find(named, reader)
            if ticket is None:
                return self._say("unknown_ticket", named)
            return "\n".join(self._levels(ticket, reader, now)) or self._say("nobody_next")

    def outage(self, now: datetime) -> str:
        """How the helpdesk is held to be, and since when."""
        with self._store.read() as reader:
            state = from_row(reader.states.load("outage"))
        since = f", {self._time(state.since, now)}" if state.since else ""
        standing = self._tongue.words.continuity[f"state_{state.standing}"]
        if state.blind is Blind.NO:
            return f"{standing}{since}"
        blind = self._say("outage_blind", self._time(state.blind_since or now, now))
        return f"{standing}{since}\n{blind}"

    def age_of(self, ticket: Ticket, reader: Reader, now: datetime) -> list[str]:
        """How old a ticket of the helpdesk is here; nothing for a case, which lives with us."""
        return [] if ticket.number is None else [self._read_at(reader, now)]

    def _age(self, reader: Reader, now: datetime) -> str:
        return f"{self._tongue.words.continuity['tickets']} - {self._read_at(reader, now)}"

    def _read_at(self, reader: Reader, now: datetime) -> str:
        policy = self._compiled().policy
        return helpdesk_age(as_of(TICKETS, reader), now, zone=policy.zone, wanted=policy.language)

    def _levels(self, ticket: Ticket, reader: Reader, now: datetime) -> list[str]:
        thread = f"ticket:{ticket.ticket_id}"
        due = {timer.key: timer.due_at for timer in reader.timers.of_ticket(ticket.ticket_id)}
        lines = []
        for key, state in reader.alerts.starting(f"ladder/{thread}/").items():
            ladder = value_of(Ladder, state["ladder"])
            levels = ladder.spec.levels[ladder.level + 1 :]
            if ladder.is_closed or ladder.is_taken or not levels or key not in due:
                continue
            whom = ", ".join(levels[0].tell)
            lines.append(f"{ladder.spec.name}: {whom}, {self._time(due[key], now)}")
        return lines

    def _line(self, ticket: Ticket, reader: Reader, now: datetime) -> str:
        due = next_due(ticket, reader)
        taken = reader.alerts.load(f"taken/{ticket.ticket_id}") or {}
        owner = taken.get("by") or (ticket.assignee.name if ticket.assignee else None)
        parts = (
            ticket.reference or f"#{ticket.number}",
            self._time(due.at, now) if due else None,
            ticket.priority,
            ticket.organisation or ticket.requester.name,
            owner or self._tongue.words.nobody,
            ticket.subject,
        )
        return one_line(" - ".join(part for part in parts if part), _LONGEST)

    def _time(self, at: datetime, now: datetime) -> str:
        words, zone = self._tongue.words, self._compiled().policy.zone
        length = duration(at - now, words)
        near = (words.ago if at <= now else words.left).format(length)
        shown = time_of(local_time("UTC", at), now=now, zone=zone, words=words)
        return f"{shown} ({near})" if abs(at - now) < timedelta(days=2) else shown

    def _clock_name(self, code: str) -> str:
        return self._tongue.words.clocks.get(code) or code.replace("_", " ")

    def _listed(self, lines: list[str], count: int, if_none: str) -> str:
        if not lines:
            return self._say(if_none)
        more = count - len(lines)
        return "\n".join([*lines, f"+ {more}"] if more > 0 else lines)

    def _say(self, what: str, detail: str = "") -> str:
        return self._tongue.words.chat_replies[what].replace("{}", one_line(detail, 60))

    @property
    def _tongue(self) -> Language:
        return language(self._compiled().policy.language)
